import { type Mobile, maskMobile } from '../../../kernel/mobile.ts';
import type { MethodDefinition } from './method.ts';

/** A code to the mobile. */
export const sms: MethodDefinition = {
  kind: 'mobile',
  channel: 'sms',
  show: ({ mobile }) => (mobile === null ? null : { destination: maskMobile(mobile as Mobile) }),
};
