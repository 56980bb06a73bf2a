import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts } from './purpose-texts.ts';

/** Changes of addresses and answers that wait to be trusted, that are trusted, and what was barred. */
export const changeTexts = {
  'mobile-change-pending': {
    sms: ['address', 'at', 'link'],
    email: ['at', 'device', 'network', 'address', 'link'],
    fa: {
      sms: [
        'در {at} درخواست تغییر شمارهٔ حساب شما در سامانهٔ سوابق به {address} ثبت شد. اگر کار شما نبود تا ۷۲ ساعت اعلام کنید:\n{link}',
      ],
      email: {
        subject: 'درخواست تغییر شمارهٔ همراه حساب شما',
        paragraphs: [
          'در {at} با {device} و نشانی اینترنتی {network} درخواست شد که شمارهٔ همراه حساب شما در سامانهٔ سوابق به {address} تغییر کند. این تغییر ۷۲ ساعت دیگر انجام می‌شود.',
          'اگر کار شما نبود، پیش از آن در این صفحه اعلام کنید تا تغییر لغو و حساب قفل شود. باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: [
        'A change of your Savabegh mobile to {address} was asked for on {at}. Not you? Report it within 72 hours:\n{link}',
      ],
      email: {
        subject: 'A change of your mobile was asked for',
        paragraphs: [
          'On {at}, with {device} from the internet address {network}, somebody signed in asked to change the mobile of your Savabegh account to {address}. The change takes effect in 72 hours.',
          'If this was not you, report it on this page before then: the change is cancelled and the account locked. Opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'email-change-pending': {
    sms: ['address', 'at', 'link'],
    email: ['at', 'device', 'network', 'address', 'link'],
    fa: {
      sms: [
        'در {at} درخواست ثبت ایمیل {address} برای حساب شما در سامانهٔ سوابق ثبت شد. اگر کار شما نبود تا ۷۲ ساعت اعلام کنید:\n{link}',
      ],
      email: {
        subject: 'درخواست تغییر ایمیل حساب شما',
        paragraphs: [
          'در {at} با {device} و نشانی اینترنتی {network} درخواست شد که ایمیل حساب شما در سامانهٔ سوابق به {address} تغییر کند. این تغییر ۷۲ ساعت دیگر انجام می‌شود.',
          'اگر کار شما نبود، پیش از آن در این صفحه اعلام کنید تا تغییر لغو و حساب قفل شود. باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: [
        'The e-mail address {address} was given for your Savabegh account on {at}. Not you? Report it within 72 hours:\n{link}',
      ],
      email: {
        subject: 'A change of your e-mail address was asked for',
        paragraphs: [
          'On {at}, with {device} from the internet address {network}, somebody signed in asked to change the e-mail address of your Savabegh account to {address}. The change takes effect in 72 hours.',
          'If this was not you, report it on this page before then: the change is cancelled and the account locked. Opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'email-removal-pending': {
    sms: ['at', 'link'],
    email: ['at', 'device', 'network', 'link'],
    fa: {
      sms: [
        'در {at} درخواست حذف ایمیل حساب شما در سامانهٔ سوابق ثبت شد. اگر کار شما نبود تا ۷۲ ساعت اعلام کنید:\n{link}',
      ],
      email: {
        subject: 'درخواست حذف ایمیل حساب شما',
        paragraphs: [
          'در {at} با {device} و نشانی اینترنتی {network} درخواست شد که ایمیل از حساب شما در سامانهٔ سوابق حذف شود. این کار ۷۲ ساعت دیگر انجام می‌شود.',
          'اگر کار شما نبود، پیش از آن در این صفحه اعلام کنید تا حذف لغو و حساب قفل شود. باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: [
        'Removing the e-mail address of your Savabegh account was asked for on {at}. Not you? Report it within 72 hours:\n{link}',
      ],
      email: {
        subject: 'Removing your e-mail address was asked for',
        paragraphs: [
          'On {at}, with {device} from the internet address {network}, somebody signed in asked to remove the e-mail address from your Savabegh account. It takes effect in 72 hours.',
          'If this was not you, report it on this page before then: the removal is cancelled and the account locked. Opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'answers-change-pending': {
    sms: ['at', 'link'],
    email: ['at', 'device', 'network', 'link'],
    fa: {
      sms: [
        'در {at} درخواست تغییر پرسش‌های امنیتی شما در سامانهٔ سوابق ثبت شد. اگر کار شما نبود تا ۷۲ ساعت اعلام کنید:\n{link}',
      ],
      email: {
        subject: 'درخواست تغییر پرسش‌های امنیتی حساب شما',
        paragraphs: [
          'در {at} با {device} و نشانی اینترنتی {network} درخواست شد که پرسش‌ها و پاسخ‌های امنیتی حساب شما در سامانهٔ سوابق تغییر کند. این تغییر ۷۲ ساعت دیگر انجام می‌شود و تا آن زمان پاسخ‌های کنونی معتبر است.',
          'اگر کار شما نبود، پیش از آن در این صفحه اعلام کنید تا تغییر لغو و حساب قفل شود. باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: [
        'A change of your Savabegh security questions was asked for on {at}. Not you? Report it within 72 hours:\n{link}',
      ],
      email: {
        subject: 'A change of your security questions was asked for',
        paragraphs: [
          'On {at}, with {device} from the internet address {network}, somebody signed in asked to change the security questions and answers of your Savabegh account. The change takes effect in 72 hours; until then the current answers hold.',
          'If this was not you, report it on this page before then: the change is cancelled and the account locked. Opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'mobile-changed': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: [
        'شمارهٔ همراه حساب شما در سامانهٔ سوابق در {at} تغییر کرد. از این پس کدها به این شماره فرستاده می‌شود.',
      ],
      email: {
        subject: 'شمارهٔ همراه حساب شما تغییر کرد',
        paragraphs: [
          'شمارهٔ همراه حساب شما در سامانهٔ سوابق در {at} تغییر کرد؛ ۷۲ ساعت پیش از آن باخبر شده بودید. از این پس کدها به شمارهٔ تازه فرستاده می‌شود.',
        ],
      },
    },
    en: {
      sms: [
        'The mobile of your Savabegh account was changed on {at}. Codes are sent to this number from now on.',
      ],
      email: {
        subject: 'The mobile of your account was changed',
        paragraphs: [
          'The mobile of your Savabegh account was changed on {at}, as you had been told 72 hours before. Codes are sent to the new number from now on.',
        ],
      },
    },
  },
  'email-changed': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['ایمیل حساب شما در سامانهٔ سوابق در {at} تغییر کرد.'],
      email: {
        subject: 'ایمیل حساب شما تغییر کرد',
        paragraphs: [
          'ایمیل حساب شما در سامانهٔ سوابق در {at} به این نشانی تغییر کرد. از این پس می‌توانید گذرواژه را با کدی که به این نشانی می‌رسد بازیابی کنید.',
        ],
      },
    },
    en: {
      sms: ['The e-mail address of your Savabegh account was changed on {at}.'],
      email: {
        subject: 'The e-mail address of your account was changed',
        paragraphs: [
          'The e-mail address of your Savabegh account was changed to this one on {at}. From now on a code sent here can recover your password.',
        ],
      },
    },
  },
  'email-removed': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['ایمیل حساب شما در سامانهٔ سوابق در {at} حذف شد.'],
      email: {
        subject: 'ایمیل حساب شما حذف شد',
        paragraphs: ['ایمیل حساب شما در سامانهٔ سوابق در {at} حذف شد.'],
      },
    },
    en: {
      sms: ['The e-mail address of your Savabegh account was removed on {at}.'],
      email: {
        subject: 'The e-mail address of your account was removed',
        paragraphs: ['The e-mail address of your Savabegh account was removed on {at}.'],
      },
    },
  },
  'answers-changed': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['پرسش‌های امنیتی حساب شما در سامانهٔ سوابق در {at} تغییر کرد.'],
      email: {
        subject: 'پرسش‌های امنیتی حساب شما تغییر کرد',
        paragraphs: [
          'پرسش‌ها و پاسخ‌های امنیتی حساب شما در سامانهٔ سوابق در {at} تغییر کرد؛ از این پس پاسخ‌های تازه معتبر است.',
        ],
      },
    },
    en: {
      sms: ['The security questions of your Savabegh account were changed on {at}.'],
      email: {
        subject: 'Your security questions were changed',
        paragraphs: [
          'The security questions and answers of your Savabegh account were changed on {at}; the new answers hold from now on.',
        ],
      },
    },
  },
  'kind-barred': {
    sms: ['kind', 'at'],
    email: ['kind', 'at', 'device', 'network'],
    fa: {
      sms: [
        '{kind} حساب شما در سامانهٔ سوابق در {at} مسدود شد. اگر کار شما نبود، گذرواژه را تغییر دهید یا به شعبه مراجعه کنید.',
      ],
      email: {
        subject: 'یکی از راه‌های ورود به حساب شما مسدود شد',
        paragraphs: [
          '{kind} حساب شما در سامانهٔ سوابق در {at} با {device} و نشانی اینترنتی {network} مسدود شد: با آن نمی‌توان گذرواژه را بازیابی کرد و پیامی به آن فرستاده نمی‌شود.',
          'برای باز کردن آن، همان را دوباره یا مورد تازه‌ای را در حساب خود ثبت کنید؛ ۷۲ ساعت پس از آن معتبر می‌شود. اگر این کار شما نبود، گذرواژه را تغییر دهید یا به شعبه مراجعه کنید.',
        ],
      },
    },
    en: {
      sms: [
        'Of your Savabegh account, barred on {at}: {kind}. Not you? Change the password, or visit a branch.',
      ],
      email: {
        subject: 'A way into your account was barred',
        paragraphs: [
          'Of your Savabegh account, barred on {at} with {device} from the internet address {network}: {kind}. It cannot recover the password any more, and no messages are sent to it.',
          'To open it, register the same or a new one in your account; it is trusted 72 hours later. If this was not you, change the password or visit a branch.',
        ],
      },
    },
  },
  'address-barred': {
    sms: ['at', 'link'],
    email: ['at', 'device', 'network', 'link'],
    fa: {
      sms: [
        'این شماره در {at} برای حساب شما در سامانهٔ سوابق مسدود شد. اگر کار شما نبود تا ۷۲ ساعت اعلام کنید:\n{link}',
      ],
      email: {
        subject: 'این نشانی برای حساب شما مسدود شد',
        paragraphs: [
          'این نشانی در {at} با {device} و نشانی اینترنتی {network} برای حساب شما در سامانهٔ سوابق مسدود شد؛ دیگر پیامی دربارهٔ حساب به آن فرستاده نمی‌شود.',
          'اگر کار شما نبود، تا ۷۲ ساعت در این صفحه اعلام کنید. باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: [
        'On {at} this number was barred from your Savabegh account. Not you? Report it within 72 hours:\n{link}',
      ],
      email: {
        subject: 'This address was barred from your account',
        paragraphs: [
          'On {at}, with {device} from the internet address {network}, this address was barred from your Savabegh account; no more messages about the account are sent here.',
          'If this was not you, report it on this page within 72 hours. Opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'mobile-not-owned': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['شمارهٔ همراه حساب شما در سامانهٔ سوابق دیگر به نام شما نیست و در {at} مسدود شد.'],
      email: {
        subject: 'شمارهٔ همراه حساب شما دیگر به نام شما نیست',
        paragraphs: [
          'طبق استعلام در {at}، شمارهٔ همراه حساب شما در سامانهٔ سوابق به نام شما نیست و مسدود شد: کدی به آن فرستاده نمی‌شود.',
          'وارد حساب شوید و شماره‌ای را که به نام خود شماست ثبت کنید، یا به شعبه مراجعه کنید.',
        ],
      },
    },
    en: {
      sms: [
        'The mobile of your Savabegh account is no longer registered in your name and was barred on {at}.',
      ],
      email: {
        subject: 'The mobile of your account is not in your name any more',
        paragraphs: [
          'On {at} the register of mobiles said that the mobile of your Savabegh account is not in your name. It was barred: no code is sent there.',
          'Sign in and register a mobile that is in your own name, or visit a branch.',
        ],
      },
    },
  },
} as const satisfies Partial<Readonly<Record<MessagePurpose, PurposeTexts>>>;
