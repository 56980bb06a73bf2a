import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts } from './purpose-texts.ts';

/** Texts about where somebody is signed in. */
export const sessionTexts = {
  'sign-in-code': {
    sms: ['code', 'time'],
    email: ['code', 'time'],
    fa: {
      sms: [
        'کد ورود سوابق: {code}، درخواست ساعت {time}. به هیچ‌کس نگویید.',
        'کد ورود: {code}، درخواست ساعت {time}',
        'کد ورود ساعت {time}: {code}',
        'کد {time}: {code}',
      ],
      email: {
        subject: 'کد ورود به سامانهٔ سوابق',
        paragraphs: [
          'کد ورود شما به سامانهٔ سوابق، برای درخواست ساعت {time}:',
          '{code}',
          'این کد تا ۱۰ دقیقه معتبر است. آن را به هیچ‌کس نگویید؛ کارمندان ما هرگز آن را نمی‌پرسند.',
          'اگر شما وارد نمی‌شوید، کسی گذرواژهٔ شما را می‌داند: آن را تغییر دهید.',
        ],
      },
    },
    en: {
      sms: [
        'Savabegh sign-in code: {code}, asked for at {time}. Tell it to nobody, not even our staff.',
        'Savabegh sign-in code: {code}, asked for at {time}',
      ],
      email: {
        subject: 'Your Savabegh sign-in code',
        paragraphs: [
          'Your code for signing in to Savabegh, asked for at {time} (Tehran):',
          '{code}',
          'It is valid for 10 minutes. Tell it to nobody; our staff never ask for it.',
          'If you are not signing in, somebody knows your password: change it.',
        ],
      },
    },
  },
  'signed-in-on-new-device': {
    sms: ['at', 'device'],
    email: ['at', 'device', 'network'],
    fa: {
      sms: ['ورود به سامانهٔ سوابق با {device} در {at}. شما نبودید؟ گذرواژه را بازیابی کنید.'],
      email: {
        subject: 'ورود به حساب شما با دستگاهی تازه',
        paragraphs: [
          'در {at} با {device} و نشانی اینترنتی {network} به حساب شما در سامانهٔ سوابق وارد شده‌اند.',
          'اگر شما بودید، لازم نیست کاری کنید. روی دستگاه خودتان هنگام ورود «این دستگاه من است» را انتخاب کنید تا برای آن دیگر پیام نفرستیم.',
          'اگر شما نبودید، همین حالا در صفحهٔ ورود «بازیابی گذرواژه» را انتخاب کنید: با گذرواژهٔ تازه همهٔ ورودهای دیگر پایان می‌یابد.',
        ],
      },
    },
    en: {
      sms: ['New sign-in to your Savabegh account from {device} on {at}. Not you? Recover the password now.'],
      email: {
        subject: 'Your account was signed in to on a new device',
        paragraphs: [
          'On {at} your Savabegh account was signed in to with {device} from the internet address {network}.',
          'If this was you, there is nothing to do. On a device of your own choose “this is my device” when signing in, and we will not write about it again.',
          'If this was not you, choose “recover password” on the sign-in page now: a new password ends every other session.',
        ],
      },
    },
  },
  'session-displaced': {
    sms: ['at'],
    email: ['at', 'device', 'network'],
    fa: {
      sms: [
        'با ورودی تازه در {at} بی‌استفاده‌ترین ورود باز شما به سامانهٔ سوابق پایان یافت. شما نبودید؟ گذرواژه را بازیابی کنید.',
      ],
      email: {
        subject: 'یکی از ورودهای باز شما پایان یافت',
        paragraphs: [
          'در {at} با {device} و نشانی اینترنتی {network} به حساب شما در سامانهٔ سوابق وارد شده‌اند. هر حساب ۲۰ ورود باز دارد؛ از این رو آن که بیش از همه بی‌استفاده مانده بود پایان یافت.',
          'در بخش ورودهای باز ببینید کجا وارد حساب شده‌اید، و آنچه را نمی‌شناسید پایان دهید.',
          'اگر شما نبودید، همین حالا در صفحهٔ ورود «بازیابی گذرواژه» را انتخاب کنید: با گذرواژهٔ تازه همهٔ ورودهای دیگر پایان می‌یابد.',
        ],
      },
    },
    en: {
      sms: [
        'A new sign-in on {at} ended your least recently used Savabegh session: more than 20 were open. Not you? Recover the password now.',
      ],
      email: {
        subject: 'One of your sessions has ended',
        paragraphs: [
          'On {at} your Savabegh account was signed in to with {device} from the internet address {network}. An account has 20 open sessions at most, so the least recently used one ended.',
          'Look at where you are signed in, and end what you do not know.',
          'If this was not you, choose “recover password” on the sign-in page now: a new password ends every other session.',
        ],
      },
    },
  },
  'session-revoked': {
    sms: ['at'],
    email: ['at', 'device', 'network'],
    fa: {
      sms: [
        'یک ورود باز شما به سامانهٔ سوابق در {at} برای امنیت پایان یافت. دوباره وارد شوید و گذرواژه را تغییر دهید.',
      ],
      email: {
        subject: 'برای امنیت، یکی از ورودهای باز شما پایان یافت',
        paragraphs: [
          'در {at} نسخه‌ای قدیمی از یکی از ورودهای باز شما در سامانهٔ سوابق استفاده شد: با {device} و نشانی اینترنتی {network}. شاید کسی آن را از دستگاه شما برداشته باشد؛ از این رو آن ورود برای همه پایان یافت.',
          'دوباره وارد شوید و گذرواژه را تغییر دهید؛ با گذرواژهٔ تازه همهٔ ورودهای دیگر پایان می‌یابد.',
        ],
      },
    },
    en: {
      sms: [
        'A session of your Savabegh account was ended for security on {at}. Sign in again and change the password.',
      ],
      email: {
        subject: 'For your security one of your sessions was ended',
        paragraphs: [
          'On {at} an old copy of one of your Savabegh sessions was used, with {device} from the internet address {network}. Somebody may have taken it from your device, so the session was ended for everybody.',
          'Sign in again and change the password: a new password ends every other session.',
        ],
      },
    },
  },
} as const satisfies Partial<Readonly<Record<MessagePurpose, PurposeTexts>>>;
