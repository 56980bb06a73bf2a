import type { Kysely } from 'kysely';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { Database } from '../../database/schema.ts';
import { useAssertion } from '../clients/index.ts';
import { findClientMetadata } from './client-metadata.ts';

const nothing = async (): Promise<undefined> => undefined;

/** An adapter that knows nothing and keeps nothing. */
const emptyAdapter: Adapter = {
  upsert: async () => {
    throw new Error('nothing of this kind is kept');
  },
  find: nothing,
  findByUserCode: nothing,
  findByUid: nothing,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
};

/** What the provider reads and keeps, in PostgreSQL. */
export function createAdapters(db: Kysely<Database>): (name: string) => Adapter {
  const adapters: Readonly<Record<string, Partial<Adapter>>> = {
    Client: { find: (id) => findClientMetadata(db, id) },
    // The provider looks first and writes then: the write decides, so that of two at once one gets in.
    ReplayDetection: { upsert: (id, payload) => useUp(db, id, payload) },
  };
  return (name) => ({ ...emptyAdapter, ...adapters[name] });
}

async function useUp(db: Kysely<Database>, id: string, { iss, exp }: AdapterPayload): Promise<void> {
  if (iss === undefined || exp === undefined) throw new Error('an assertion without issuer or end');
  const jtiDigest = Buffer.from(id, 'base64url');
  const isFirst = await useAssertion(db, { clientId: iss, jtiDigest, expiresAt: new Date(exp * 1000) });
  if (!isFirst) throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
}
