import t from 'tap';
import { clientScopes, isClientScope } from '../../src/features/clients/index.ts';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import { basic, machineClient } from '../support/clients.ts';
import { type Operation, readContract } from '../support/contract.ts';
import { type FuzzRequest, requestsFor } from '../support/fuzz.ts';
import { institution } from '../support/institutions.ts';
import { toCode } from '../support/register.ts';
import { signedIn } from '../support/signed-in.ts';

/** `FUZZ_SEED` and `FUZZ_EACH` make another or a longer run. */
const seed = Number(process.env.FUZZ_SEED ?? 20_261_122);
const each = Number(process.env.FUZZ_EACH ?? 8);
/** Fewer than what makes an upload wait its turn: a busy answer would hide what is to be seen. */
const atOnce = 3;

const allScopes = Object.keys(clientScopes).filter(isClientScope);

type Send = (operation: Operation, request: FuzzRequest, authorization: string | null) => Promise<Answer>;

function sender(service: TestService): Send {
  return async ({ method }, { path, query, headers, body }, authorization) => {
    const response = await fetch(`${service.origin}${path}${query}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(body && body.type !== '' && { 'content-type': body.type }),
        ...(authorization !== null && { authorization }),
        ...headers,
      },
      ...(body && { body: Buffer.from(body.text, 'utf8') }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    };
  };
}

/** Credentials of every kind that the document names, good for one operation's run. */
async function credentials(service: TestService, { security, path }: Operation, number: number) {
  const [first = {}] = security;
  const [scheme = ''] = Object.keys(first);
  switch (scheme) {
    case 'accessToken': {
      const { token } = await signedIn(service, toCode(number));
      return { authorization: `Bearer ${token}`, filling: {} };
    }
    case 'flowToken': {
      const start = path.includes('registrations')
        ? await service.post('/v1/registrations', {
            nationalCode: toCode(number),
            birthDate: '1370-01-15',
            mobile: `0912${1_000_000 + number}`,
          })
        : await service.post('/v1/recoveries', { nationalCode: toCode(number) });
      return { authorization: `Bearer ${start.body.flowToken}`, filling: { id: start.body.id } };
    }
    case 'clientCredentials': {
      const client = await machineClient(service, allScopes);
      return { authorization: `Bearer ${await client.token()}`, filling: {} };
    }
    case 'clientBasic': {
      const client = path.endsWith('/par')
        ? await institution(service)
        : await machineClient(service, allScopes);
      const authorization = basic(client.clientId, client.secret).authorization ?? null;
      return { authorization, filling: { client_id: client.clientId } };
    }
    default:
      return { authorization: null, filling: {} };
  }
}

const errorLevel = 50;
const errorLines = ({ logLines }: TestService) =>
  logLines.filter((line) => JSON.parse(line).level >= errorLevel);

/** Genuine credentials that open other routes, but not this one. */
async function weakerCredentials(service: TestService, { security }: Operation): Promise<string[]> {
  if (security.length === 0) return [];
  const [needed] = security[0]?.clientCredentials ?? [];
  const scopes = allScopes.filter((scope) => scope !== needed);
  const machine = await (await machineClient(service, scopes)).token();
  return [`Bearer ${machine}`];
}

t.test(`no request made from the document (seed ${seed}) gets what the document does not say`, async (t) => {
  const service = await startTestService(t);
  // An answer of 500 says nothing; the log does.
  t.teardown(() => {
    for (const line of errorLines(service)) console.error(line);
  });
  const contract = await readContract(service);
  const send = sender(service);
  const faults: string[] = [];
  let sent = 0;

  async function check(
    operation: Operation,
    request: FuzzRequest,
    authorization: string | null,
  ): Promise<void> {
    const answer = await send(operation, request, authorization);
    sent += 1;
    const found = contract.faultsOf(operation, answer);
    if (answer.status >= 500) found.push(`status ${answer.status}`);
    if (!request.valid && answer.status < 400) found.push(`${answer.status} for what the schema refuses`);
    if (request.what === 'documented' && answer.status === 400)
      found.push('400 for a request like the documented one');
    const line = `${operation.method} ${request.path.slice(0, 80)}${request.query.slice(0, 80)}, ${request.what}`;
    for (const fault of found) faults.push(`${line}: ${fault}: ${request.body?.text.slice(0, 200)}`);
  }

  for (const [number, operation] of contract.operations.entries()) {
    const { authorization, filling } = await credentials(service, operation, number);
    const requests = [...requestsFor(contract, operation, { filling, seed, each })];
    const queue = requests.values();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const request of queue) await check(operation, request, authorization);
      }),
    );
    const [usual] = requests;
    if (!usual) throw new Error(`nothing to send for ${operation.id}`);
    for (const other of await weakerCredentials(service, operation)) {
      await check(operation, { ...usual, what: 'authorization of another kind' }, other);
    }
    for (const junk of [
      null,
      'Bearer x',
      'Bearer a.b.c',
      'Basic eDp5',
      'Bearer',
      `Bearer ${'x'.repeat(5_000)}`,
    ]) {
      await check(operation, { ...usual, what: `authorization ${junk?.slice(0, 20)}` }, junk);
    }
  }
  t.comment(`${sent} requests`);
  t.ok(sent > contract.operations.length * 12, `${sent} requests`);
  t.same(faults.slice(0, 30), [], `${faults.length} faults`);
  t.same(errorLines(service), [], 'nothing was logged as an error');
});
