import { fileNames, findingMessage } from './finding-texts.ts';
import type { Finding } from './findings.ts';
import { findColumn } from './list-columns.ts';

/** Findings of each severity in an answer; the downloaded report has all that are kept. */
const maxShown = 500;

/** The findings as the API shows them. */
export function viewFindings(findings: readonly Finding[]) {
  const warnings = findings.findIndex(({ severity }) => severity === 'warning');
  const errorCount = warnings === -1 ? findings.length : warnings;
  const shown = [
    ...findings.slice(0, Math.min(errorCount, maxShown)),
    ...findings.slice(errorCount, errorCount + maxShown),
  ];
  return shown.map((finding) => ({
    ...finding,
    file: fileNames[finding.file],
    column: findColumn(finding.field)?.name ?? null,
    message: { fa: findingMessage(finding, 'fa'), en: findingMessage(finding, 'en') },
  }));
}
