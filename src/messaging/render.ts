import { gregorianToJalali } from '../kernel/jalali.ts';
import type { Keyring } from '../kernel/keyring.ts';
import { type Locale, type TextParameters, toPersianDigits } from '../kernel/locale.ts';
import { type CodePurpose, deriveCode } from '../kernel/one-time-code.ts';
import type { MessagePurpose } from './outbox.ts';
import type { EmailText, MessageTexts, SmsText } from './texts.ts';

/** What a text is made of, as the message's row has it. */
export type Renderable = Readonly<{
  purpose: MessagePurpose;
  locale: Locale;
  challengeId: string | null;
  parameters: TextParameters;
  createdAt: Date;
}>;

export type Rendered = Readonly<{ code: string | null; sms(): SmsText; email(): EmailText }>;

/** Makes the text of a message from its row; the code is derived anew each time and kept nowhere. */
export type RenderMessage = (message: Renderable) => Rendered;

/** Unicode isolates: an address reads from left to right also in the middle of Persian. */
const isolateStart = '\u2066';
const isolateEnd = '\u2069';

const codePurposes: Readonly<Partial<Record<MessagePurpose, CodePurpose>>> = {
  'registration-code': 'registration',
  'recovery-code': 'recovery',
};

export function createRenderer({ keyring, texts }: { keyring: Keyring; texts: MessageTexts }): RenderMessage {
  return ({ purpose, locale, challengeId, parameters: { network }, createdAt }) => {
    const codePurpose = codePurposes[purpose];
    const code = codePurpose && challengeId ? deriveCode(keyring, codePurpose, challengeId) : null;
    const parameters = {
      at: localTime(createdAt, locale),
      ...(code === null ? {} : { code }),
      ...(network === undefined ? {} : { network: `${isolateStart}${network}${isolateEnd}` }),
    };
    return {
      code,
      sms: () => texts.sms(purpose, locale, parameters),
      email: () => texts.email(purpose, locale, parameters),
    };
  };
}

const tehran = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Tehran',
  dateStyle: 'short',
  timeStyle: 'short',
  hourCycle: 'h23',
});

/** An instant as people in Iran read it: `۱۴۰۴/۰۹/۰۱ ساعت ۱۲:۳۰`, or `2025-11-22 at 12:30 (Tehran)`. */
export function localTime(instant: Date, locale: Locale): string {
  const [date = '', time = ''] = tehran.format(instant).split(', ');
  if (locale === 'en') return `${date} at ${time} (Tehran)`;
  const jalali = gregorianToJalali(date);
  if (jalali === null) throw new RangeError('an instant outside the Jalali calendar');
  const day = [jalali.year, jalali.month, jalali.day].map((part) => String(part).padStart(2, '0')).join('/');
  return toPersianDigits(`${day} ساعت ${time}`);
}
