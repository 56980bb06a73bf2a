import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts } from './purpose-texts.ts';

/** New passwords, locked accounts, and data that were taken along. */
export const passwordTexts = {
  'password-changed': {
    sms: ['at', 'link'],
    email: ['at', 'device', 'network', 'link'],
    fa: {
      sms: ['گذرواژهٔ شما در سامانهٔ سوابق در {at} تغییر کرد. اگر کار شما نبود تا ۷۲ ساعت اعلام کنید:\n{link}'],
      email: {
        subject: 'گذرواژهٔ شما تغییر کرد',
        paragraphs: [
          'گذرواژهٔ حساب شما در سامانهٔ سوابق در {at} با {device} و نشانی اینترنتی {network} تغییر کرد و از دستگاه‌های دیگر خارج شدید.',
          'اگر کار شما نبود، تا ۷۲ ساعت در این صفحه اعلام کنید تا حساب قفل شود، سپس گذرواژه را بازیابی کنید. باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: ['Your Savabegh password was changed on {at}. Not you? Report it within 72 hours:\n{link}'],
      email: {
        subject: 'Your password was changed',
        paragraphs: [
          'The password of your Savabegh account was changed on {at} with {device} from the internet address {network}, and your other devices were signed out.',
          'If this was not you, report it on this page within 72 hours: the account is locked, and you recover the password. Opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'password-recovered': {
    sms: ['at', 'link'],
    email: ['at', 'device', 'network', 'link'],
    fa: {
      sms: [
        'گذرواژهٔ شما در سامانهٔ سوابق در {at} بازیابی شد. اگر کار شما نبود تا ۷۲ ساعت اعلام کنید:\n{link}',
      ],
      email: {
        subject: 'گذرواژهٔ شما بازیابی شد',
        paragraphs: [
          'گذرواژهٔ حساب شما در سامانهٔ سوابق در {at} با {device} و نشانی اینترنتی {network} بازیابی شد و از همهٔ دستگاه‌ها خارج شدید.',
          'اگر کار شما نبود، تا ۷۲ ساعت در این صفحه اعلام کنید: حساب قفل می‌شود و راهی که بازیابی با آن انجام شده مسدود می‌شود. باز کردن صفحه به‌تنهایی چیزی را تغییر نمی‌دهد:',
          '{link}',
        ],
      },
    },
    en: {
      sms: ['Your Savabegh password was recovered on {at}. Not you? Report it within 72 hours:\n{link}'],
      email: {
        subject: 'Your password was recovered',
        paragraphs: [
          'The password of your Savabegh account was recovered on {at} with {device} from the internet address {network}, and all devices were signed out.',
          'If this was not you, report it on this page within 72 hours: the account is locked, and what the recovery was proved by is barred. Opening the page alone changes nothing:',
          '{link}',
        ],
      },
    },
  },
  'password-recovered-here': {
    sms: ['at'],
    email: ['at', 'device', 'network'],
    fa: {
      sms: [
        'گذرواژهٔ شما در سامانهٔ سوابق در {at} بازیابی شد. اگر کار شما نبود، دوباره بازیابی کنید یا به شعبه مراجعه کنید.',
      ],
      email: {
        subject: 'گذرواژهٔ شما بازیابی شد',
        paragraphs: [
          'گذرواژهٔ حساب شما در سامانهٔ سوابق در {at} با {device} و نشانی اینترنتی {network} بازیابی شد و از همهٔ دستگاه‌ها خارج شدید.',
          'اگر کار شما نبود، گذرواژه را دوباره بازیابی کنید یا به نزدیک‌ترین شعبه مراجعه کنید.',
        ],
      },
    },
    en: {
      sms: ['Your Savabegh password was recovered on {at}. Not you? Recover it again, or visit a branch.'],
      email: {
        subject: 'Your password was recovered',
        paragraphs: [
          'The password of your Savabegh account was recovered on {at} with {device} from the internet address {network}, and all devices were signed out.',
          'If this was not you, recover the password again, or visit the nearest branch.',
        ],
      },
    },
  },
  'account-locked': {
    sms: ['at'],
    email: ['at', 'device', 'network'],
    fa: {
      sms: [
        'در {at} اعلام شد که یک تغییر در حساب شما در سامانهٔ سوابق کار شما نبوده است. حساب قفل شد؛ گذرواژه را بازیابی کنید.',
      ],
      email: {
        subject: 'حساب شما قفل شد',
        paragraphs: [
          'در {at} با {device} و نشانی اینترنتی {network} اعلام شد که یک تغییر در حساب شما در سامانهٔ سوابق کار شما نبوده است. از همهٔ دستگاه‌ها خارج شدید، تغییرهای در انتظار لغو شد و حساب قفل شد.',
          'برای باز کردن آن گذرواژه را بازیابی کنید. اگر نشد، با مدرک شناسایی به نزدیک‌ترین شعبه مراجعه کنید.',
        ],
      },
    },
    en: {
      sms: [
        'On {at} a change to your Savabegh account was reported as not yours. The account is locked; recover the password.',
      ],
      email: {
        subject: 'Your account was locked',
        paragraphs: [
          'On {at}, with {device} from the internet address {network}, a change to your Savabegh account was reported as not yours. All devices were signed out, pending changes were cancelled, and the account was locked.',
          'To open it, recover the password. If that does not work, visit the nearest branch with your papers.',
        ],
      },
    },
  },
  'account-exported': {
    sms: ['at'],
    email: ['at', 'device', 'network'],
    fa: {
      sms: ['داده‌های حساب شما در سامانهٔ سوابق در {at} دریافت شد. اگر کار شما نبود، گذرواژه را تغییر دهید.'],
      email: {
        subject: 'داده‌های حساب شما دریافت شد',
        paragraphs: [
          'در {at} با {device} و نشانی اینترنتی {network} نسخه‌ای از داده‌های حساب شما در سامانهٔ سوابق دریافت شد.',
          'اگر کار شما نبود، همین حالا گذرواژه را تغییر دهید یا بازیابی کنید.',
        ],
      },
    },
    en: {
      sms: ['The data of your Savabegh account were downloaded on {at}. Not you? Change the password.'],
      email: {
        subject: 'The data of your account were downloaded',
        paragraphs: [
          'On {at}, with {device} from the internet address {network}, a copy of the data of your Savabegh account was downloaded.',
          'If this was not you, change or recover the password now.',
        ],
      },
    },
  },
} as const satisfies Partial<Readonly<Record<MessagePurpose, PurposeTexts>>>;
