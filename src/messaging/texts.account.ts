import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts } from './purpose-texts.ts';

/** Codes for addresses, failed sign-ins and what operators do to an account. */
export const accountTexts = {
  'contact-code': {
    sms: ['code', 'time'],
    email: ['code', 'time'],
    fa: {
      sms: [
        'کد تأیید شماره: {code}، درخواست ساعت {time}',
        'کد تأیید ساعت {time}: {code}',
        'کد {time}: {code}',
      ],
      email: {
        subject: 'کد تأیید نشانی در سامانهٔ سوابق',
        paragraphs: [
          'کد تأیید این نشانی برای حساب شما در سامانهٔ سوابق، برای درخواست ساعت {time}:',
          '{code}',
          'این کد تا ۱۰ دقیقه معتبر است. آن را به هیچ‌کس نگویید؛ کارمندان ما هرگز آن را نمی‌پرسند.',
          'اگر شما این نشانی را در سامانهٔ سوابق ثبت نکرده‌اید، این پیام را نادیده بگیرید.',
        ],
      },
    },
    en: {
      sms: [
        'Savabegh code for this number: {code}, asked for at {time}. Tell it to nobody, not even our staff.',
        'Savabegh code for this number: {code}, asked for at {time}',
      ],
      email: {
        subject: 'Your Savabegh code for this address',
        paragraphs: [
          'Your code for using this address with your Savabegh account, asked for at {time} (Tehran):',
          '{code}',
          'It is valid for 10 minutes. Tell it to nobody; our staff never ask for it.',
          'If you did not give this address to Savabegh, ignore this message.',
        ],
      },
    },
  },
  'sign-in-failures': {
    sms: ['at'],
    email: ['at', 'device', 'network'],
    fa: {
      sms: ['تا {at} چند بار با گذرواژهٔ نادرست برای ورود به حساب شما در سامانهٔ سوابق تلاش شده است.'],
      email: {
        subject: 'تلاش‌های ناموفق برای ورود به حساب شما',
        paragraphs: [
          'تا {at} چند بار با گذرواژهٔ نادرست برای ورود به حساب شما در سامانهٔ سوابق تلاش شده است، آخرین بار با {device} و نشانی اینترنتی {network}. حساب شما تغییری نکرده است.',
          'اگر شما نبودید، فعالیت‌های حساب را ببینید. تا یک روز دیگر در این باره پیامی نمی‌فرستیم.',
        ],
      },
    },
    en: {
      sms: ['Up to {at} there were several failed attempts to sign in to your Savabegh account.'],
      email: {
        subject: 'Failed attempts to sign in to your account',
        paragraphs: [
          'Up to {at} there were several attempts to sign in to your Savabegh account with a wrong password, the last one with {device} from the internet address {network}. Your account is unchanged.',
          'If this was not you, look at the activity of your account. We will not write of this again within a day.',
        ],
      },
    },
  },
  'account-disabled': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['حساب شما در سامانهٔ سوابق در {at} غیرفعال شد. برای آگاهی بیشتر به شعبه مراجعه کنید.'],
      email: {
        subject: 'حساب شما در سامانهٔ سوابق غیرفعال شد',
        paragraphs: [
          'حساب شما در سامانهٔ سوابق در {at} غیرفعال شد و از همهٔ دستگاه‌ها خارج شدید.',
          'برای آگاهی بیشتر به نزدیک‌ترین شعبه مراجعه کنید.',
        ],
      },
    },
    en: {
      sms: ['Your Savabegh account was disabled on {at}. Visit a branch office to learn more.'],
      email: {
        subject: 'Your Savabegh account was disabled',
        paragraphs: [
          'Your Savabegh account was disabled on {at}, and all devices were signed out.',
          'Visit the nearest branch office to learn more.',
        ],
      },
    },
  },
  'account-erased': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['حساب شما در سامانهٔ سوابق در {at} پاک شد. سوابق بیمهٔ شما محفوظ است.'],
      email: {
        subject: 'حساب شما در سامانهٔ سوابق پاک شد',
        paragraphs: [
          'حساب شما در سامانهٔ سوابق در {at} به درخواست شما پاک شد. سوابق بیمهٔ شما محفوظ است و می‌توانید دوباره ثبت‌نام کنید.',
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
      sms: ['حساب شما در سامانهٔ سوابق در {at} دوباره فعال شد.'],
      email: {
        subject: 'حساب شما در سامانهٔ سوابق دوباره فعال شد',
        paragraphs: [
          'حساب شما در سامانهٔ سوابق در {at} دوباره فعال شد؛ می‌توانید وارد شوید، یا اگر قفل است گذرواژه را بازیابی کنید.',
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
