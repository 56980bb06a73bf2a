import jwt from '@fastify/jwt';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Principal } from '../kernel/caller.ts';
import { commonProblems, Problem } from '../kernel/problem.ts';
import type { NamedKey } from '../kernel/secret.ts';
import { deriveSigningKey, type SigningKey } from '../kernel/signing-key.ts';

export type AccessTokens = Readonly<{
  /** Life time of an access token. */
  ttlSeconds: number;
  sign(principal: Principal): string;
  /** @throws {Problem} `not-authenticated` */
  verify(token: string): Promise<Principal>;
  /** Public keys (RFC 7517), newest first. */
  jwks: { keys: SigningKey['publicJwk'][] };
}>;

declare module 'fastify' {
  interface FastifyInstance {
    accessTokens: AccessTokens;
  }
  interface FastifyRequest {
    /** Set inside guarded scopes only; read it by `getPrincipal`. */
    principal: Principal | null;
  }
}

export type AuthenticationOptions = Readonly<{ secretKeys: readonly NamedKey[]; issuer: string }>;

const accessTokenTtlSeconds = 600;
const audience = 'savabegh';
/** RFC 9068: an access token is not mistaken for another kind of token. */
const tokenType = 'at+jwt';
/** Verified tokens that are remembered until they expire: one verification costs 0.14 ms. */
const verifierCacheSize = 20_000;
const longestToken = 2_000;

/** Signs access tokens (ES256, RFC 9068) with the newest key of the ring, verifies them with the one that their `kid` names. */
export const authentication = fp<AuthenticationOptions>(
  async (app, { secretKeys, issuer }) => {
    const keys = secretKeys.map(deriveSigningKey);
    const [newest] = keys;
    if (!newest) throw new Error('there is no key to sign access tokens with');
    const publicKeys = new Map(keys.map(({ kid, publicKeyPem }) => [kid, publicKeyPem]));
    const getPublicKey = async ({ header }: { header: { kid?: unknown } }): Promise<string> => {
      const publicKey = publicKeys.get(String(header.kid));
      if (publicKey === undefined) throw new Error('unknown key id');
      return publicKey;
    };
    await app.register(jwt, {
      secret: { private: newest.privateKeyPem, public: newest.publicKeyPem },
      sign: {
        algorithm: 'ES256',
        kid: newest.kid,
        iss: issuer,
        aud: audience,
        expiresIn: accessTokenTtlSeconds,
        header: { alg: 'ES256', typ: tokenType, kid: newest.kid },
      },
      verify: {
        // The types of the plugin leave out what fast-jwt takes too: who finds the key.
        key: getPublicKey as unknown as string,
        algorithms: ['ES256'],
        allowedIss: issuer,
        allowedAud: audience,
        checkTyp: tokenType,
        requiredClaims: ['sub', 'sid', 'exp'],
        cache: verifierCacheSize,
      },
    });

    app.decorateRequest('principal', null);
    app.decorate('accessTokens', {
      ttlSeconds: accessTokenTtlSeconds,
      sign: ({ accountId, sessionId }) => app.jwt.sign({ sub: accountId, sid: sessionId }),
      async verify(token) {
        try {
          if (token.length > longestToken) throw new Error('token too long');
          const { sub, sid } = await app.jwt.verify<{ sub: unknown; sid: unknown }>(token);
          return { accountId: toUuid(sub), sessionId: toUuid(sid) };
        } catch (cause) {
          throw new Problem(commonProblems.notAuthenticated, { cause });
        }
      },
      jwks: { keys: keys.map(({ publicJwk }) => publicJwk) },
    });
  },
  { name: 'authentication' },
);

function toUuid(claim: unknown): string {
  if (typeof claim === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(claim)) return claim;
  throw new Error('not an id');
}

/** The `Bearer` credential of a request (RFC 6750 §2.1), `null` without one. */
export function getBearer(request: FastifyRequest): string | null {
  return /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/**
 * Runs `guard` for every route of `scope`, before a byte of the body is read. As `preParsing`, because the limits per
 * client network are `onRequest` hooks of the single routes, which come after those of a scope: there, a guard
 * that refuses would be a way around them.
 */
export function addGuard(
  scope: FastifyInstance,
  guard: (request: FastifyRequest, reply: FastifyReply) => Promise<void>,
): void {
  scope.addHook('preParsing', (request, reply) => guard(request, reply));
}

/** Guards every route registered in `scope`: a valid access token, and `security` in their documentation. */
export function requireAccessToken(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, security: [{ accessToken: [] }] };
  });
  addGuard(scope, async (request) => {
    const token = getBearer(request);
    if (!token) throw new Problem(commonProblems.notAuthenticated);
    request.principal = await scope.accessTokens.verify(token);
  });
}

/** The principal of a request in a guarded scope. */
export function getPrincipal(request: FastifyRequest): Principal {
  if (!request.principal) throw new Problem(commonProblems.notAuthenticated);
  return request.principal;
}
