import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { MachinePrincipal } from '../../kernel/caller.ts';
import { digestBearerSecret, equalInConstantTime } from '../../kernel/keyring.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Quota, Quotas } from '../quotas/quotas.ts';
import { type ClientKey, claimedClient, verifyAssertion } from './client-assertion.ts';
import { clientProblems } from './clients.problems.ts';
import * as clients from './clients.repository.ts';
import { OAuthError } from './oauth-error.ts';
import { type ClientScope, isClientScope } from './scopes.ts';
import type { ClientProof, TokenRequest } from './token-request.ts';

/** A program that calls in its own name, as it stands at this request. */
export type MachineClient = Readonly<{
  clientId: string;
  name: string;
  /** What both the token and the client itself still may do. */
  scopes: readonly ClientScope[];
  /** Workshops (ten digits) that it may act for; `null`: any. */
  workshopCodes: readonly string[] | null;
}>;

export type ClientDependencies = Readonly<{
  db: Kysely<Database>;
  quotas: Quotas;
  /** The service's public URL: audience of assertions. */
  publicUrl: string;
}>;

export const tokenPath = '/v1/oauth/token';
/** A token lives ten minutes: a client that asks more often than this does something wrong. */
export const tokenRequests: Quota = { limit: 60, windowSeconds: 60 };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const notAuthenticated = () => new OAuthError('invalid_client', 'Client authentication failed.');

export type ClientService = ReturnType<typeof createClientService>;

export function createClientService({ db, quotas, publicUrl }: ClientDependencies) {
  const audiences = [publicUrl, `${publicUrl}${tokenPath}`];

  /** Who asks, and by which credential. One answer for unknown, disabled and wrong. */
  async function authenticate(proof: ClientProof) {
    const claimed = proof.method === 'private_key_jwt' ? claimedClient(proof.assertion) : proof.clientId;
    if (claimed === null || !uuid.test(claimed)) throw notAuthenticated();
    const client = await clients.findActiveClient(db, claimed.toLowerCase());
    if (!client) throw notAuthenticated();
    if (proof.method === 'client_secret_basic') {
      const digest = digestBearerSecret(proof.secret);
      const credential = client.credentials.find(
        ({ secretDigest }) => secretDigest && equalInConstantTime(secretDigest, digest),
      );
      if (!credential) throw notAuthenticated();
      return { ...client, credentialId: credential.credentialId };
    }
    const { now } = client;
    const keys = client.credentials.flatMap(toClientKeys);
    const verified = await verifyAssertion(proof.assertion, { clientId: claimed, keys, audiences, now });
    if (!verified) throw notAuthenticated();
    // After the signature: nobody else can use ids up, or fill the table.
    const jtiDigest = digestBearerSecret(verified.jti);
    if (
      !(await clients.useAssertion(db, { clientId: client.id, jtiDigest, expiresAt: verified.expiresAt }))
    ) {
      throw notAuthenticated();
    }
    return { ...client, credentialId: verified.credentialId };
  }

  return {
    /**
     * What an access token may be issued for, by client credentials.
     * @throws {OAuthError}
     */
    async grantToken(request: TokenRequest): Promise<MachinePrincipal> {
      const client = await authenticate(request.proof);
      if (request.clientId !== null && request.clientId.toLowerCase() !== client.id) {
        throw new OAuthError('invalid_request', 'client_id names another client.');
      }
      // Counted once it is known who asks, so that strangers cannot use a client's requests up.
      const consumed = await quotas.consume(db, 'machine-tokens', [client.id], tokenRequests);
      if (!consumed.allowed) {
        throw new OAuthError('slow_down', 'Tokens are asked for too often.', consumed.resetsInSeconds);
      }
      const scopes = grantedScopes(request.scope, client.scopes);
      const { credentialId } = client;
      await clients.touchCredential(db, credentialId);
      return { clientId: client.id, credentialId, scopes };
    },

    /**
     * The client of a token, looked up now: one that was disabled, or whose credential went, is refused at its
     * next request on every replica. Counts the request.
     * @throws {Problem} `not-authenticated`, `too-many-client-requests`
     */
    async serve({ clientId, credentialId, scopes }: MachinePrincipal): Promise<MachineClient> {
      const client = await clients.findServedClient(db, clientId, credentialId);
      if (!client) throw new Problem(commonProblems.notAuthenticated);
      const quota = { limit: client.requestsPerMinute, windowSeconds: 60 };
      const consumed = await quotas.consume(db, 'machine-requests', [clientId], quota);
      if (!consumed.allowed) {
        throw new Problem(clientProblems.tooManyClientRequests, {
          retryAfterSeconds: consumed.resetsInSeconds,
        });
      }
      return {
        clientId,
        name: client.name,
        scopes: client.scopes.filter((scope) => scopes.includes(scope)).filter(isClientScope),
        workshopCodes: client.workshopCodes,
      };
    },
  };
}

type Credential = Readonly<{
  credentialId: string;
  publicKey: string | null;
  algorithm: string | null;
  keyId: string | null;
}>;

function toClientKeys({ credentialId, publicKey, algorithm, keyId }: Credential): ClientKey[] {
  return publicKey && algorithm && keyId ? [{ credentialId, publicKey, algorithm, keyId }] : [];
}

/** What is asked for, all of which the client must have; without a wish everything (RFC 6749 §3.3). */
function grantedScopes(wish: string | null, allowed: readonly string[]): readonly string[] {
  if (wish === null) return allowed;
  const scopes = [...new Set(wish.split(' '))];
  if (scopes.some((scope) => !allowed.includes(scope))) {
    throw new OAuthError('invalid_scope', 'A scope is unknown or not allowed for this client.');
  }
  return scopes;
}
