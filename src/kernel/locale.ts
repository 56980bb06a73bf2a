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

const units: readonly (readonly [seconds: number, name: Localised])[] = [
  [24 * 60 * 60, { fa: 'روز', en: 'day' }],
  [60 * 60, { fa: 'ساعت', en: 'hour' }],
  [60, { fa: 'دقیقهٔ', en: 'minute' }],
  [1, { fa: 'ثانیهٔ', en: 'second' }],
];

/**
 * When something may be tried again, as people say it: “in 12 minutes”, «۱۲ دقیقهٔ دیگر». In the largest unit of which
 * there are two, rounded up, so that nobody comes too early.
 */
export function toLater(seconds: number, locale: Locale): string {
  const [size, name] = units.find(([size]) => seconds >= 2 * size) ?? [1, { fa: 'ثانیهٔ', en: 'second' }];
  const count = Math.max(1, Math.ceil(seconds / size));
  if (locale === 'fa') return `${toPersianDigits(String(count))} ${name.fa} دیگر`;
  return `in ${count} ${name.en}${count === 1 ? '' : 's'}`;
}

/** Fills `{name}` in a localised template; numbers are written in the digits of the language. */
export function localise(text: Localised, locale: Locale, parameters: TextParameters = {}): string {
  return text[locale].replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return hole;
    return locale === 'fa' && typeof value === 'number' ? toPersianDigits(String(value)) : String(value);
  });
}
