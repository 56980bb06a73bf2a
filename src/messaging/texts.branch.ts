import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts } from './texts.catalogue.ts';

/** What is done at the desk of a branch, and who may do it. */
export const branchTexts = {
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
