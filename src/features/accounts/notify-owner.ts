import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { NoticeContent, Outbox } from '../../messaging/outbox.ts';
import { noticeUsefulForSeconds } from '../flows/flow.ts';

export type OwnerNotice = Readonly<{
  /** `null`: nobody's; told with the same statements. */
  accountId: string | null;
  locale: Locale;
  /** Client network of the cause; none where it was the organisation. */
  network?: string;
  /** What the link in the notice is for. */
  linkId?: string;
}>;

/**
 * Tells every address of a person: mobile and proved e-mail, and those that were replaced so recently that they
 * can still be put back, since it may be a thief who replaced them.
 */
export async function notifyOwner(
  outbox: Outbox,
  trx: Transaction<Database>,
  { accountId, locale, network, linkId }: OwnerNotice,
  content: NoticeContent,
): Promise<void> {
  const held = await trx
    .selectFrom('contact_hold')
    .where('account_id', '=', accountId)
    .where('held_until', '>', now)
    .where('previous', 'is not', null)
    .select(['kind', 'previous'])
    .execute();
  const addresses = [
    { channel: 'sms' as const },
    { channel: 'email' as const },
    ...held.map(({ kind, previous }) => ({
      channel: kind === 'mobile' ? ('sms' as const) : ('email' as const),
      destination: previous ?? '',
    })),
  ];
  for (const address of addresses) {
    await outbox.enqueue(trx, {
      ...content,
      ...address,
      accountId,
      locale,
      ...(network !== undefined && { network }),
      ...(linkId !== undefined && { challengeId: linkId }),
      usefulForSeconds: noticeUsefulForSeconds,
    });
  }
}
