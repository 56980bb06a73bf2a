import type { components } from '@savabegh/client';

/** A sign-in that waits for its code. */
export type WaitingSignIn = Readonly<{
  id: string;
  flowToken: string;
  expiresAt: string;
  rememberDevice: boolean;
}>;

export type SignInOutcome = components['schemas']['SignInOutcome'];
