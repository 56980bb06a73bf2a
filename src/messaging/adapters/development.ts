import type { Sender } from '../ports.ts';

/** Takes every message and delivers it nowhere; the inbox shows what a person would have received. */
export function createDevelopmentSender<Message extends { reference: string }>(): Sender<Message> {
  return {
    name: 'development',
    deduplicates: true,
    send: async ({ reference }) => ({ kind: 'sent', providerMessageId: reference }),
  };
}
