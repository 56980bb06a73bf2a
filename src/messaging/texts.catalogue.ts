import type { Locale } from '../kernel/locale.ts';
import type { MessagePurpose } from './outbox.ts';
import { accountTexts } from './texts.account.ts';
import { recoveryTexts } from './texts.recovery.ts';

/**
 * What a text may speak of. `code`: six digits, ASCII also in Persian texts, for every keyboard, clipboard
 * and program takes them; `at`: when it happened, in the calendar of the language; `network`: from where;
 * `until`: when something may go on;
 * `link`: to the page where the reader may object, which does nothing before a button is pressed there.
 */
export type TextParameter = 'code' | 'at' | 'network' | 'until' | 'link';

export type TextSource = Readonly<{
  /** In order of preference; the first one that fits is used. Codes get their origin-bound last line added. */
  sms: readonly string[];
  email: Readonly<{ subject: string; paragraphs: readonly string[] }>;
}>;

/** The parameters that every text of the purpose names: those by SMS, those by e-mail. */
export type PurposeTexts = Readonly<
  Record<'sms' | 'email', readonly TextParameter[]> & Record<Locale, TextSource>
>;

/**
 * Every text that is sent to people. Each form of a text names every parameter of its purpose, which is
 * checked when the service starts. Links are for those alone who may not be able to sign in any more; whatever
 * else a notice asks for is done in the service itself.
 */
export const textCatalogue: Readonly<Record<MessagePurpose, PurposeTexts>> = {
  ...accountTexts,
  ...recoveryTexts,
  'registration-code': {
    sms: ['code'],
    email: ['code'],
    fa: {
      sms: ['کد ثبت‌نام سوابق: {code}. به هیچ‌کس نگویید.', 'کد ثبت‌نام سوابق: {code}', 'کد سوابق: {code}'],
      email: {
        subject: 'کد ثبت‌نام در سامانهٔ سوابق',
        paragraphs: [
          'کد ثبت‌نام شما در سامانهٔ سوابق:',
          '{code}',
          'این کد تا ۱۰ دقیقه معتبر است. آن را به هیچ‌کس نگویید؛ کارمندان ما هرگز آن را نمی‌پرسند.',
          'اگر شما در سامانهٔ سوابق ثبت‌نام نمی‌کنید، این پیام را نادیده بگیرید.',
        ],
      },
    },
    en: {
      sms: [
        'Savabegh sign-up code: {code}. Tell it to nobody, not even our staff.',
        'Savabegh sign-up code: {code}',
      ],
      email: {
        subject: 'Your Savabegh sign-up code',
        paragraphs: [
          'Your code for signing up to Savabegh:',
          '{code}',
          'It is valid for 10 minutes. Tell it to nobody; our staff never ask for it.',
          'If you are not signing up to Savabegh, ignore this message.',
        ],
      },
    },
  },
  'recovery-code': {
    sms: ['code'],
    email: ['code'],
    fa: {
      sms: ['کد بازیابی سوابق: {code}. به هیچ‌کس نگویید.', 'کد بازیابی سوابق: {code}', 'کد سوابق: {code}'],
      email: {
        subject: 'کد بازیابی گذرواژهٔ سامانهٔ سوابق',
        paragraphs: [
          'کد بازیابی گذرواژهٔ شما در سامانهٔ سوابق:',
          '{code}',
          'این کد تا ۱۰ دقیقه معتبر است. آن را به هیچ‌کس نگویید؛ کارمندان ما هرگز آن را نمی‌پرسند.',
          'اگر شما گذرواژه را بازیابی نمی‌کنید، این پیام را نادیده بگیرید: بدون این کد چیزی تغییر نمی‌کند.',
        ],
      },
    },
    en: {
      sms: [
        'Savabegh recovery code: {code}. Tell it to nobody, not even our staff.',
        'Savabegh recovery code: {code}',
      ],
      email: {
        subject: 'Your Savabegh recovery code',
        paragraphs: [
          'Your code for recovering the password of your Savabegh account:',
          '{code}',
          'It is valid for 10 minutes. Tell it to nobody; our staff never ask for it.',
          'If you are not recovering your password, ignore this message: without the code nothing changes.',
        ],
      },
    },
  },
  welcome: {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['حساب شما در سامانهٔ سوابق در {at} ساخته شد. اگر کار شما نبود، به شعبه خبر دهید.'],
      email: {
        subject: 'حساب شما در سامانهٔ سوابق ساخته شد',
        paragraphs: [
          'حساب شما در سامانهٔ سوابق در {at} ساخته شد. نام کاربری شما کد ملی شماست.',
          'اگر این کار شما نبود، به نزدیک‌ترین شعبه خبر دهید.',
        ],
      },
    },
    en: {
      sms: ['Your Savabegh account was created on {at}. If this was not you, tell a branch office.'],
      email: {
        subject: 'Your Savabegh account has been created',
        paragraphs: [
          'Your Savabegh account was created on {at}. Your user name is your national code.',
          'If this wasn’t you, tell the nearest branch office.',
        ],
      },
    },
  },
  'registration-attempted': {
    sms: ['at'],
    email: ['at'],
    fa: {
      sms: ['در {at} برای کد ملی شما ثبت‌نام دوباره در سامانهٔ سوابق شروع شد. حساب شما تغییری نکرده است.'],
      email: {
        subject: 'ثبت‌نام دوباره با کد ملی شما',
        paragraphs: [
          'در {at} برای کد ملی شما ثبت‌نام دوباره در سامانهٔ سوابق شروع شد. شما از پیش حساب دارید و حساب شما تغییری نکرده است.',
          'اگر گذرواژه را فراموش کرده‌اید، در صفحهٔ ورود «بازیابی گذرواژه» را انتخاب کنید.',
        ],
      },
    },
    en: {
      sms: ['On {at} a new Savabegh sign-up was started for your national code. Your account is unchanged.'],
      email: {
        subject: 'A new sign-up with your national code',
        paragraphs: [
          'On {at} a new Savabegh sign-up was started for your national code. You already have an account, and it is unchanged.',
          'If you have forgotten your password, choose “recover password” on the sign-in page.',
        ],
      },
    },
  },
  'password-changed': {
    sms: ['at'],
    email: ['at', 'network'],
    fa: {
      sms: [
        'گذرواژهٔ شما در سامانهٔ سوابق در {at} تغییر کرد. اگر کار شما نبود، گذرواژه را بازیابی کنید و به شعبه خبر دهید.',
      ],
      email: {
        subject: 'گذرواژهٔ شما در سامانهٔ سوابق تغییر کرد',
        paragraphs: [
          'گذرواژهٔ حساب شما در سامانهٔ سوابق در {at} از نشانی اینترنتی {network} تغییر کرد و از دستگاه‌های دیگر خارج شدید.',
          'اگر این کار شما نبود، همین حالا در صفحهٔ ورود «بازیابی گذرواژه» را انتخاب کنید و به نزدیک‌ترین شعبه خبر دهید.',
        ],
      },
    },
    en: {
      sms: [
        'Your Savabegh password was changed on {at}. If this was not you, recover it now and tell a branch office.',
      ],
      email: {
        subject: 'Your Savabegh password was changed',
        paragraphs: [
          'The password of your Savabegh account was changed on {at} from the internet address {network}, and your other devices were signed out.',
          'If this wasn’t you, choose “recover password” on the sign-in page now and tell the nearest branch office.',
        ],
      },
    },
  },
};
