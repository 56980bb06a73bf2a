import { maskEmail } from '../../accounts/index.ts';
import type { MethodDefinition } from './method.ts';

/** A code to the e-mail address. */
export const email: MethodDefinition = {
  kind: 'email',
  channel: 'email',
  show: ({ email: address }) => (address === null ? null : { destination: maskEmail(address) }),
};
