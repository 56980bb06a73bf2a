import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { recordActivity } from '../activity/activity.ts';
import { notifyOwner } from './notify-owner.ts';

/**
 * Tells the owner that answers were put back, in the activity and by a notice: whoever had replaced them because
 * others know them has to replace them again.
 */
export async function tellAnswersRestored(
  outbox: Outbox,
  trx: Transaction<Database>,
  of: Readonly<{ accountId: string; locale: Locale; flowId?: string }>,
  client: Client,
): Promise<void> {
  const { locale, ...cause } = of;
  const kind = 'security-answers-restored';
  await recordActivity(trx, { ...cause, kind, outcome: 'succeeded', origin: client });
  const { network, coarseNetwork } = client;
  const content = { purpose: kind, parameters: { network: coarseNetwork } } as const;
  await notifyOwner(outbox, trx, { accountId: of.accountId, locale, network }, content);
}
