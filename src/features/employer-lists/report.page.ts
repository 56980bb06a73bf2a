import { jalaliMonthName } from '../../kernel/jalali.ts';
import { localTime } from '../../kernel/local-time.ts';
import { type Locale, type Localised, localise, toPersianDigits } from '../../kernel/locale.ts';
import { brand, frameStyle, policyFor } from '../../pages/frame.ts';
import { escapeHtml } from '../../pages/negotiated-page.ts';
import type { Correction } from './corrections.repository.ts';
import type { EmployerListTotals } from './employer-list.ts';
import { type FindingCode, findingRules } from './finding-rules.ts';
import { fileNames, findingText, formatNumber, placeLabel, rowsLabel } from './finding-texts.ts';
import type { Finding } from './findings.ts';
import type { IntakeReport, ReportedList } from './intake-report.ts';
import { correctionNames, dryRunVerdicts, totalNames, verdicts, words } from './report.texts.ts';

/** The report of a list as a page to read and to print on A4. */
export type PrintedReport = Readonly<{
  /** `null` for a dry run, of which nothing is kept. */
  id: string | null;
  receivedAt: Date;
  report: IntakeReport;
}>;

const style = `${frameStyle}
body { max-width: 56rem; line-height: 1.7; }
h1 { font-size: 1.45rem; line-height: 1.3; margin: 0 0 .8rem; } h2 { font-size: 1.15rem; margin: 1.6rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.1rem 0 0; }
.verdict { border: 1px solid #8886; border-inline-start: .4rem solid var(--state); padding: .5rem .9rem; margin: 0 0 1rem; }
.refused { --state: #c5221f; } .warned { --state: #c77700; } .accepted { --state: #188038; }
.verdict p { margin: 0; } .verdict strong { font-size: 1.05rem; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(10em, 1fr)); gap: .4em 1em; margin: 0; }
dt { font-size: .85em; opacity: .8; } dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
.advice { margin: 0 0 .4rem; } small { font-weight: 400; opacity: .8; }
table { width: 100%; border-collapse: collapse; font-size: .9em; line-height: 1.5; font-variant-numeric: tabular-nums; }
th { font-weight: 600; background: #8882; } th, td { text-align: start; vertical-align: top; padding: .25rem .5rem; border: 1px solid #8886; }
.row { width: 3.2em; } .person { width: 10em; } .number { width: 6.5em; } td.row, td.number { white-space: nowrap; } td.row.several { white-space: normal; }
.note, footer { font-size: .85em; opacity: .8; } footer { margin-top: 2em; }
@media (max-width: 40rem) { .table { overflow-x: auto; } table { min-width: 34rem; } }
@media print {
  :root { color-scheme: light; --mark: #0b57d0; }
  @page { size: A4; margin: 14mm 13mm 16mm; @bottom-center { content: counter(page) " / " counter(pages); font: 8pt system-ui, sans-serif; } }
  body:lang(fa) { page: persian; }
  @page persian { @bottom-center { content: counter(page, persian) " / " counter(pages, persian); font: 8pt system-ui, Vazirmatn, "Noto Sans Arabic", sans-serif; } }
  body { max-width: none; padding: 0; font-size: 9.5pt; line-height: 1.55; } h1 { font-size: 15pt; } h2 { font-size: 12pt; margin-top: 1.1rem; } h3 { font-size: 10.5pt; margin-top: .7rem; } th, td { padding: .1rem .4rem; line-height: 1.4; } .verdict strong { font-size: 11pt; } .brand { padding-top: 0; margin-bottom: 1rem; }
  h2, h3, .advice:has(+ .table), thead, tr:first-child, tr:nth-last-child(2) { break-after: avoid; } tr, .verdict, dl > div { break-inside: avoid; }
  th, .verdict { print-color-adjust: exact; }
}
`;

/** Of the page: no script, and the one style sheet that is in it. */
export const reportPagePolicy = policyFor(style);

/** Reads in its own direction, whatever stands around it. */
const isolated = (text: string) => `<bdi>${escapeHtml(text)}</bdi>`;

type Fact = readonly [label: Localised, value: string];

function factList(facts: readonly Fact[], locale: Locale): string {
  const items = facts.map(
    ([label, value]) => `<div><dt>${label[locale]}</dt><dd>${isolated(value)}</dd></div>`,
  );
  return `<dl>${items.join('')}</dl>`;
}

function listFacts(list: ReportedList, locale: Locale): Fact[] {
  const { workshopCode, workshopName, month, listNumber, contractRow, rowCount } = list;
  const year = locale === 'fa' ? toPersianDigits(String(month.year)) : String(month.year);
  return [
    [words.workshop, workshopName || '—'],
    [words.workshopCode, workshopCode],
    [words.month, `${jalaliMonthName(month.month, locale)} ${year}`],
    [words.listNumber, listNumber || '—'],
    [words.contractRow, contractRow || '—'],
    [words.rowCount, formatNumber(rowCount, locale)],
  ];
}

function totalFacts(totals: EmployerListTotals, locale: Locale): Fact[] {
  const unit = { fa: ' ریال', en: ' rials' }[locale];
  return Object.entries(totalNames).map(([name, label]) => {
    const total = totals[name as keyof EmployerListTotals];
    if (total === null) return [label, '—'];
    const amount = formatNumber(total, locale);
    return [label, name === 'days' ? amount : `${amount}${unit}`];
  });
}

function correctionFacts(correction: Correction, locale: Locale): Fact[] {
  return Object.entries(correctionNames).map(([name, label]) => [
    label,
    formatNumber(correction[name as keyof Correction], locale),
  ]);
}

