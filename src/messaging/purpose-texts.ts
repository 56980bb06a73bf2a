import type { Locale } from '../kernel/locale.ts';
import type { TextForm } from './channels.ts';

/**
 * What a text may speak of. `code`: six digits, ASCII also in Persian texts, for every keyboard, clipboard
 * and program takes them; `time`: when the code was asked for, by which somebody who has two messages tells the flows
 * apart; `at`: when it happened, in the calendar of the language; `network`: from where;
 * `device`: with what; `address`: one that is to be trusted, masked; `kind`: what was barred, in words; `branch`: four
 * digits; `institution`: who was allowed to look; `link`: to the page where the reader may dispute it, which does nothing before a button is pressed there.
 */
export type TextParameter =
  | 'code'
  | 'time'
  | 'at'
  | 'network'
  | 'device'
  | 'address'
  | 'kind'
  | 'branch'
  | 'institution'
  | 'link';

export type TextSource = Readonly<{
  /** In order of preference; the first one that fits is used. Codes get their origin-bound last line added. */
  sms: readonly string[];
  email: Readonly<{ subject: string; paragraphs: readonly string[] }>;
}>;

/** The parameters that every text of the purpose names: those by SMS, those by e-mail. */
export type PurposeTexts = Readonly<Record<TextForm, readonly TextParameter[]> & Record<Locale, TextSource>>;
