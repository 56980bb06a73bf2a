import type { Kind } from '../accounts/index.ts';
import { type RecoveryMethod, toKinds } from './methods/index.ts';

/** One method is enough, or two different ones (NIST SP 800-63B-4 §4.2.2.2). */
export const assurances = ['any', 'two'] as const;
export type Assurance = (typeof assurances)[number];

export type Proofs = Readonly<{
  /** How many kinds are needed. */
  needed: number;
  proved: readonly RecoveryMethod[];
  /** By which somebody else got in, or may: they prove nothing. */
  barredKinds: readonly Kind[];
}>;

/** What is known of an account when a proof for it is judged. */
export type Standing = Readonly<{ barredKinds: readonly Kind[]; isLockedTwo: boolean; hasRole: boolean }>;

/**
 * What proofs are held against: two kinds where the service asks everybody for two, where address stands against address,
 * and of those who act for others, whose answers do not count.
 */
export function toRequirement(
  assurance: Assurance,
  { barredKinds, isLockedTwo, hasRole }: Standing,
): Omit<Proofs, 'proved'> {
  return {
    needed: assurance === 'two' || isLockedTwo || hasRole ? 2 : 1,
    barredKinds: hasRole ? [...barredKinds, 'answers'] : barredKinds,
  };
}

/** Whether the methods proved so far are enough to set the password. */
export function assessProofs({ needed, proved, barredKinds }: Proofs): 'sufficient' | 'insufficient' {
  const counted = new Set(toKinds(proved).filter((kind) => !barredKinds.includes(kind)));
  return counted.size >= needed ? 'sufficient' : 'insufficient';
}
