import type { ColumnType, Generated } from 'kysely';
import type { PersonDetails } from './person-details.ts';

export const changeKinds = ['mend', 'merge', 'split'] as const;
export type ChangeKind = (typeof changeKinds)[number];

export const changeOutcomes = ['applied', 'cancelled', 'not-possible', 'reversed'] as const;
export type ChangeOutcome = (typeof changeOutcomes)[number];

/** What stood before; `movedAccount`: the account of the one who went with a merge, which became the other's. */
export type Previous = Partial<PersonDetails & Readonly<{ movedAccount: string }>>;

/** JSON, written as text. */
type Json<T> = ColumnType<T, string | undefined, string>;

export type RegisterChangeTable = {
  id: Generated<string>;
  kind: ChangeKind;
  insured_person_id: string;
  other_id: string | null;
  details: Json<Partial<PersonDetails>>;
  previous: Json<Previous>;
  reason: string;
  branch: string | null;
  requested_by: string;
  approved_by: string | null;
  approved_at: Date | null;
  event_ids: Generated<string[]>;
  reverses: string | null;
  outcome: ChangeOutcome | null;
  settled_at: Date | null;
  created_at: ColumnType<Date, undefined, never>;
};

declare module '../../database/schema.ts' {
  interface Database {
    register_change: RegisterChangeTable;
  }
}
