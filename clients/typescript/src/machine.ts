import { createTokenSource, getRenewAt, type Held, withTokens } from './authorisation.ts';
import { toBase64 } from './base64.ts';
import type { Api, Calls } from './calls.ts';
import { unwrap } from './problem.ts';

export type Machine = Readonly<{
  clientId: string;
  /** Without them all that the client may have. */
  scopes?: readonly string[];
}> &
  MachineProof;

/** A secret, or who signs with the registered key: a new assertion (RFC 7523) for every token that is asked for. */
export type MachineProof = Readonly<{ clientSecret: string } | { assertion: () => Promise<string> }>;

/** The calls of a program in its own name. */
export function createMachineApi({ api, send, apiBy }: Calls, machine: Machine): Api {
  return apiBy(
    withTokens(
      send,
      createTokenSource(null, () => requestMachineToken(api, machine)),
    ),
  );
}

/** @throws {OAuthError} */
async function requestMachineToken(api: Api, { clientId, scopes, ...proof }: Machine): Promise<Held> {
  const { headers, body } = await provedBy(clientId, proof);
  const token = await unwrap(
    api.POST('/v1/oauth/token', {
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: {
        grant_type: 'client_credentials',
        ...(scopes && { scope: scopes.join(' ') }),
        ...body,
      },
      bodySerializer: toForm,
    }),
  );
  return { token: token.access_token, renewAt: getRenewAt(token.expires_in) };
}

/** `application/x-www-form-urlencoded`, also where there is no whole `URLSearchParams`. */
function toForm(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
}

/** `client_secret_basic` (RFC 6749 §2.3.1) or `private_key_jwt` (RFC 7523 §2.2). */
async function provedBy(clientId: string, proof: MachineProof) {
  if ('clientSecret' in proof) {
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(proof.clientSecret)}`;
    return { headers: { authorization: `Basic ${toBase64(pair)}` }, body: {} };
  }
  const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' as const;
  const body = { client_assertion_type: assertionType, client_assertion: await proof.assertion() };
  return { headers: {}, body };
}
