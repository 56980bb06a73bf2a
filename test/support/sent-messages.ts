import type { MessagePurpose } from '../../src/messaging/outbox.ts';
import type { TestService } from './app.ts';
import type { Person } from './journey.ts';

/** Every message that has been asked for has ended, one way or the other. */
export async function settle(service: TestService): Promise<void> {
  for (let tries = 0; tries < 1200; tries += 1) {
    const open = await service.db
      .selectFrom('message')
      .where('state', 'in', ['queued', 'sending'])
      .select('id')
      .executeTakeFirst();
    if (!open) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('messages are still under way');
}

/** How many messages of a purpose a provider was handed for somebody's mobile: the inbox shows those too that were dropped. */
export function codesThatLeft(
  service: TestService,
  { mobile }: Pick<Person, 'mobile'>,
  purpose: 'recovery-code' | 'registration-code' | 'contact-code',
): Promise<number> {
  return codesThatLeftTo(service, `+98${mobile.slice(1)}`, purpose);
}

/** The same of an address in any spelling. */
export async function codesThatLeftTo(
  service: TestService,
  address: string,
  purpose: MessagePurpose,
): Promise<number> {
  await settle(service);
  const rows = await service.db
    .selectFrom('message')
    .where((eb) => eb(eb.fn('lower', ['sent_to']), '=', address.toLowerCase()))
    .where('purpose', '=', purpose)
    .where('state', 'in', ['handed_over', 'delivered'])
    .select('id')
    .execute();
  return rows.length;
}
