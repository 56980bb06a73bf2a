import type { Kysely } from 'kysely';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { Database } from '../../database/schema.ts';
import { useAssertion } from '../clients/index.ts';
import { endGrant, findGrant } from '../grants/index.ts';
import { findClientMetadata } from './client-metadata.ts';
import * as states from './oauth-state.repository.ts';
import type { PersonName } from './person-name.ts';

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

export type AdapterOptions = Readonly<{
  db: Kysely<Database>;
  /** What scopes of grants are scopes of. */
  resource: string;
  nameOf: PersonName;
}>;

/** What the provider reads and keeps, in PostgreSQL. */
export function createAdapters(options: AdapterOptions): (name: string) => Adapter {
  const { db } = options;
  const adapters: Readonly<Record<string, Partial<Adapter>>> = {
    Client: { find: (id) => findClientMetadata(db, id) },
    // The provider looks first and writes then: the write decides, so that of two at once one gets in.
    ReplayDetection: { upsert: (id, payload) => useUp(db, id, payload) },
    Grant: { find: (id) => toProviderGrant(options, id), destroy: (id) => endGrant(db, id) },
    // Forgotten at once: no session of the provider outlives one authorization.
    Session: { upsert: nothing },
    Interaction: keeping(db, 'Interaction'),
    PushedAuthorizationRequest: {
      ...keeping(db, 'PushedAuthorizationRequest'),
      async consume(id) {
        if (await states.consumeState(db, 'PushedAuthorizationRequest', id)) return;
        throw new errors.InvalidRequestUri('request_uri was already used');
      },
    },
    AuthorizationCode: {
      ...keeping(db, 'AuthorizationCode'),
      consume: (id) => consumeCode(db, id),
    },
    RefreshToken: keeping(db, 'RefreshToken'),
  };
  return (name) => ({ ...emptyAdapter, ...adapters[name] });
}

function keeping(db: Kysely<Database>, model: string): Partial<Adapter> {
  return {
    upsert: (id, payload, seconds = 0) => states.saveState(db, model, id, payload as states.Payload, seconds),
    find: async (id) => (await states.findState(db, model, id)) as AdapterPayload | undefined,
    destroy: (id) => states.deleteState(db, model, id),
    revokeByGrantId: (grantId) => states.deleteStateOfGrant(db, model, grantId),
  };
}

async function useUp(db: Kysely<Database>, id: string, { iss, exp }: AdapterPayload): Promise<void> {
  if (iss === undefined || exp === undefined) throw new Error('an assertion without issuer or end');
  const jtiDigest = Buffer.from(id, 'base64url');
  const isFirst = await useAssertion(db, { clientId: iss, jtiDigest, expiresAt: new Date(exp * 1000) });
  if (!isFirst) throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
}

/** A code that comes twice, at once too, was seen by somebody else: what it was given for ends (RFC 9700 §4.5.3.1). */
async function consumeCode(db: Kysely<Database>, id: string): Promise<void> {
  if (await states.consumeState(db, 'AuthorizationCode', id)) return;
  const code = await states.findState(db, 'AuthorizationCode', id);
  if (typeof code?.grantId === 'string') await endGrant(db, code.grantId);
  throw new errors.InvalidGrant('authorization code already consumed');
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const toSeconds = (date: Date) => Math.floor(date.getTime() / 1000);

/** A grant of ours as the provider takes it; only while it holds, so that no token is issued for another. */
async function toProviderGrant(
  { db, resource, nameOf }: AdapterOptions,
  id: string,
): Promise<AdapterPayload | undefined> {
  const grant = uuid.test(id) ? await findGrant(db, id) : undefined;
  if (!grant) return undefined;
  return {
    jti: grant.id,
    kind: 'Grant',
    accountId: nameOf(grant.accountId, grant.clientId),
    clientId: grant.clientId,
    openid: { scope: 'openid' },
    resources: { [resource]: grant.scopes.join(' ') },
    iat: toSeconds(grant.createdAt),
    exp: toSeconds(grant.expiresAt),
  };
}
