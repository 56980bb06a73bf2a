import { type Mobile, maskMobile } from '../../../kernel/mobile.ts';
import { channels } from '../../../messaging/channels.ts';
import type { MethodDefinition } from './method.ts';

/** A code to the mobile. */
export const sms: MethodDefinition = {
  name: channels.sms.name,
  kind: 'mobile',
  channel: 'sms',
  show: ({ mobile }) => (mobile === null ? null : { destination: maskMobile(mobile as Mobile) }),
};
