import { fileRules } from './rules/files.ts';
import { listRules } from './rules/list.ts';
import { monthRules } from './rules/months.ts';
import { personRules } from './rules/people.ts';
import type { FindingRule } from './rules/rule.ts';
import { textRules } from './rules/texts.ts';
import { wageRules } from './rules/wages.ts';

export type { FindingRule, Severity } from './rules/rule.ts';

/**
 * Everything that can be found in a list: the published catalogue, from which texts, pages and the contract come.
 * Causes stand before their consequences, and reports tell findings in this order.
 */
export const findingRules = {
  ...fileRules,
  ...textRules,
  ...listRules,
  ...personRules,
  ...wageRules,
  ...monthRules,
} as const satisfies Record<string, FindingRule>;

export type FindingCode = keyof typeof findingRules;

export const findingCodes = Object.keys(findingRules) as readonly FindingCode[];

const ranks = new Map(findingCodes.map((code, rank) => [code, rank]));

/** Errors first, then in the order of the catalogue, then as they were found. */
export function compareFindings(
  a: Readonly<{ code: FindingCode }>,
  b: Readonly<{ code: FindingCode }>,
): number {
  const isWarning = ({ code }: Readonly<{ code: FindingCode }>) =>
    findingRules[code].severity === 'warning' ? 1 : 0;
  return isWarning(a) - isWarning(b) || (ranks.get(a.code) ?? 0) - (ranks.get(b.code) ?? 0);
}
