import { jalaliMonthName } from '../../kernel/jalali.ts';
import { type Locale, type Localised, localise, toPersianDigits } from '../../kernel/locale.ts';
import { type FindingCode, findingRules } from './finding-rules.ts';
import type { Finding, FindingPerson, ListFile } from './findings.ts';
import { type ColumnUnit, findColumn } from './list-columns.ts';
import type { ListEncoding } from './text-encoding.ts';

/** Findings in the words of people who keep payrolls. */

export const fileNames = { workshop: 'DSKKAR00', workers: 'DSKWOR00' } as const satisfies Record<
  ListFile,
  string
>;

const encodingNames: Readonly<Record<ListEncoding, Localised>> = {
  'iran-system': { fa: '«ایران سیستم»', en: 'Iran System' },
  'windows-1256': { fa: '«ویندوز»', en: 'Windows-1256' },
  'utf-8': { fa: '«یونیکد»', en: 'UTF-8' },
};
const units: Readonly<Partial<Record<ColumnUnit, Localised>>> = {
  rials: { fa: 'ریال', en: 'rials' },
  days: { fa: 'روز', en: 'days' },
};
const rightToLeftMark = '\u200F';
/** Rows that a sentence names. */
const maxRowsNamed = 5;

/** Digits of the language, in groups of three. */
export function formatNumber(value: string | number, locale: Locale): string {
  const grouped = String(value).replace(/\B(?=(?:\d{3})+$)/g, locale === 'fa' ? '٬' : ',');
  return locale === 'fa' ? toPersianDigits(grouped) : grouped;
}

/** `1404/08` by its name. */
function formatMonthText(text: string, locale: Locale): string | null {
  const [, year = '', month] = /^([0-9]{4})\/([0-9]{2})$/.exec(text) ?? [];
  if (month === undefined) return null;
  return `${jalaliMonthName(Number(month), locale)} ${locale === 'fa' ? toPersianDigits(year) : year}`;
}

/** What people call an encoding; `null` for what is none. */
export function encodingName(value: string, locale: Locale): string | null {
  return Object.hasOwn(encodingNames, value) ? encodingNames[value as ListEncoding][locale] : null;
}

/** A value as a sentence has it: amounts grouped and with their unit, months by name; what is none of it, as it stands. */
export function formatValue(value: string, unit: ColumnUnit, locale: Locale): string {
  const month = formatMonthText(value, locale);
  if (month !== null) return month;
  const encoding = encodingName(value, locale);
  if (encoding !== null) return encoding;
  const isDate = unit === 'date' && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value);
  if (isDate) return locale === 'fa' ? toPersianDigits(value.replaceAll('-', '/')) : value;
  if (unit === 'code' || unit === 'text' || !/^[0-9]+$/.test(value)) return value;
  const name = units[unit]?.[locale];
  if (name === undefined) return formatNumber(value, locale);
  return `${formatNumber(value, locale)} ${value === '1' && locale === 'en' ? name.slice(0, -1) : name}`;
}

/** «روزهای کارکرد (DSW_DD)»; the name in the file alone for a column that is none of ours; '' for none. */
export function columnLabel(field: string | null, locale: Locale): string {
  const column = findColumn(field);
  return column ? `${column.name[locale]} (${field})` : (field ?? '');
}

/** What happened, without whom and where. */
export function findingText({ code, field, value, expected }: Finding, locale: Locale): string {
  const unit = findColumn(field)?.unit ?? 'count';
  return localise(findingRules[code].said, locale, {
    column: columnLabel(field, locale),
    value: formatValue(value ?? '', unit, locale),
    expected: formatValue(expected ?? '', unit, locale),
    written: value ?? '',
    meant: expected ?? '',
  });
}

/** What a code means in general: figures that differ from case to case are left open. */
export function generalText(text: Localised): Localised {
  const general = (sentence: string) => sentence.replace(/\{\w+\}/g, '…');
  return { fa: general(text.fa), en: general(text.en) };
}

const numberNames = {
  insuranceNumber: { fa: 'شمارهٔ بیمه', en: 'insurance number' },
  nationalCode: { fa: 'کد ملی', en: 'national code' },
} as const;

/** The person by name and number. */
export function personLabel(person: FindingPerson, locale: Locale): string {
  const { name, insuranceNumber, nationalCode } = person;
  const known = insuranceNumber !== null ? 'insuranceNumber' : nationalCode !== null ? 'nationalCode' : null;
  if (known === null) return name;
  const number = `${numberNames[known][locale]} ${person[known]}`;
  return name === '' ? number.charAt(0).toUpperCase() + number.slice(1) : `${name} (${number})`;
}

/** The rows that a finding is about; '' for none, and for DSKKAR00, which has one. */
export function rowsLabel({ file, row, rowCount, moreRows }: Finding, locale: Locale): string {
  if (row === null || file === 'workshop') return '';
  const number = (count: number) => formatNumber(count, locale);
  if (rowCount === 1) return locale === 'fa' ? `ردیف ${number(row)}` : `row ${row}`;
  const named = [row, ...moreRows].slice(0, maxRowsNamed).map(number);
  const rows = named.join(locale === 'fa' ? '، ' : ', ') + (rowCount > named.length ? ' …' : '');
  // Behind the Latin name of a file a digit would stand on its other side.
  return locale === 'fa'
    ? `${rightToLeftMark}${number(rowCount)} ردیف: ${rows}`
    : `${number(rowCount)} rows: ${rows}`;
}

/** Where it stands, in brackets behind a sentence. */
export function placeLabel(finding: Finding, locale: Locale): string {
  // Whoever is not in the list has no place in it.
  if (finding.row === null && finding.person !== null) return '';
  const parts = [fileNames[finding.file], rowsLabel(finding, locale)].filter((part) => part !== '');
  return ` (${parts.join(locale === 'fa' ? '، ' : ', ')})`;
}

/** The finding as an employer reads it: whom, what, what to do, and where last. */
export function findingMessage(finding: Finding, locale: Locale): string {
  const { code, person } = finding;
  const whom = person ? personLabel(person, locale) : '';
  const subject = whom === '' ? '' : `${whom}: `;
  const advice = findingRules[code].advice[locale];
  return `${subject}${findingText(finding, locale)} ${advice}${placeLabel(finding, locale)}`;
}

/** What a code means, as the catalogue publishes it. */
export type FindingKind = Readonly<{
  code: FindingCode;
  severity: Finding['severity'];
  title: Localised;
  when: Localised;
  advice: Localised;
}>;

export function describeFinding(code: FindingCode): FindingKind {
  const { severity, title, said, advice } = findingRules[code];
  return { code, severity, title, when: generalText(said), advice };
}
