import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import { deviceName } from '../../kernel/device-name.ts';
import type { Locale } from '../../kernel/locale.ts';
import { channelTo } from '../../messaging/channels.ts';
import type { NoticeContent, Outbox } from '../../messaging/outbox.ts';
import { type AddressKind, addressKinds, type Kind } from './kinds.ts';

/** A notice waits out a provider's trouble: what it tells of can be disputed from when it left. */
export const noticeUsefulForSeconds = 7 * 24 * 60 * 60;

export type OwnerNotice = Readonly<{
  /** `null`: nobody's; told with the same statements. */
  accountId: string | null;
  /** By whom it was caused, which every notice tells; `null`: by the organisation, or by time. */
  caller: Caller | null;
  /** The event whose link the notice carries. */
  eventId?: string;
  /** Those of the trusted addresses that are told; all unless said otherwise. */
  to?: (kind: AddressKind) => boolean;
  /** The one barred kind that is told all the same: the bar is against it. */
  barredKind?: Kind;
  /** The account is about to go: its last notices carry where they go to, and nothing of it. */
  isLast?: boolean;
}>;

/**
 * Tells the owner of an account at every address that the account trusts. The only way to do so: whoever has been barred
 * hears nothing, and a link goes to the very address that it was derived for. The language is the owner's.
 */
export async function notifyOwner(
  outbox: Outbox,
  trx: Transaction<Database>,
  { accountId, caller, eventId, to = () => true, barredKind, isLast = false }: OwnerNotice,
  content: NoticeContent,
): Promise<void> {
  const account = await trx
    .selectFrom('account')
    .where('id', '=', accountId)
    .select([...addressKinds, 'barred_kinds as barredKinds', 'locale'])
    .executeTakeFirst();
  for (const kind of addressKinds) {
    const isBarred = account?.barredKinds.includes(kind) && kind !== barredKind;
    const destination = !isBarred && to(kind) ? (account?.[kind] ?? null) : null;
    await outbox.enqueue(trx, {
      ...content,
      channel: channelTo[kind],
      // Where there is no such address, the row of nobody: it costs what the other costs, and is soon gone.
      accountId: destination === null || isLast ? null : accountId,
      ...(destination !== null && { destination }),
      locale: account?.locale ?? caller?.locale ?? defaultLocale,
      ...(caller !== null && {
        network: caller.network,
        causedFrom: { network: caller.coarseNetwork, device: deviceName(caller.userAgent) ?? '' },
      }),
      ...(eventId !== undefined && { challengeId: eventId }),
      usefulForSeconds: noticeUsefulForSeconds,
    });
  }
}

const defaultLocale: Locale = 'fa';
