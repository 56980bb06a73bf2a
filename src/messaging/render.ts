import type { Keyring } from '../kernel/keyring.ts';
import { localClock, localTime } from '../kernel/local-time.ts';
import { type Locale, type Localised, localise, type TextParameters } from '../kernel/locale.ts';
import { deriveNoticeToken } from '../kernel/notice-token.ts';
import { type CodePurpose, deriveCode } from '../kernel/one-time-code.ts';
import type { MessagePurpose } from './outbox.ts';
import type { TextParameter } from './purpose-texts.ts';
import type { EmailText, MessageTexts, SmsText } from './texts.ts';

/** What a text is made of, as the message's row has it. */
export type Renderable = Readonly<{
  purpose: MessagePurpose;
  locale: Locale;
  challengeId: string | null;
  /** Where it goes to; `null`: to nobody. */
  address: string | null;
  parameters: TextParameters;
  createdAt: Date;
}>;

export type Rendered = Readonly<{ code: string | null; sms(): SmsText; email(): EmailText }>;

/** Makes the text of a message from its row; code and link are derived anew each time and kept nowhere. */
export type RenderMessage = (message: Renderable) => Rendered;

/** Unicode isolates: an address reads from left to right also in the middle of Persian. */
const isolateStart = '\u2066';
const isolateEnd = '\u2069';
const isolate = (text: unknown) => `${isolateStart}${text}${isolateEnd}`;

const codePurposes: Readonly<Partial<Record<MessagePurpose, CodePurpose>>> = {
  'registration-code': 'registration',
  'recovery-code': 'recovery',
  'branch-recovery-code': 'recovery',
  'contact-code': 'contact-change',
  'sign-in-code': 'sign-in',
};

/** Notices with a link to dispute what they tell of. */
const disputable: ReadonlySet<MessagePurpose> = new Set([
  'password-changed',
  'password-recovered',
  'mobile-change-pending',
  'email-change-pending',
  'email-removal-pending',
  'answers-change-pending',
  'address-barred',
  'branch-recovery-approved',
  'register-change-approved',
  'register-changed',
]);

const kindNames: Readonly<Record<string, Localised>> = {
  mobile: { fa: 'شمارهٔ همراه', en: 'the mobile' },
  email: { fa: 'ایمیل', en: 'the e-mail address' },
  answers: { fa: 'پرسش‌های امنیتی', en: 'the security questions' },
};

export type RendererOptions = Readonly<{
  keyring: Keyring;
  texts: MessageTexts;
  /** The page that links in notices lead to. */
  noticePageUrl: string;
}>;

export function createRenderer({ keyring, texts, noticePageUrl }: RendererOptions): RenderMessage {
  return (message) => {
    const { purpose, locale, challengeId, address, createdAt } = message;
    const codePurpose = codePurposes[purpose];
    const code = codePurpose && challengeId ? deriveCode(keyring, codePurpose, challengeId) : null;
    const token =
      disputable.has(purpose) && challengeId ? deriveNoticeToken(keyring, challengeId, address ?? '') : null;
    const parameters = {
      ...shownParameters(message),
      at: localTime(createdAt, locale),
      time: localClock(createdAt, locale),
      ...(code === null ? {} : { code }),
      // In the fragment: browsers send it to nobody, so that opening the link, or looking at it, does nothing.
      ...(token === null ? {} : { link: `${noticePageUrl}#dispute=${token}` }),
    };
    return {
      code,
      sms: () => texts.sms(purpose, locale, parameters),
      email: () => texts.email(purpose, locale, parameters),
    };
  };
}

/** How each parameter of a row is shown to people; what no text speaks of is left out. */
const shownAs: Readonly<Partial<Record<TextParameter, (value: string, locale: Locale) => string>>> = {
  address: isolate,
  branch: isolate,
  institution: (name) => name,
  kind: (kind, locale) => kindNames[kind]?.[locale] ?? '',
  device: (device, locale) =>
    device === '' ? unknownDevice[locale] : localise(knownDevice, locale, { device: isolate(device) }),
  network: (network, locale) => (network === '' ? unknownNetwork[locale] : isolate(shownNetwork(network))),
};

function shownParameters({ parameters, locale }: Renderable): Record<string, string> {
  const { institutionEn, ...rest } = parameters;
  const named =
    institutionEn !== undefined && locale === 'en' ? { ...rest, institution: institutionEn } : rest;
  return Object.fromEntries(
    Object.entries(shownAs).flatMap(([name, show]) =>
      named[name] === undefined ? [] : [[name, show(String(named[name]), locale)]],
    ),
  );
}

const knownDevice: Localised = { fa: 'دستگاه «{device}»', en: '{device}' };
const unknownDevice: Localised = { fa: 'دستگاهی ناشناس', en: 'an unknown device' };
const unknownNetwork: Localised = { fa: 'نامعلوم', en: '(unknown)' };

/** `127.0.0.x`, `2001:db8:1:x`: an address as far as it is known, without the notation of networks. */
export const shownNetwork = (network: string): string =>
  network.replace(/\.0\/24$/, '.x').replace(/::\/\d+$/, ':x');
