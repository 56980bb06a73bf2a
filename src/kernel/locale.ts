/** Languages in which every text for people exists. */
export const locales = ['fa', 'en'] as const;
export type Locale = (typeof locales)[number];
export type Localised = Readonly<Record<Locale, string>>;
export type TextParameters = Readonly<Record<string, string | number>>;

const persianDigits = '۰۱۲۳۴۵۶۷۸۹';

/** ASCII digits of a text as Persian digits, for texts that people read. */
export function toPersianDigits(text: string): string {
  return text.replace(/[0-9]/g, (digit) => persianDigits[Number(digit)] ?? digit);
}

/** Fills `{name}` in a localised template; numbers are written in the digits of the language. */
export function localise(text: Localised, locale: Locale, parameters: TextParameters = {}): string {
  return text[locale].replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return hole;
    return locale === 'fa' && typeof value === 'number' ? toPersianDigits(String(value)) : String(value);
  });
}
