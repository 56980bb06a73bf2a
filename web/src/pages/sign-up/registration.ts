import type { components } from '@savabegh/client';
import type { StepWays } from '../../service/use-step.ts';

type CodeSent = components['schemas']['CodeSent'];

/** A sign-up under way, as the tab keeps it. */
export type Registration = CodeSent &
  Readonly<{
    id: string;
    flowToken: string;
    nationalCode: string;
    /** Milliseconds since 1970, by this device's clock. */
    resendAt: number;
    wasResent?: boolean;
    isVerified?: boolean;
  }>;

export const toResendAt = ({ resendInSeconds }: CodeSent): number => Date.now() + resendInSeconds * 1000;

/** What every step gets; `null` ends the sign-up. */
export type StepProps = Readonly<{
  registration: Registration;
  setRegistration: (registration: Registration | null) => void;
}>;

export const toWays = (onOver?: () => void, next?: string): StepWays => ({
  start: '/sign-up',
  ...(next !== undefined && { next }),
  ...(onOver && { onOver }),
});
