import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts } from './purpose-texts.ts';

/** What is done at the desk of a branch, and who may do it. */
export const branchTexts = {
  'branch-recovery-code': {
    sms: ['code', 'time'],
    email: ['code', 'time'],
    fa: {
      sms: [
        'کد بازیابی در شعبه: {code}، درخواست ساعت {time}',
        'کد شعبه ساعت {time}: {code}',
        'کد {time}: {code}',
      ],
      email: {
        subject: 'کد بازیابی گذرواژه در شعبه',
        paragraphs: [
          'کد بازیابی گذرواژهٔ شما در سامانهٔ سوابق، همراه با کد چاپی شعبه، برای درخواست ساعت {time}:',
          '{code}',
          'این کد تا ۱۰ دقیقه معتبر است. آن را به هیچ‌کس نگویید؛ کارمند شعبه هم آن را نمی‌پرسد.',
        ],
      },
    },
    en: {
      sms: [
        'Savabegh code to use with the one printed at the branch: {code}, asked for at {time}. Tell it to nobody.',
        'Savabegh code: {code}, asked for at {time}',
      ],
      email: {
        subject: 'Your Savabegh code for recovering at a branch',
        paragraphs: [
          'Your code for recovering the password of your Savabegh account, together with the one printed at the branch, asked for at {time} (Tehran):',
          '{code}',
          'It is valid for 10 minutes. Tell it to nobody; officers of the branch do not ask for it either.',
        ],
      },
    },
  },
  'branch-recovery-started': {
    sms: ['branch', 'at'],
    email: ['branch', 'at'],
    fa: {
      sms: [
        'در {at} در شعبهٔ {branch} بازیابی گذرواژهٔ شما در سامانهٔ سوابق شروع شد. اگر شما نبودید، به شعبه خبر دهید.',
      ],
      email: {
        subject: 'بازیابی گذرواژهٔ شما در شعبه شروع شد',
        paragraphs: [
          'در {at} در شعبهٔ {branch} برای بازیابی گذرواژهٔ حساب شما در سامانهٔ سوابق کدی چاپ شد. این کد فقط همراه با کدی که به شمارهٔ همراه به نام شما پیامک می‌شود کار می‌کند.',
          'اگر شما در شعبه نبودید، کدی را که پیامک می‌شود به هیچ‌کس نگویید و به شعبه خبر دهید.',
        ],
      },
    },
    en: {
      sms: [
        'On {at} a recovery of your Savabegh password was started at branch {branch}. Not you? Tell a branch.',
      ],
      email: {
        subject: 'A recovery of your password was started at a branch',
        paragraphs: [
          'On {at} a code for recovering the password of your Savabegh account was printed at branch {branch}. It works only together with a code sent by SMS to a mobile that is registered in your name.',
          'If you were not there, tell the code of the SMS to nobody, and tell a branch.',
        ],
      },
    },
  },
  'branch-recovery-approved': {
    sms: ['branch', 'at', 'link'],
    email: ['branch', 'at', 'link'],
    fa: {
      sms: [
        'در {at} در شعبهٔ {branch} بازیابی گذرواژهٔ شما در سامانهٔ سوابق بدون شمارهٔ همراه درخواست شد. اگر شما نبودید تا ۲۴ ساعت اعلام کنید:\n{link}',
      ],
      email: {
        subject: 'بازیابی گذرواژهٔ شما در شعبه تأیید شد',
        paragraphs: [
          'در {at} دو کارمند شعبهٔ {branch} درخواست بازیابی گذرواژهٔ حساب شما در سامانهٔ سوابق را بدون شمارهٔ همراه ثبت و تأیید کردند. کد چاپی شعبه ۲۴ ساعت دیگر باز می‌شود؛ سپس ایمیل و شمارهٔ همراه از حساب حذف می‌شود.',
          'اگر شما در شعبه نبودید، پیش از آن در این صفحه اعلام کنید تا کد باطل و حساب قفل شود. باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: [
        'On {at} a recovery of your Savabegh password without a mobile was asked for at branch {branch}. Not you? Report it within 24 hours:\n{link}',
      ],
      email: {
        subject: 'A recovery of your password was approved at a branch',
        paragraphs: [
          'On {at} two officers of branch {branch} asked for and approved a recovery of the password of your Savabegh account without a mobile. The printed code opens in 24 hours; e-mail address and mobile are removed from the account then.',
          'If you were not there, report it on this page before then: the code is void and the account locked. Opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'branch-recovery-used': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: [
        'گذرواژهٔ شما در سامانهٔ سوابق در {at} با کمک شعبه بازیابی شد. اگر کار شما نبود، به شعبه مراجعه کنید.',
      ],
      email: {
        subject: 'گذرواژهٔ شما با کمک شعبه بازیابی شد',
        paragraphs: [
          'گذرواژهٔ حساب شما در سامانهٔ سوابق در {at} با کمک شعبه بازیابی شد و از همهٔ دستگاه‌ها خارج شدید. ایمیل، و شمارهٔ همراهی که در شعبه تأیید نشد، از حساب حذف شد.',
          'اگر کار شما نبود، با مدرک شناسایی به نزدیک‌ترین شعبه مراجعه کنید.',
        ],
      },
    },
    en: {
      sms: [
        'Your Savabegh password was recovered with the help of a branch on {at}. Not you? Visit a branch.',
      ],
      email: {
        subject: 'Your password was recovered with the help of a branch',
        paragraphs: [
          'The password of your Savabegh account was recovered with the help of a branch on {at}, and all devices were signed out. The e-mail address, and a mobile that was not proved at the branch, were removed from the account.',
          'If this was not you, visit the nearest branch with your papers.',
        ],
      },
    },
  },
  'register-change-approved': {
    sms: ['at', 'link'],
    email: ['at', 'link'],
    fa: {
      sms: [
        'در {at} تغییر مشخصات هویتی یا ادغام سوابق شما در سامانهٔ سوابق تأیید شد و ۷۲ ساعت دیگر انجام می‌شود. اگر درست نیست اعلام کنید:\n{link}',
      ],
      email: {
        subject: 'مشخصات شما در سامانهٔ سوابق تغییر می‌کند',
        paragraphs: [
          'در {at} دو نفر از کارکنان سازمان تغییر مشخصات هویتی شما در سامانهٔ سوابق، یا ادغام دو سابقه، را ثبت و تأیید کردند. این تغییر ۷۲ ساعت پس از رسیدن این پیام انجام می‌شود.',
          'اگر این درخواست شما نیست، پیش از آن در این صفحه اعلام کنید تا تغییر انجام نشود و حساب قفل شود. باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: [
        'A change of your identity in the Savabegh register, or a merge of records, was approved on {at} and takes effect in 72 hours. Not right? Report it:\n{link}',
      ],
      email: {
        subject: 'Your details in the insurance register are about to change',
        paragraphs: [
          'On {at} two people of the organisation asked for and approved a change of what identifies you in the insurance register, or a merge of two records. It takes effect 72 hours after this message has arrived.',
          'If you did not ask for it, report it on this page before then: the change is cancelled and the account locked. Opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'register-changed': {
    sms: ['at', 'link'],
    email: ['at', 'link'],
    fa: {
      sms: [
        'مشخصات یا سوابق شما در سامانهٔ سوابق در {at} تغییر کرد. اگر درست نیست تا ۷۲ ساعت اعلام کنید:\n{link}',
      ],
      email: {
        subject: 'مشخصات شما در سامانهٔ سوابق تغییر کرد',
        paragraphs: [
          'در {at} مشخصات شما در سامانهٔ سوابق تغییر کرد یا دو سابقه ادغام یا از هم جدا شد. اگر کد ملی شما تغییر کرده است، از این پس با کد ملی تازه وارد شوید.',
          'اگر این تغییر درست نیست، تا ۷۲ ساعت در این صفحه اعلام کنید تا به حالت پیش برگردد و حساب قفل شود. باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: [
        'Your details or records in the Savabegh register were changed on {at}. Not right? Report it within 72 hours:\n{link}',
      ],
      email: {
        subject: 'Your details in the insurance register have changed',
        paragraphs: [
          'On {at} your details in the insurance register were changed, or records were merged or taken apart. If your national code has changed, sign in with the new one from now on.',
          'If that is not right, report it on this page within 72 hours: it is taken back and the account locked. Opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'officer-role-granted': {
    sms: ['branch', 'at'],
    email: ['branch', 'at'],
    fa: {
      sms: [
        'نقش کارمند شعبهٔ {branch} در {at} به حساب شما در سامانهٔ سوابق داده شد. اگر بی‌خبرید، به شعبه خبر دهید.',
      ],
      email: {
        subject: 'حساب شما حساب کارمند شعبه شد',
        paragraphs: [
          'در {at} نقش کارمند شعبهٔ {branch} به حساب شما در سامانهٔ سوابق داده شد. از این پس بازیابی گذرواژهٔ شما هم کد پیامک و هم کد ایمیل می‌خواهد و پاسخ پرسش‌های امنیتی به حساب نمی‌آید.',
          'پس از هر بازیابی یا تغییر در حساب خود تا ۷۲ ساعت نمی‌توانید برای دیگران کاری انجام دهید. اگر از این نقش بی‌خبرید، به شعبه خبر دهید.',
        ],
      },
    },
    en: {
      sms: [
        'On {at} your Savabegh account was made that of an officer of branch {branch}. Not expected? Tell the branch.',
      ],
      email: {
        subject: 'Your account is that of an officer now',
        paragraphs: [
          'On {at} your Savabegh account was made that of an officer of branch {branch}. From now on, recovering your password takes both the SMS and the e-mail code; security answers do not count.',
          'For 72 hours after a recovery or a change of your own account you cannot act for others. If you did not expect the role, tell the branch.',
        ],
      },
    },
  },
  'officer-role-revoked': {
    sms: ['branch', 'at'],
    email: ['branch', 'at'],
    fa: {
      sms: ['نقش کارمند شعبهٔ {branch} در {at} از حساب شما در سامانهٔ سوابق برداشته شد.'],
      email: {
        subject: 'نقش کارمند شعبه از حساب شما برداشته شد',
        paragraphs: [
          'نقش کارمند شعبهٔ {branch} در {at} از حساب شما در سامانهٔ سوابق برداشته شد. حساب شما همچنان باز است.',
        ],
      },
    },
    en: {
      sms: ['On {at} your Savabegh account ceased to be that of an officer of branch {branch}.'],
      email: {
        subject: 'Your account is not that of an officer any more',
        paragraphs: [
          'On {at} your Savabegh account ceased to be that of an officer of branch {branch}. The account itself stays open.',
        ],
      },
    },
  },
} as const satisfies Partial<Readonly<Record<MessagePurpose, PurposeTexts>>>;
