import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts } from './purpose-texts.ts';
import { accountTexts } from './texts.account.ts';
import { branchTexts } from './texts.branch.ts';
import { changeTexts } from './texts.changes.ts';
import { grantTexts } from './texts.grants.ts';
import { passwordTexts } from './texts.password.ts';
import { recoveryTexts } from './texts.recovery.ts';
import { sessionTexts } from './texts.sessions.ts';

/**
 * Every text that is sent to people. Each form of a text names every parameter of its purpose, which is
 * checked when the service starts. Links are for those alone who may not be able to sign in any more; whatever
 * else a notice asks for is done in the service itself.
 */
export const textCatalogue: Readonly<Record<MessagePurpose, PurposeTexts>> = {
  ...accountTexts,
  ...branchTexts,
  ...changeTexts,
  ...grantTexts,
  ...passwordTexts,
  ...recoveryTexts,
  ...sessionTexts,
  'registration-code': {
    sms: ['code', 'time'],
    email: ['code', 'time'],
    fa: {
      sms: [
        'کد ثبت‌نام سوابق: {code}، درخواست ساعت {time}. به هیچ‌کس نگویید.',
        'کد ثبت‌نام: {code}، درخواست ساعت {time}',
        'کد ثبت‌نام ساعت {time}: {code}',
        'کد {time}: {code}',
      ],
      email: {
        subject: 'کد ثبت‌نام در سامانهٔ سوابق',
        paragraphs: [
          'کد ثبت‌نام شما در سامانهٔ سوابق، برای درخواست ساعت {time}:',
          '{code}',
          'این کد تا ۱۰ دقیقه معتبر است. آن را به هیچ‌کس نگویید؛ کارمندان ما هرگز آن را نمی‌پرسند.',
          'اگر شما در سامانهٔ سوابق ثبت‌نام نمی‌کنید، این پیام را نادیده بگیرید.',
        ],
      },
    },
    en: {
      sms: [
        'Savabegh sign-up code: {code}, asked for at {time}. Tell it to nobody, not even our staff.',
        'Savabegh sign-up code: {code}, asked for at {time}',
      ],
      email: {
        subject: 'Your Savabegh sign-up code',
        paragraphs: [
          'Your code for signing up to Savabegh, asked for at {time} (Tehran):',
          '{code}',
          'It is valid for 10 minutes. Tell it to nobody; our staff never ask for it.',
          'If you are not signing up to Savabegh, ignore this message.',
        ],
      },
    },
  },
  'recovery-code': {
    sms: ['code', 'time'],
    email: ['code', 'time'],
    fa: {
      sms: [
        'کد بازیابی سوابق: {code}، درخواست ساعت {time}. به هیچ‌کس نگویید.',
        'کد بازیابی: {code}، درخواست ساعت {time}',
        'کد بازیابی ساعت {time}: {code}',
        'کد {time}: {code}',
      ],
      email: {
        subject: 'کد بازیابی گذرواژهٔ سامانهٔ سوابق',
        paragraphs: [
          'کد بازیابی گذرواژهٔ شما در سامانهٔ سوابق، برای درخواست ساعت {time}:',
          '{code}',
          'این کد تا ۱۰ دقیقه معتبر است. آن را به هیچ‌کس نگویید؛ کارمندان ما هرگز آن را نمی‌پرسند.',
          'اگر شما گذرواژه را بازیابی نمی‌کنید، این پیام را نادیده بگیرید: بدون این کد چیزی تغییر نمی‌کند.',
        ],
      },
    },
    en: {
      sms: [
        'Savabegh recovery code: {code}, asked for at {time}. Tell it to nobody, not even our staff.',
        'Savabegh recovery code: {code}, asked for at {time}',
      ],
      email: {
        subject: 'Your Savabegh recovery code',
        paragraphs: [
          'Your code for recovering the password of your Savabegh account, asked for at {time} (Tehran):',
          '{code}',
          'It is valid for 10 minutes. Tell it to nobody; our staff never ask for it.',
          'If you are not recovering your password, ignore this message: without the code nothing changes.',
        ],
      },
    },
  },
  welcome: {
    sms: ['at'],
    email: ['at', 'device', 'network'],
    fa: {
      sms: ['حساب شما در سامانهٔ سوابق در {at} ساخته شد. اگر کار شما نبود، به شعبه خبر دهید.'],
      email: {
        subject: 'حساب شما در سامانهٔ سوابق ساخته شد',
        paragraphs: [
          'حساب شما در سامانهٔ سوابق در {at} با {device} و نشانی اینترنتی {network} ساخته شد. نام کاربری شما کد ملی شماست.',
          'اگر این کار شما نبود، به نزدیک‌ترین شعبه خبر دهید.',
        ],
      },
    },
    en: {
      sms: ['Your Savabegh account was created on {at}. If this was not you, tell a branch office.'],
      email: {
        subject: 'Your Savabegh account has been created',
        paragraphs: [
          'Your Savabegh account was created on {at} with {device} from the internet address {network}. Your user name is your national code.',
          'If this wasn’t you, tell the nearest branch office.',
        ],
      },
    },
  },
  'registration-attempted': {
    sms: ['at'],
    email: ['at', 'device', 'network'],
    fa: {
      sms: ['در {at} برای کد ملی شما ثبت‌نام دوباره در سامانهٔ سوابق شروع شد. حساب شما تغییری نکرده است.'],
      email: {
        subject: 'ثبت‌نام دوباره با کد ملی شما',
        paragraphs: [
          'در {at} با {device} و نشانی اینترنتی {network} برای کد ملی شما ثبت‌نام دوباره در سامانهٔ سوابق شروع شد. شما از پیش حساب دارید و حساب شما تغییری نکرده است.',
          'اگر گذرواژه را فراموش کرده‌اید، در صفحهٔ ورود «بازیابی گذرواژه» را انتخاب کنید.',
        ],
      },
    },
    en: {
      sms: ['On {at} a new Savabegh sign-up was started for your national code. Your account is unchanged.'],
      email: {
        subject: 'A new sign-up with your national code',
        paragraphs: [
          'On {at} a new Savabegh sign-up was started for your national code, with {device} from the internet address {network}. You already have an account, and it is unchanged.',
          'If you have forgotten your password, choose “recover password” on the sign-in page.',
        ],
      },
    },
  },
};
