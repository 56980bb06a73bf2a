import type { Localised } from '../../../kernel/locale.ts';

export type Severity = 'error' | 'warning';

/**
 * What can be found in a list. `said` is the sentence for one finding, with holes: `{column}` its Persian or English name
 * with the file's own behind it, `{value}` and `{expected}` in the unit of the column, `{written}` and
 * `{meant}` the same two as they stand.
 */
export type FindingRule = Readonly<{
  severity: Severity;
  /** A few words that name it. */
  title: Localised;
  said: Localised;
  /** What to do, where the list is made. */
  advice: Localised;
  /**
   * Told once for all rows that say the same: of the same column and value, or of the same column
   * whatever the value. Not set: each row is told.
   */
  once?: 'value' | 'column';
}>;

type Texts = Omit<FindingRule, 'severity'>;

/** Refuses the list. */
export const error = (texts: Texts) => ({ severity: 'error', ...texts }) as const satisfies FindingRule;
/** Is imported with the list. */
export const warning = (texts: Texts) => ({ severity: 'warning', ...texts }) as const satisfies FindingRule;
