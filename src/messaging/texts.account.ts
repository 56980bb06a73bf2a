import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts } from './texts.catalogue.ts';

/** Texts about addresses, answers, failed sign-ins and the state of an account. */
export const accountTexts = {
  'contact-code': {
    sms: ['code'],
    email: ['code'],
    fa: {
      sms: ['کد تأیید شماره در سوابق: {code}', 'کد سوابق: {code}'],
      email: {
        subject: 'کد تأیید نشانی در سوابق',
        paragraphs: [
          'کد تأیید این نشانی برای حساب شما در سوابق:',
          '{code}',
          'این کد تا چند دقیقهٔ دیگر معتبر است. آن را به هیچ‌کس نگویید؛ کارمندان ما هرگز آن را نمی‌پرسند.',
          'اگر شما این نشانی را در سوابق ثبت نکرده‌اید، این پیام را نادیده بگیرید.',
        ],
      },
    },
    en: {
      sms: [
        'Savabegh code for this number: {code}. Tell it to nobody, not even our staff.',
        'Savabegh code for this number: {code}',
      ],
      email: {
        subject: 'Your Savabegh code for this address',
        paragraphs: [
          'Your code for using this address with your Savabegh account:',
          '{code}',
          'It is valid for a few minutes. Tell it to nobody; our staff never ask for it.',
          'If you did not give this address to Savabegh, ignore this message.',
        ],
      },
    },
  },
  'mobile-changed': {
    sms: ['at'],
    email: ['at', 'network'],
    fa: {
      sms: ['شمارهٔ همراه حساب شما در سوابق در {at} عوض شد. اگر کار شما نبود، به شعبه خبر دهید.'],
      email: {
        subject: 'شمارهٔ همراه حساب شما عوض شد',
        paragraphs: [
          'شمارهٔ همراه حساب شما در سوابق در {at} از شبکهٔ {network} عوض شد.',
          'شمارهٔ پیشین تا ۷۲ ساعت می‌تواند این تغییر را پس بگیرد. اگر کار شما نبود، به نزدیک‌ترین شعبه خبر دهید.',
        ],
      },
    },
    en: {
      sms: [
        'The mobile of your Savabegh account was changed on {at}. If this was not you, tell a branch office.',
      ],
      email: {
        subject: 'The mobile of your Savabegh account was changed',
        paragraphs: [
          'The mobile of your Savabegh account was changed on {at} from the network {network}.',
          'The earlier number can undo this for 72 hours. If this was not you, tell the nearest branch office.',
        ],
      },
    },
  },
  'mobile-change-undoable': {
    sms: ['at', 'link'],
    email: ['at', 'network', 'link'],
    fa: {
      sms: ['شمارهٔ حساب شما در سوابق در {at} عوض شد. اگر کار شما نبود تا ۷۲ ساعت پس بگیرید:\n{link}'],
      email: {
        subject: 'شمارهٔ همراه حساب شما عوض شد',
        paragraphs: [
          'شمارهٔ همراه حساب شما در سوابق در {at} از شبکهٔ {network} عوض شد.',
          'اگر کار شما نبود، تا ۷۲ ساعت در این صفحه آن را پس بگیرید؛ اگر کار شما بود، همان‌جا تأیید کنید:',
          '{link}',
        ],
      },
    },
    en: {
      sms: [
        'The mobile of your Savabegh account was changed on {at}. Not you? Undo it within 72 hours:\n{link}',
      ],
      email: {
        subject: 'The mobile of your Savabegh account was changed',
        paragraphs: [
          'The mobile of your Savabegh account was changed on {at} from the network {network}.',
          'If this was not you, undo it on this page within 72 hours; if it was you, confirm it there:',
          '{link}',
        ],
      },
    },
  },
  'email-changed': {
    sms: ['at'],
    email: ['at', 'network'],
    fa: {
      sms: ['نشانی ایمیل حساب شما در سوابق در {at} عوض شد. اگر کار شما نبود، به شعبه خبر دهید.'],
      email: {
        subject: 'نشانی ایمیل حساب شما عوض شد',
        paragraphs: [
          'نشانی ایمیل حساب شما در سوابق در {at} از شبکهٔ {network} عوض شد.',
          'نشانی پیشین تا ۷۲ ساعت می‌تواند این تغییر را پس بگیرد. اگر کار شما نبود، به نزدیک‌ترین شعبه خبر دهید.',
        ],
      },
    },
    en: {
      sms: [
        'The e-mail address of your Savabegh account was changed on {at}. If this was not you, tell a branch office.',
      ],
      email: {
        subject: 'The e-mail address of your Savabegh account was changed',
        paragraphs: [
          'The e-mail address of your Savabegh account was changed on {at} from the network {network}.',
          'The earlier address can undo this for 72 hours. If this was not you, tell the nearest branch office.',
        ],
      },
    },
  },
  'email-change-undoable': {
    sms: ['at', 'link'],
    email: ['at', 'network', 'link'],
    fa: {
      sms: ['ایمیل حساب شما در سوابق در {at} ثبت یا عوض شد. اگر کار شما نبود تا ۷۲ ساعت پس بگیرید:\n{link}'],
      email: {
        subject: 'نشانی ایمیل حساب شما عوض شد',
        paragraphs: [
          'نشانی ایمیل حساب شما در سوابق در {at} از شبکهٔ {network} ثبت یا عوض شد.',
          'اگر کار شما نبود، تا ۷۲ ساعت در این صفحه آن را پس بگیرید؛ اگر کار شما بود، همان‌جا تأیید کنید:',
          '{link}',
        ],
      },
    },
    en: {
      sms: [
        'The e-mail address of your Savabegh account was set or changed on {at}. Not you? Undo it within 72 hours:\n{link}',
      ],
      email: {
        subject: 'The e-mail address of your Savabegh account was changed',
        paragraphs: [
          'The e-mail address of your Savabegh account was set or changed on {at} from the network {network}.',
          'If this was not you, undo it on this page within 72 hours; if it was you, confirm it there:',
          '{link}',
        ],
      },
    },
  },
  'contact-change-undone': {
    sms: ['at'],
    email: ['at', 'network'],
    fa: {
      sms: ['تغییر شماره یا ایمیل حساب شما در سوابق در {at} پس گرفته شد. اکنون گذرواژه را بازیابی کنید.'],
      email: {
        subject: 'تغییر شماره یا ایمیل پس گرفته شد',
        paragraphs: [
          'تغییر شماره یا ایمیل حساب شما در سوابق در {at} از شبکهٔ {network} پس گرفته شد و همهٔ نشست‌ها پایان یافت.',
          'شاید کسی گذرواژهٔ شما را می‌داند: همین حالا در صفحهٔ ورود «بازیابی گذرواژه» را برگزینید.',
        ],
      },
    },
    en: {
      sms: [
        'The change of mobile or e-mail of your Savabegh account was undone on {at}. Recover your password now.',
      ],
      email: {
        subject: 'The change of mobile or e-mail was undone',
        paragraphs: [
          'The change of mobile or e-mail of your Savabegh account was undone on {at} from the network {network}, and all sessions were ended.',
          'Somebody may know your password: choose “recover password” on the sign-in page now.',
        ],
      },
    },
  },
  'security-answers-changed': {
    sms: ['at'],
    email: ['at', 'network'],
    fa: {
      sms: [
        'پرسش‌های امنیتی شما در سوابق در {at} عوض شد. تا ۷۲ ساعت پاسخ‌ها به‌تنهایی کافی نیست. شما نبودید؟ با کد بازیابی کنید.',
      ],
      email: {
        subject: 'پرسش‌های امنیتی حساب شما عوض شد',
        paragraphs: [
          'پرسش‌ها و پاسخ‌های امنیتی حساب شما در سوابق در {at} از شبکهٔ {network} عوض شد. تا ۷۲ ساعت بازیابی گذرواژه همچنان پرسش‌های پیشین را می‌پرسد و پاسخ آن‌ها به‌تنهایی کافی نیست: روش دیگری یا شعبه هم لازم است.',
          'اگر این کار شما نبود، همین حالا در صفحهٔ ورود «بازیابی گذرواژه» را با کد برگزینید و به نزدیک‌ترین شعبه خبر دهید: بازیابی در این ۷۲ ساعت پرسش‌ها و پاسخ‌های پیشین را بازمی‌گرداند؛ عوض کردن گذرواژه به‌تنهایی نه.',
        ],
      },
    },
    en: {
      sms: [
        'Your Savabegh security questions were changed on {at}. For 72 hours answers alone are not enough. Not you? Recover by a code now.',
      ],
      email: {
        subject: 'Your security questions were changed',
        paragraphs: [
          'The security questions and answers of your Savabegh account were changed on {at} from the network {network}. For 72 hours a recovery of the password still asks the earlier ones, and their answers alone are not enough: another method is needed as well, or a branch office.',
          'If this was not you, choose “recover password” on the sign-in page now, by a code, and tell the nearest branch office: a recovery within these 72 hours puts the earlier questions and answers back; changing the password alone does not.',
        ],
      },
    },
  },
  'security-answers-restored': {
    sms: ['at'],
    email: ['at', 'network'],
    fa: {
      sms: [
        'پرسش‌های امنیتی پیشین شما در سوابق در {at} بازگشت. اگر خودتان آن‌ها را عوض کرده بودید، دوباره عوض کنید.',
      ],
      email: {
        subject: 'پرسش‌های امنیتی پیشین شما بازگشت',
        paragraphs: [
          'پرسش‌ها و پاسخ‌های امنیتی حساب شما در سوابق در ۷۲ ساعت گذشته عوض شده بود. در {at}، با بازیابی گذرواژه یا اعتراضی از شبکهٔ {network}، پیشین‌ها بازگشت و تازه‌ها کنار گذاشته شد.',
          'اگر خودتان آن‌ها را عوض کرده بودید، مثلاً چون دیگران پاسخ‌های پیشین را می‌دانند، وارد شوید و دوباره عوض کنید. اگر نه، دربارهٔ آن‌ها کاری لازم نیست.',
        ],
      },
    },
    en: {
      sms: [
        'Your earlier Savabegh security questions were put back on {at}. If you had changed them yourself, change them again.',
      ],
      email: {
        subject: 'Your earlier security questions were put back',
        paragraphs: [
          'The security questions and answers of your Savabegh account had been changed in the last 72 hours. On {at} a recovery of the password or an objection, from the network {network}, put the earlier ones back; the newer ones are gone.',
          'If you had changed them yourself, perhaps because others know the earlier answers, sign in and change them again. If not, there is nothing to do about them.',
        ],
      },
    },
  },
  'sign-in-failures': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['تا {at} چند بار با گذرواژهٔ نادرست برای ورود به حساب شما در سوابق تلاش شده است.'],
      email: {
        subject: 'تلاش‌های ناموفق برای ورود به حساب شما',
        paragraphs: [
          'تا {at} چند بار با گذرواژهٔ نادرست برای ورود به حساب شما در سوابق تلاش شده است. حساب شما تغییری نکرده است.',
          'اگر شما نبودید، فعالیت‌های حساب را ببینید. تا یک روز دیگر در این باره پیامی نمی‌فرستیم.',
        ],
      },
    },
    en: {
      sms: ['Up to {at} there were several failed attempts to sign in to your Savabegh account.'],
      email: {
        subject: 'Failed attempts to sign in to your account',
        paragraphs: [
          'Up to {at} there were several attempts to sign in to your Savabegh account with a wrong password. Your account is unchanged.',
          'If this was not you, look at the activity of your account. We will not write of this again within a day.',
        ],
      },
    },
  },
  'account-disabled': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['حساب شما در سوابق در {at} غیرفعال شد. برای آگاهی بیشتر به شعبه مراجعه کنید.'],
      email: {
        subject: 'حساب شما در سوابق غیرفعال شد',
        paragraphs: [
          'حساب شما در سوابق در {at} غیرفعال شد و همهٔ نشست‌ها پایان یافت.',
          'برای آگاهی بیشتر به نزدیک‌ترین شعبه مراجعه کنید.',
        ],
      },
    },
    en: {
      sms: ['Your Savabegh account was disabled on {at}. Visit a branch office to learn more.'],
      email: {
        subject: 'Your Savabegh account was disabled',
        paragraphs: [
          'Your Savabegh account was disabled on {at}, and all sessions were ended.',
          'Visit the nearest branch office to learn more.',
        ],
      },
    },
  },
  'account-erased': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['حساب شما در سوابق در {at} پاک شد. سوابق بیمهٔ شما بر جاست.'],
      email: {
        subject: 'حساب شما در سوابق پاک شد',
        paragraphs: [
          'حساب شما در سوابق در {at} به درخواست شما پاک شد. سوابق بیمهٔ شما بر جاست و می‌توانید دوباره ثبت‌نام کنید.',
          'اگر چنین درخواستی نداشته‌اید، به نزدیک‌ترین شعبه مراجعه کنید.',
        ],
      },
    },
    en: {
      sms: ['Your Savabegh account was erased on {at}. Your insurance record remains.'],
      email: {
        subject: 'Your Savabegh account was erased',
        paragraphs: [
          'Your Savabegh account was erased on {at}, as you asked. Your insurance record remains, and you can sign up again.',
          'If you did not ask for it, visit the nearest branch office.',
        ],
      },
    },
  },
  'account-enabled': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['حساب شما در سوابق در {at} دوباره فعال شد.'],
      email: {
        subject: 'حساب شما در سوابق دوباره فعال شد',
        paragraphs: [
          'حساب شما در سوابق در {at} دوباره فعال شد؛ می‌توانید وارد شوید، یا اگر قفل است گذرواژه را بازیابی کنید.',
        ],
      },
    },
    en: {
      sms: ['Your Savabegh account was enabled again on {at}.'],
      email: {
        subject: 'Your Savabegh account was enabled again',
        paragraphs: [
          'Your Savabegh account was enabled again on {at}; you can sign in or, if it is locked, recover the password.',
        ],
      },
    },
  },
} as const satisfies Partial<Readonly<Record<MessagePurpose, PurposeTexts>>>;
