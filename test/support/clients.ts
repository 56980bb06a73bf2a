import Fastify, { type FastifyContextConfig } from 'fastify';
import type { Test } from 'tap';
import {
  type ClientScope,
  clientAdministration,
  createClientService,
  getMachineClient,
  machineClients,
  requireScope,
} from '../../src/features/clients/index.ts';
import { createQuotas } from '../../src/features/quotas/quotas.ts';
import { authentication } from '../../src/http/authentication.ts';
import { problems } from '../../src/http/problems.ts';
import { rateLimits } from '../../src/http/rate-limits.ts';
import { createValidatorFactory } from '../../src/http/validation.ts';
import { createMac } from '../../src/kernel/keyring.ts';
import type { Answer, TestService } from './app.ts';
import type { Files } from './register.ts';

export type TestClient = Readonly<{
  clientId: string;
  secret: string;
  /** A fresh access token of all its scopes, got over HTTP. */
  token(): Promise<string>;
}>;

export type TestClientOptions = Readonly<{
  workshopCodes?: readonly string[] | null;
  requestsPerMinute?: number;
}>;

/** A machine client with a secret. */
export async function machineClient(
  service: Pick<TestService, 'db' | 'call'>,
  scopes: readonly ClientScope[],
  { workshopCodes = null, requestsPerMinute = 1_000 }: TestClientOptions = {},
): Promise<TestClient> {
  const { clientId, secret } = await clientAdministration.createClient(service.db, {
    name: 'نرم‌افزار آزمون',
    scopes,
    workshopCodes,
    requestsPerMinute,
    key: null,
  });
  if (secret === null) throw new Error('a client without a key has a secret');
  return {
    clientId,
    secret,
    async token() {
      const { status, body, text } = await askToken(service, basic(clientId, secret));
      if (status !== 200) throw new Error(`no token: ${text}`);
      return body.access_token;
    },
  };
}

export function basic(clientId: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` };
}

/** `POST /v1/oauth/token` with a form, or with a body as it is. */
export function askToken(
  service: Pick<TestService, 'call'>,
  headers: Record<string, string>,
  form: Record<string, string> | string = {},
): Promise<Answer> {
  const rawBody =
    typeof form === 'string'
      ? form
      : new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString();
  return service.call('POST', '/v1/oauth/token', {
    rawBody,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
}

/** `POST /v1/employer-lists` with the two files of a list. */
export async function sendList(
  service: Pick<TestService, 'call'>,
  token: string,
  { workshop, workers }: Files,
  query = '',
): Promise<Answer> {
  const form = new FormData();
  form.append('list', new Blob([new Uint8Array(workshop)]), 'DSKKAR00.DBF');
  form.append('list', new Blob([new Uint8Array(workers)]), 'DSKWOR00.DBF');
  const encoded = new Response(form);
  return service.call('POST', `/v1/employer-lists${query}`, {
    token,
    headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
    rawBody: new Uint8Array(await encoded.arrayBuffer()),
  });
}

type GuardedRoute = Readonly<{ url: string; config: FastifyContextConfig; params?: object }>;

const openRoute: GuardedRoute = {
  url: '/guarded',
  config: { workshop: { inUseCase: 'nothing of a workshop is shown' } },
};

/** A replica with nothing but one route behind `requireScope('employer-lists:write')`, which shows its client. */
export async function guardedReplica(
  t: Test,
  service: TestService,
  { url, config, params = {} }: GuardedRoute = openRoute,
): Promise<(token: string, headers?: Record<string, string>, path?: string) => Promise<Answer>> {
  const { db, config: settings } = service;
  const app = Fastify({
    schemaController: { compilersFactory: { buildValidator: createValidatorFactory() } },
  });
  t.teardown(() => app.close());
  await app.register(rateLimits, { requestsPerMinute: 1_000_000 });
  await app.register(problems, { publicUrl: settings.publicUrl });
  await app.register(authentication, { secretKeys: settings.secretKeys, issuer: settings.publicUrl });
  await app.register(machineClients, {
    service: createClientService({
      db,
      quotas: createQuotas(createMac(settings.identifierKey, 'quota')),
    }),
  });
  await app.register(async (guarded) => {
    requireScope(guarded, 'employer-lists:write');
    guarded.get(url, { config, schema: { params } }, async (request) => getMachineClient(request));
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return async (token, headers = {}, path = url) => {
    const response = await fetch(`${app.listeningOrigin}${path}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
  };
}
