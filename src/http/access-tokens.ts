import jwt from '@fastify/jwt';
import fp from 'fastify-plugin';
import type { GrantPrincipal, MachinePrincipal, Principal } from '../kernel/caller.ts';
import { commonProblems, Problem } from '../kernel/problem.ts';
import type { NamedKey } from '../kernel/secret.ts';
import { deriveSigningKey, type SigningKey } from '../kernel/signing-key.ts';

type Verifier<Speaker> = Readonly<{
  /** @throws {Problem} `not-authenticated` */
  verify(token: string): Promise<Speaker>;
}>;

type TokenKind<Speaker> = Verifier<Speaker> &
  Readonly<{
    sign(speaker: Speaker): string;
    /** Nothing is verified: for a token of an answer that we kept ourselves, whether it has ended or not. */
    decode(token: string): Speaker;
  }>;

export type AccessTokens = Readonly<{
  /** Life time of an access token. */
  ttlSeconds: number;
  people: TokenKind<Principal>;
  machines: Verifier<MachinePrincipal>;
  grants: Verifier<GrantPrincipal>;
  /** Public keys (RFC 7517), newest first. */
  jwks: { keys: SigningKey['publicJwk'][] };
}>;

declare module 'fastify' {
  interface FastifyInstance {
    accessTokens: AccessTokens;
  }
}

export type AccessTokenOptions = Readonly<{ secretKeys: readonly NamedKey[]; issuer: string }>;

type Claims = Readonly<Record<string, unknown>>;

/** What a token of this kind says, and to whom; verified claims in, the speaker out. */
type Wording<Speaker> = Readonly<{
  audience: string;
  /** @throws for claims that are not of this kind */
  toSpeaker(claims: Claims): Speaker;
}>;

/**
 * All are signed by the same keys: the audience tells them apart (RFC 9068 §5), so that no kind is accepted in place of
 * another.
 */
const people: Wording<Principal> & { toClaims(principal: Principal): Claims } = {
  audience: 'savabegh',
  toClaims: ({ accountId, sessionId }) => ({ sub: accountId, sid: sessionId }),
  toSpeaker: ({ sub, sid }) => ({ accountId: toUuid(sub), sessionId: toUuid(sid) }),
};

/** Issued by the OAuth provider, as are those of grants. */
export const audiences = { machines: 'savabegh-machines', grants: 'savabegh-grants' } as const;

const machines: Wording<MachinePrincipal> = {
  audience: audiences.machines,
  toSpeaker: ({ client_id, cred, scope }) => ({
    clientId: toUuid(client_id),
    credentialId: toUuid(cred),
    scopes: toText(scope).split(' '),
  }),
};

const grants: Wording<GrantPrincipal> = {
  audience: audiences.grants,
  toSpeaker: ({ client_id, cred, grant, scope, jti }) => ({
    grantId: toUuid(grant),
    clientId: toUuid(client_id),
    credentialId: toUuid(cred),
    scopes: toText(scope).split(' '),
    tokenId: toText(jti),
  }),
};

const algorithm = 'ES256';
/** RFC 9068 §2.1: an access token is not mistaken for another kind of token. */
const tokenType = 'at+jwt';
const ttlSeconds = 600;
/** Verified tokens that are remembered until they expire: one verification costs 0.14 ms. */
const verifierCacheSize = 20_000;
const maxTokenCharacters = 2_000;

/** Signs access tokens (ES256, RFC 9068) with the newest key of the ring, verifies them with the one that their `kid` names. */
export const accessTokens = fp<AccessTokenOptions>(
  async (app, { secretKeys, issuer }) => {
    const keys = secretKeys.map(deriveSigningKey);
    const [newest] = keys;
    if (!newest) throw new Error('there is no key to sign access tokens with');
    await app.register(jwt, {
      secret: { private: newest.privateKeyPem, public: newest.publicKeyPem },
      sign: {
        algorithm,
        iss: issuer,
        expiresIn: ttlSeconds,
        header: { alg: algorithm, typ: tokenType, kid: newest.kid },
      },
      verify: {
        // The types of the plugin leave out what fast-jwt takes too: who finds the key.
        key: findPublicKey(keys) as unknown as string,
        algorithms: [algorithm],
        allowedIss: issuer,
        checkTyp: tokenType,
        // Whatever is named here and missing would pass unchecked.
        requiredClaims: ['iss', 'aud', 'sub', 'exp'],
        cache: verifierCacheSize,
      },
    });

    const createVerifier = <Speaker>({ audience, toSpeaker }: Wording<Speaker>): Verifier<Speaker> => ({
      async verify(token) {
        try {
          if (token.length > maxTokenCharacters) throw new Error('token too long');
          const claims = await app.jwt.verify<Claims>(token);
          // Here, not by the verifier: it remembers tokens of every kind. One audience, and no other beside it.
          if (claims.aud !== audience) throw new Error('token for another audience');
          return toSpeaker(claims);
        } catch (cause) {
          throw new Problem(commonProblems.notAuthenticated, { cause });
        }
      },
    });
    app.decorate('accessTokens', {
      ttlSeconds,
      people: {
        ...createVerifier(people),
        sign: (principal: Principal) => app.jwt.sign({ ...people.toClaims(principal), aud: people.audience }),
        decode: (token: string) => people.toSpeaker(app.jwt.decode<Claims>(token) ?? {}),
      },
      machines: createVerifier(machines),
      grants: createVerifier(grants),
      jwks: { keys: keys.map(({ publicJwk }) => publicJwk) },
    });
  },
  { name: 'access-tokens' },
);

function findPublicKey(keys: readonly SigningKey[]) {
  const publicKeys = new Map(keys.map(({ kid, publicKeyPem }) => [kid, publicKeyPem]));
  return async ({ header }: { header: { kid?: unknown } }): Promise<string> => {
    const publicKey = publicKeys.get(String(header.kid));
    if (publicKey === undefined) throw new Error('unknown key id');
    return publicKey;
  };
}

function toUuid(claim: unknown): string {
  if (typeof claim === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(claim)) return claim;
  throw new Error('not an id');
}

function toText(claim: unknown): string {
  if (typeof claim === 'string') return claim;
  throw new Error('not a text');
}
