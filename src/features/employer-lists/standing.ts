import type { IntakeState } from './intake-report.ts';

/** Why a list does not count. */
export type NotCounting = 'received' | 'refused' | 'replaced' | 'withdrawn';
export const reasonsNotToCount: readonly NotCounting[] = ['received', 'refused', 'replaced', 'withdrawn'];

/** Whether a list counts now, whatever was reported of it when it was taken in. */
export type Standing = Readonly<{
  counts: boolean;
  /** `null` for a list that counts. */
  reason: NotCounting | null;
  /** The list that took its place. */
  replacedBy: number | null;
  withdrawnAt: Date | null;
}>;

/** How a list stands in the register. */
export type ListEnd = Pick<Standing, 'replacedBy' | 'withdrawnAt'>;

export function standingOfList({ replacedBy, withdrawnAt }: ListEnd): Standing {
  const reason = replacedBy !== null ? 'replaced' : withdrawnAt !== null ? 'withdrawn' : null;
  return { counts: reason === null, reason, replacedBy, withdrawnAt };
}

/** @param list `null`: it is not in the register */
export function toStanding(state: 'received' | IntakeState, list: ListEnd | null): Standing {
  if (list !== null) return standingOfList(list);
  const reason = state === 'received' ? 'received' : 'refused';
  return { counts: false, reason, replacedBy: null, withdrawnAt: null };
}
