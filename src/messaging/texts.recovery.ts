import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts } from './purpose-texts.ts';

/** What owners of accounts are told of recoveries. */
export const recoveryTexts = {
  'recovery-failures': {
    sms: ['at'],
    email: ['at', 'device', 'network'],
    fa: {
      sms: [
        'تا {at} چند بار ناموفق برای بازیابی گذرواژهٔ شما در سامانهٔ سوابق تلاش شده است. کد را به کسی نگویید.',
      ],
      email: {
        subject: 'تلاش‌های ناموفق برای بازیابی گذرواژهٔ شما',
        paragraphs: [
          'تا {at} چند بار ناموفق برای بازیابی گذرواژهٔ شما در سامانهٔ سوابق تلاش شده است، آخرین بار با {device} و نشانی اینترنتی {network}. حساب شما تغییری نکرده است.',
          'اگر شما نبودید، کاری لازم نیست؛ کدهایی را که می‌رسد به هیچ‌کس نگویید. تا یک روز دیگر در این باره پیامی نمی‌فرستیم.',
        ],
      },
    },
    en: {
      sms: ['Up to {at} there were failed attempts to recover your Savabegh password. Tell codes to nobody.'],
      email: {
        subject: 'Failed attempts to recover your password',
        paragraphs: [
          'Up to {at} there were several failed attempts to recover your Savabegh password, the last one with {device} from the internet address {network}. Your account is unchanged.',
          'If this was not you, there is nothing to do; tell the codes that you get to nobody. We will not write of this again within a day.',
        ],
      },
    },
  },
} as const satisfies Partial<Readonly<Record<MessagePurpose, PurposeTexts>>>;
