import { csvCode, csvTable, csvText } from '../../kernel/csv.ts';
import type { Locale, Localised } from '../../kernel/locale.ts';
import { findingRules } from './finding-rules.ts';
import { columnLabel, encodingName, fileNames, findingText } from './finding-texts.ts';
import type { Finding } from './findings.ts';
import { findColumn } from './list-columns.ts';

export const severityNames = {
  error: { fa: 'خطا', en: 'Error' },
  warning: { fa: 'هشدار', en: 'Warning' },
} as const satisfies Record<Finding['severity'], Localised>;

const headers: Readonly<Record<Locale, readonly string[]>> = {
  fa: [
    'نوع',
    'موضوع',
    'فایل',
    'ردیف',
    'تعداد ردیف‌ها',
    'نام بیمه‌شده',
    'شمارهٔ بیمه',
    'کد ملی',
    'ستون',
    'نوشته‌شده در لیست',
    'مقدار درست',
    'شرح',
    'چه باید کرد',
    'کد ایراد',
  ],
  en: [
    'Severity',
    'Subject',
    'File',
    'Row',
    'Rows',
    'Name',
    'Insurance number',
    'National code',
    'Column',
    'In the list',
    'Right value',
    'What is found',
    'What to do',
    'Code',
  ],
};

/** An amount is a number to reckon with; everything else stays as it was written, but for what we name ourselves. */
function toCell(value: string | null, field: string | null, locale: Locale): string | number {
  if (value === null) return '';
  const encoding = encodingName(value, locale);
  if (encoding !== null) return csvText(encoding);
  const unit = findColumn(field)?.unit;
  const isAmount = unit === 'rials' || unit === 'days' || unit === 'count';
  return isAmount && /^[0-9]{1,15}$/.test(value) ? Number(value) : csvCode(value);
}

/** The findings of a report for a spreadsheet, a line for each, in their order. */
export function findingsAsCsv(findings: readonly Finding[], locale: Locale): string {
  const lines = findings.map((finding) => {
    const { code, severity, file, row, rowCount, field, person, value, expected } = finding;
    const { title, advice } = findingRules[code];
    return [
      csvText(severityNames[severity][locale]),
      csvText(title[locale]),
      csvText(fileNames[file]),
      row ?? '',
      rowCount,
      csvText(person?.name ?? ''),
      csvCode(person?.insuranceNumber ?? ''),
      csvCode(person?.nationalCode ?? ''),
      csvText(columnLabel(field, locale)),
      toCell(value, field, locale),
      toCell(expected, field, locale),
      csvText(findingText(finding, locale)),
      csvText(advice[locale]),
      csvText(code),
    ];
  });
  return csvTable(headers[locale], lines);
}
