import type { components } from '@savabegh/client';
import type { Step, StepWays } from '../../service/use-step.ts';
import { t } from './texts.ts';

type Schemas = components['schemas'];
export type Method = Schemas['RecoveryMethod'];
export type OfferedMethod = Schemas['OfferedMethod'];

/** A recovery under way, as the tab keeps it: a reload or the back button goes on with it. */
export type Recovery = Readonly<{
  id: string;
  flowToken: string;
  expiresAt: string;
  nationalCode: string;
  methods: readonly OfferedMethod[];
  /** One method has been given already: another one is needed as well. */
  isSecond?: boolean;
  challenge?: Challenge;
}>;

export type Challenge = Schemas['RecoveryChallenge'] &
  Readonly<{
    /** When it was asked for, and when again (milliseconds since 1970, by this device's clock). */
    askedAt: number;
    resendAt: number;
    wasResent?: boolean;
  }>;

export const toChallenge = (challenge: Schemas['RecoveryChallenge']): Challenge => ({
  ...challenge,
  askedAt: Date.now(),
  resendAt: Date.now() + (challenge.resendInSeconds ?? 0) * 1000,
});

/** What every step gets; `null` ends the recovery. */
export type StepProps = Readonly<{ recovery: Recovery; setRecovery: (recovery: Recovery | null) => void }>;

/** A code, or answers. */
export type Proof = Schemas['RecoveryProof'];
export type ProofProps = StepProps & Readonly<{ challenge: Challenge; step: Step<Proof> }>;

/** Why the first step is shown again. */
export type Notice = 'over' | 'visit-branch';

/** Of every step: where it leads when it was done before, or cannot be done any more. */
export const toWays = (onOver?: () => void, next?: string): StepWays => ({
  start: '/recovery',
  ...(next !== undefined && { next }),
  ...(onOver && { onOver }),
  sentences: { 'step-not-open': t('chooseAgain') },
});
