import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts } from './purpose-texts.ts';

/** Texts about institutions that a person lets see the record. */
export const grantTexts = {
  'grant-given': {
    sms: ['institution', 'at'],
    email: ['institution', 'at', 'device', 'network'],
    fa: {
      sms: [
        'در {at} به «{institution}» اجازه دادید سوابق بیمهٔ شما را ببیند. شما نبودید؟ گذرواژه را بازیابی کنید.',
      ],
      email: {
        subject: 'اجازهٔ دیدن سوابق بیمهٔ شما',
        paragraphs: [
          'در {at} با {device} و نشانی اینترنتی {network} از حساب شما به «{institution}» اجازه داده شد سوابق بیمهٔ شما را ببیند.',
          'این اجازه را هر وقت بخواهید در صفحهٔ حساب لغو می‌کنید و از همان لحظه اثر دارد.',
          'اگر این کار شما نبود، همین حالا در صفحهٔ ورود «بازیابی گذرواژه» را انتخاب کنید: با گذرواژهٔ تازه همهٔ اجازه‌ها متوقف می‌شوند.',
        ],
      },
    },
    en: {
      sms: [
        'On {at} you allowed {institution} to see your insurance record. Not you? Recover the password now.',
      ],
      email: {
        subject: 'Your insurance record may be seen',
        paragraphs: [
          'On {at}, with {device} from the internet address {network}, “{institution}” was allowed to see your insurance record.',
          'You can withdraw this on your account page whenever you like, with effect from that moment.',
          'If this wasn’t you, choose “recover password” on the sign-in page now: a new password suspends every such permission.',
        ],
      },
    },
  },
  'record-looked-at': {
    sms: ['institution', 'at'],
    email: ['institution', 'at'],
    fa: {
      sms: [
        '«{institution}» در {at} برای نخستین بار سوابق بیمهٔ شما را دید. اجازهٔ آن را در صفحهٔ حساب لغو می‌کنید.',
      ],
      email: {
        subject: 'سوابق بیمهٔ شما دیده شد',
        paragraphs: [
          '«{institution}» در {at} با اجازه‌ای که داده‌اید برای نخستین بار سوابق بیمهٔ شما را دید.',
          'هر بار دیدن در صفحهٔ حساب نوشته می‌شود و اجازه را هر وقت بخواهید همان‌جا لغو می‌کنید.',
        ],
      },
    },
    en: {
      sms: [
        '{institution} saw your insurance record for the first time on {at}. Withdraw it on your account page.',
      ],
      email: {
        subject: 'Your insurance record was looked at',
        paragraphs: [
          'On {at} “{institution}” saw your insurance record for the first time, as you allowed it.',
          'Every look is listed on your account page, where you can also withdraw the permission.',
        ],
      },
    },
  },
} as const satisfies Partial<Record<MessagePurpose, PurposeTexts>>;
