import { channels } from '../../../messaging/channels.ts';
import { maskEmail } from '../../accounts/index.ts';
import type { MethodDefinition } from './method.ts';

/** A code to the e-mail address. */
export const email: MethodDefinition = {
  name: channels.email.name,
  kind: 'email',
  channel: 'email',
  show: ({ email: address }) => (address === null ? null : { destination: maskEmail(address) }),
};
