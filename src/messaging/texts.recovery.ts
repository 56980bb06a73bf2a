import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts } from './texts.catalogue.ts';

/** What owners of accounts are told of recoveries. */
export const recoveryTexts = {
  'password-recovered': {
    sms: ['at', 'link'],
    email: ['at', 'network', 'link'],
    fa: {
      sms: ['گذرواژهٔ شما در سوابق در {at} بازیابی شد. اگر کار شما نبود تا ۷۲ ساعت خبر دهید:\n{link}'],
      email: {
        subject: 'گذرواژهٔ شما در سوابق بازیابی شد',
        paragraphs: [
          'گذرواژهٔ حساب شما در سوابق در {at} از شبکهٔ {network} بازیابی شد و همهٔ نشست‌های شما پایان یافت.',
          'اگر این کار شما نبود، تا ۷۲ ساعت در این صفحه بگویید تا حساب قفل شود؛ باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: ['Your Savabegh password was reset on {at}. Not you? Say so within 72 hours:\n{link}'],
      email: {
        subject: 'Your Savabegh password was reset',
        paragraphs: [
          'The password of your Savabegh account was reset by account recovery on {at} from the network {network}, and all your sessions were ended.',
          'If this was not you, say so on this page within 72 hours and the account is locked; opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'recovery-held': {
    sms: ['until', 'link'],
    email: ['at', 'network', 'until', 'link'],
    fa: {
      sms: [
        'برای بازیابی گذرواژهٔ شما در سوابق درخواستی رسید که از {until} انجام می‌شود. اگر شما نیستید:\n{link}',
      ],
      email: {
        subject: 'بازیابی گذرواژهٔ شما در انتظار است',
        paragraphs: [
          'در {at} از شبکهٔ {network} کسی با پاسخ پرسش‌های امنیتی یا نشانی تازهٔ حساب شما بازیابی گذرواژه را خواست. این کار پیش از {until} انجام نمی‌شود.',
          'اگر این کار شما نیست، در این صفحه بگویید تا حساب قفل شود؛ باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: ['Recovery of your Savabegh password was asked for and can go on from {until}. Not you?\n{link}'],
      email: {
        subject: 'The recovery of your password is on hold',
        paragraphs: [
          'On {at}, from the network {network}, somebody asked to recover your Savabegh password with the answers to your security questions or a new address. It cannot go on before {until}.',
          'If this is not you, say so on this page and the account is locked; opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'recovery-failures': {
    sms: ['at'],
    email: ['at', 'network'],
    fa: {
      sms: ['تا {at} چند بار ناموفق برای بازیابی گذرواژهٔ شما در سوابق تلاش شده است. کد را به کسی نگویید.'],
      email: {
        subject: 'تلاش‌های ناموفق برای بازیابی گذرواژهٔ شما',
        paragraphs: [
          'تا {at} چند بار ناموفق برای بازیابی گذرواژهٔ شما در سوابق تلاش شده است، آخرین بار از شبکهٔ {network}. حساب شما تغییری نکرده است.',
          'اگر شما نبودید، کاری لازم نیست؛ کدهایی را که می‌رسد به هیچ‌کس نگویید. تا یک روز دیگر در این باره پیامی نمی‌فرستیم.',
        ],
      },
    },
    en: {
      sms: ['Up to {at} there were failed attempts to recover your Savabegh password. Tell codes to nobody.'],
      email: {
        subject: 'Failed attempts to recover your password',
        paragraphs: [
          'Up to {at} there were several failed attempts to recover your Savabegh password, the last one from the network {network}. Your account is unchanged.',
          'If this was not you, there is nothing to do; tell the codes that you get to nobody. We will not write of this again within a day.',
        ],
      },
    },
  },
  'recovery-disowned': {
    sms: ['at'],
    email: ['at', 'network'],
    fa: {
      sms: ['حساب شما در سوابق در {at} قفل شد. آن را با روش دیگری جز روش پیشین، یا در شعبه، بازیابی کنید.'],
      email: {
        subject: 'حساب شما در سوابق قفل شد',
        paragraphs: [
          'در {at} از شبکهٔ {network} گفته شد که بازیابی گذرواژه کار شما نبوده است. همهٔ نشست‌ها پایان یافت و حساب قفل شد.',
          'برای باز کردن آن، گذرواژه را با روشی جز آنچه در آن بازیابی به کار رفت، یا در نزدیک‌ترین شعبه، بازیابی کنید.',
        ],
      },
    },
    en: {
      sms: [
        'Your Savabegh account was locked on {at}. Recover it by another method than before, or at a branch.',
      ],
      email: {
        subject: 'Your Savabegh account was locked',
        paragraphs: [
          'On {at}, from the network {network}, it was said that the recovery of your password was not done by you. All sessions were ended and the account was locked.',
          'To open it, recover the password by a method that was not used in that recovery, or at the nearest branch office.',
        ],
      },
    },
  },
  'branch-recovery-started': {
    sms: ['at', 'link'],
    email: ['at', 'link'],
    fa: {
      sms: ['در {at} در یک شعبه بازیابی گذرواژهٔ شما در سوابق آغاز شد. اگر شما نبودید:\n{link}'],
      email: {
        subject: 'بازیابی گذرواژهٔ شما در شعبه آغاز شد',
        paragraphs: [
          'در {at} در یک شعبه بازیابی گذرواژهٔ شما در سوابق آغاز شد. کدی که به مراجعه‌کننده داده شده تا ۲۴ ساعت معتبر است.',
          'اگر شما در شعبه نبوده‌اید، در این صفحه بگویید تا حساب قفل شود؛ باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: [
        'On {at} the recovery of your Savabegh password was started at a branch office. Not you?\n{link}',
      ],
      email: {
        subject: 'The recovery of your password was started at a branch',
        paragraphs: [
          'On {at} the recovery of your Savabegh password was started at a branch office. The code that was handed out there is valid for 24 hours.',
          'If that was not you, say so on this page and the account is locked; opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
} as const satisfies Partial<Readonly<Record<MessagePurpose, PurposeTexts>>>;