const colour = {
  refused: 'refused',
  'accepted-with-warnings': 'warned',
  accepted: 'accepted',
  unchanged: 'accepted',
};

function verdict({ state, dryRun, errorCount, warningCount }: IntakeReport, locale: Locale): string {
  const [what, then] = (dryRun ? dryRunVerdicts : verdicts)[state][locale];
  const counts = { errors: formatNumber(errorCount, locale), warnings: formatNumber(warningCount, locale) };
  return `<div class="verdict ${colour[state]}"><p><strong>${what}</strong></p><p>${localise({ fa: then, en: then }, locale, counts)}</p></div>`;
}

/** Findings of one code: what is said of all, and what to do, once; then whom and what line by line. */
function codeSection(code: FindingCode, findings: readonly Finding[], locale: Locale): string {
  const { title, advice } = findingRules[code];
  const count = findings.length === 1 ? '' : ` <small>(${formatNumber(findings.length, locale)})</small>`;
  const texts = new Set(findings.map((finding) => findingText(finding, locale)));
  const [only = ''] = texts;
  const said = texts.size === 1 ? `${escapeHtml(only)} ` : '';
  // The same about whole files, or about many rows: a sentence says it all.
  const isSentence = said !== '' && findings.every(({ person }) => person === null);
  const places = isSentence ? findings.map((finding) => escapeHtml(placeLabel(finding, locale))) : [];
  return `<h3>${escapeHtml(title[locale])}${count}</h3>
<p class="advice">${said}${escapeHtml(advice[locale])}${places.join('')}</p>
${isSentence ? '' : findingTable(findings, said === '', locale)}`;
}

function findingTable(findings: readonly Finding[], withText: boolean, locale: Locale): string {
  const withPeople = findings.some(({ person }) => person !== null);
  const shown = ['row', ...(withPeople ? ['person', 'number'] : []), ...(withText ? ['text'] : [])] as const;
  const head = shown.map((column) => `<th class="${column}">${words[column as 'row'][locale]}</th>`);
  const lines = findings.map((finding) => {
    const cells: Readonly<Record<string, string>> = {
      row: toPlace(finding, locale),
      person: isolated(finding.person?.name ?? ''),
      number: numberOf(finding, locale),
      text: escapeHtml(findingText(finding, locale)),
    };
    const several = finding.rowCount > 1 ? ' several' : '';
    return `<tr>${shown.map((column) => `<td class="${column}${several}">${cells[column]}</td>`).join('')}</tr>`;
  });
  return `<div class="table"><table><thead><tr>${head.join('')}</tr></thead><tbody>
${lines.join('\n')}
</tbody></table></div>`;
}

/** The number of the row alone, as the column is called so; the file for what is said of all of it. */
function toPlace(finding: Finding, locale: Locale): string {
  const { row, rowCount, person, file } = finding;
  if (row === null && person !== null) return '—';
  if (row === null || file === 'workshop') return fileNames[file];
  return rowCount === 1 ? formatNumber(row, locale) : escapeHtml(rowsLabel(finding, locale));
}

function numberOf({ person }: Finding, locale: Locale): string {
  if (person === null) return '';
  const { insuranceNumber, nationalCode } = person;
  if (insuranceNumber !== null) return isolated(insuranceNumber);
  return nationalCode === null ? '' : `${words.nationalCode[locale]} ${isolated(nationalCode)}`;
}

function toFindingsHtml({ findings, errorCount, warningCount }: IntakeReport, locale: Locale): string {
  const parts = (
    [
      ['error', errorCount],
      ['warning', warningCount],
    ] as const
  ).map(([severity, count]) => {
    const own = findings.filter((finding) => finding.severity === severity);
    if (own.length === 0) return '';
    const sections = [...Map.groupBy(own, ({ code }) => code)].map(([code, same]) =>
      codeSection(code, same, locale),
    );
    const figures = { count: formatNumber(count, locale), kept: formatNumber(own.length, locale) };
    const cut = count > own.length ? `<p class="note">${localise(words.cut, locale, figures)}</p>` : '';
    return `<h2>${words[severity][locale]} <small>(${figures.count})</small></h2>\n${cut}${sections.join('\n')}`;
  });
  return parts.filter(Boolean).join('\n');
}

export function reportPage({ id, receivedAt, report }: PrintedReport, locale: Locale): string {
  const { list, correction } = report;
  const title = words.title[locale];
  const ofReport: Fact[] = [[words.receivedAt, localTime(receivedAt, locale)]];
  const facts = [...(list ? listFacts(list, locale) : []), ...ofReport];
  const part = (heading: Localised, ofPart: Fact[]) =>
    `<h2>${heading[locale]}</h2>\n${factList(ofPart, locale)}`;
  return `<!doctype html>
<html lang="${locale}" dir="${locale === 'fa' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}${list ? ` · ${escapeHtml(list.workshopName)}` : ''}</title>
<style>${style}</style>
</head>
<body>
<header class="brand">${brand(locale)}</header>
<main>
<h1>${title}</h1>
${verdict(report, locale)}
${list ? '' : `<p>${words.unread[locale]}</p>`}
${factList(facts, locale)}
${list ? part(words.totals, totalFacts(list.totals, locale)) : ''}
${correction ? part(words.corrected, correctionFacts(correction, locale)) : ''}
${toFindingsHtml(report, locale)}
</main>
<footer>${words.footer[locale]}${id === null ? '' : ` ${words.report[locale]}: <bdi>${id}</bdi>`}</footer>
</body>
</html>
`;
}
