import type { FindingCode } from '../../src/features/employer-lists/finding-rules.ts';

/** Findings that no files show by themselves, by the test that makes them; all others `list-checks.test.ts` makes. */
export const foundBeyondTheFiles = {
  'features/list-reports.test.ts': [
    'removals-unconfirmed',
    'also-in-another-list',
    'days-beyond-month',
    'daily-wage-jumps',
    'person-missing',
  ],
  'features/employer-list-upload.test.ts': ['workshop-not-allowed', 'not-processed'],
} as const satisfies Record<string, readonly FindingCode[]>;
