import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { sql } from 'kysely';
import t from 'tap';
import { clientAdministration } from '../../src/features/clients/index.ts';
import { eventually } from '../messaging/support.ts';
import { startTestService, testEnvironment } from '../support/app.ts';
import { askToken, basic, guardedReplica, machineClient } from '../support/clients.ts';
import { savabegh } from '../support/command.ts';

const service = await startTestService(t);
const guarded = await guardedReplica(t, service);

t.test('a client with its secret gets a token that says whom it is for and what it allows', async (t) => {
  const { clientId, secret } = await machineClient(service, ['employer-lists:read', 'employer-lists:write']);
  const answer = await askToken(service, basic(clientId, secret));
  t.equal(answer.status, 200);
  t.equal(answer.headers.get('cache-control'), 'no-store');
  t.match(answer.headers.get('content-type'), /^application\/json/);
  t.same(Object.keys(answer.body).sort(), ['access_token', 'expires_in', 'scope', 'token_type']);
  t.match(answer.body, {
    token_type: 'Bearer',
    expires_in: 600,
    scope: 'employer-lists:read employer-lists:write',
  });
  const claims = decodeJwt(answer.body.access_token);
  t.match(claims, { iss: service.config.publicUrl, sub: clientId, client_id: clientId, jti: String });
  t.equal((claims.exp ?? 0) - (claims.iat ?? 0), 600);
  t.match(decodeProtectedHeader(answer.body.access_token), { alg: 'ES256', typ: 'at+jwt' });
});

t.test('a token can be asked for with fewer scopes, never with more', async (t) => {
  const { clientId, secret } = await machineClient(service, ['employer-lists:read', 'employer-lists:write']);
  const fewer = await askToken(service, basic(clientId, secret), { scope: 'employer-lists:read' });
  t.equal(fewer.body.scope, 'employer-lists:read');
  const reader = await machineClient(service, ['employer-lists:read']);
  for (const scope of ['employer-lists:write', 'employer-lists:read everything', 'a  b', ' ']) {
    const more = await askToken(service, basic(reader.clientId, reader.secret), { scope });
    t.equal(more.status, 400, scope);
    t.equal(more.body.error, 'invalid_scope', scope);
  }
  const refused = await guarded(fewer.body.access_token);
  t.equal(refused.status, 403);
  t.equal(refused.body.code, 'insufficient-scope');
  t.equal(
    refused.headers.get('www-authenticate'),
    'Bearer error="insufficient_scope", scope="employer-lists:write"',
  );
});

t.test('a guarded route is told who calls, and for which workshops', async (t) => {
  const client = await machineClient(service, ['employer-lists:write', 'employer-lists:read'], {
    workshopCodes: ['0227145390'],
  });
  const token = await client.token();
  const answer = await guarded(token);
  t.equal(answer.status, 200);
  t.same(answer.body, {
    clientId: client.clientId,
    name: 'نرم‌افزار آزمون',
    scopes: ['employer-lists:write', 'employer-lists:read'],
    workshopCodes: ['0227145390'],
  });
});

t.test('a disabled client is refused at its next request, and served again when enabled', async (t) => {
  const client = await machineClient(service, ['employer-lists:write']);
  const token = await client.token();
  t.equal((await guarded(token)).status, 200);
  await clientAdministration.setClientState(service.db, client.clientId, 'disabled');
  const refused = await guarded(token);
  t.equal(refused.status, 401);
  t.equal(refused.body.code, 'not-authenticated');
  t.equal((await askToken(service, basic(client.clientId, client.secret))).body.error, 'invalid_client');
  await clientAdministration.setClientState(service.db, client.clientId, 'active');
  t.equal((await guarded(token)).status, 200);
});

t.test('a scope that is taken from a client is gone from the tokens it already has', async (t) => {
  const client = await machineClient(service, ['employer-lists:write', 'employer-lists:read']);
  const token = await client.token();
  await clientAdministration.changeClient(service.db, client.clientId, { scopes: ['employer-lists:read'] });
  t.equal((await guarded(token)).status, 403);
});

t.test('two secrets are good at a time; a rotation replaces the older one', async (t) => {
  const { clientId, secret: first } = await machineClient(service, ['employer-lists:write']);
  const rotate = async () => {
    const rotated = await clientAdministration.rotateCredential(service.db, clientId, null);
    return rotated?.secret ?? '';
  };
  const statuses = async (...secrets: string[]) => {
    const answers = await Promise.all(secrets.map((secret) => askToken(service, basic(clientId, secret))));
    return answers.map(({ status }) => status);
  };
  const second = await rotate();
  t.same(await statuses(first, second), [200, 200]);
  const third = await rotate();
  t.same(await statuses(first, second, third), [401, 200, 200]);
  const fourth = await rotate();
  t.same(await statuses(second, third, fourth), [401, 200, 200]);
});

t.test('after a leak the other credentials end at once, with the tokens got by them', async (t) => {
  const client = await machineClient(service, ['employer-lists:write']);
  const token = await client.token();
  const rotated = await clientAdministration.rotateCredential(service.db, client.clientId, null, {
    endOthers: true,
  });
  t.equal((await guarded(token)).status, 401);
  t.equal((await askToken(service, basic(client.clientId, client.secret))).status, 401);
  const again = await askToken(service, basic(client.clientId, rotated?.secret ?? ''));
  t.equal((await guarded(again.body.access_token)).status, 200);
});

t.test('twenty rotations at once leave two credentials', async (t) => {
  const { clientId } = await machineClient(service, ['employer-lists:write']);
  await Promise.all(
    Array.from({ length: 20 }, () => clientAdministration.rotateCredential(service.db, clientId, null)),
  );
  const held = await service.db
    .selectFrom('machine_client_credential')
    .where('client_id', '=', clientId)
    .select('place')
    .execute();
  t.same(held.map(({ place }) => place).sort(), [1, 2]);
});

t.test('a client gets no more requests a minute than it was given, over all replicas', async (t) => {
  const client = await machineClient(service, ['employer-lists:write'], { requestsPerMinute: 10 });
  const other = await guardedReplica(t, service);
  const token = await client.token();
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) => (index % 2 ? guarded(token) : other(token))),
  );
  t.equal(answers.filter(({ status }) => status === 200).length, 10);
  const refused = answers.filter(({ status }) => status === 429);
  t.equal(refused.length, 20);
  for (const { headers, body } of refused) {
    t.equal(body.code, 'too-many-client-requests');
    t.match(headers.get('retry-after'), /^\d+$/);
  }
});

t.test('tokens asked for too often are refused in the words of the RFC', async (t) => {
  const { clientId, secret } = await machineClient(service, ['employer-lists:write']);
  const answers = await Promise.all(
    Array.from({ length: 70 }, () => askToken(service, basic(clientId, secret))),
  );
  t.equal(answers.filter(({ status }) => status === 200).length, 60);
  const refused = answers.find(({ status }) => status === 429);
  t.equal(refused?.body.error, 'slow_down');
  t.match(refused?.headers.get('retry-after'), /^\d+$/);
});

t.test('while the database is away the token endpoint says so and when to come again', async (t) => {
  const { clientId, secret } = await machineClient(service, ['employer-lists:write']);
  const answer = await service.db.transaction().execute(async (trx) => {
    await sql`lock table machine_client in access exclusive mode`.execute(trx);
    const asked = askToken(service, basic(clientId, secret));
    const ended = () =>
      eventually(async () => {
        const { rows } = await sql`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(service.db);
        return rows[0];
      });
    await ended();
    return asked;
  });
  t.equal(answer.status, 503, answer.text);
  t.equal(answer.body.error, 'temporarily_unavailable');
  t.equal(answer.headers.get('retry-after'), '1');
  t.equal((await askToken(service, basic(clientId, secret))).status, 200, 'and is over');
});

t.test('nothing that could be replayed is in the tables', async (t) => {
  const { secret } = await machineClient(service, ['employer-lists:write']);
  const { rows } = await sql<{ row: string }>`select c::text as row from machine_client_credential c`.execute(
    service.db,
  );
  const text = rows.map(({ row }) => row).join('\n');
  for (const encoding of ['utf8', 'base64', 'hex'] as const) {
    t.notOk(text.includes(Buffer.from(secret).toString(encoding)));
    t.notOk(text.includes(Buffer.from(secret, 'base64url').toString(encoding)));
  }
});

t.test('only public keys of known strength are registered', async (t) => {
  const { readPublicKey } = clientAdministration;
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  t.match(readPublicKey(JSON.stringify({ ...ec.publicKey.export({ format: 'jwk' }), kid: 'k1' })), {
    algorithm: 'ES256',
    keyId: 'k1',
  });
  const pem = ec.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  t.match(readPublicKey(pem), { algorithm: 'ES256', publicKey: pem });
  t.equal(readPublicKey(exported(generateKeyPairSync('ed25519'))).algorithm, 'EdDSA');
  t.equal(readPublicKey(exported(generateKeyPairSync('rsa', { modulusLength: 2048 }))).algorithm, 'RS256');
  const privatePem = ec.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  t.throws(() => readPublicKey(privatePem), /private/);
  t.throws(() => readPublicKey(JSON.stringify(ec.privateKey.export({ format: 'jwk' }))), /private/);
  t.throws(() => readPublicKey(exported(generateKeyPairSync('rsa', { modulusLength: 1024 }))), /2048/);
  t.throws(() => readPublicKey(exported(generateKeyPairSync('ec', { namedCurve: 'P-384' }))), /P-256/);
  t.throws(() => readPublicKey('not a key'));
});

function exported({ publicKey }: { publicKey: ReturnType<typeof generateKeyPairSync>['publicKey'] }): string {
  return publicKey.export({ format: 'pem', type: 'spki' }).toString();
}

t.test('the command creates, lists, changes, rotates, disables and enables', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'clients-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const keyFile = join(folder, 'key.pem');
  await writeFile(keyFile, exported(generateKeyPairSync('ed25519')));
  const env = { ...process.env, ...testEnvironment(service.databaseUrl), DATA_DIRECTORY: folder };
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await savabegh(['clients', ...args], env);
    return { code, text: code === 0 ? stdout : stderr };
  };
  const created = await run(
    ...['create', '--name', 'شعبهٔ نمونه', '--scope', 'employer-lists:write', '--workshop', '0227145390'],
  );
  const id = /client id\s+(\S+)/.exec(created.text)?.[1] ?? '';
  const secret = /client secret\s+(\S+)/.exec(created.text)?.[1] ?? '';
  t.equal(Buffer.from(secret, 'base64url').length, 32);
  t.equal((await askToken(service, basic(id, secret))).status, 200);

  await run('change', id, '--workshop', 'any', '--requests-per-minute', '5');
  const listed = await run('list', '--json');
  const entry = listed.text
    .split('\n')
    .flatMap((line) => (line ? [JSON.parse(line)] : []))
    .find((client) => client.id === id);
  t.match(entry, { name: 'شعبهٔ نمونه', state: 'active', workshopCodes: null, requestsPerMinute: 5 });
  t.match(entry.credentials, [/^secret of \d{4}-\d\d-\d\d, used \d{4}/]);
  t.notOk(listed.text.includes(secret));

  t.match((await run('rotate', id, '--public-key', keyFile)).text, /proves itself by the key/);
  t.equal((await run('disable', id)).code, 0);
  t.equal((await askToken(service, basic(id, secret))).status, 401);
  t.equal((await run('enable', id)).code, 0);
  t.equal((await askToken(service, basic(id, secret))).status, 200);

  const institution = [
    ...['create', '--name', 'bank', '--scope', 'record:figures', '--institution', 'بانک نمونه'],
    ...['--institution-en', 'Sample Bank', '--purpose', 'وام', '--purpose-en', 'A loan'],
  ];
  const registered = await run(...institution, '--redirect', 'https://bank.example/callback');
  t.match(registered.text, /client secret/, registered.text);
  t.match(await service.db.selectFrom('institution').selectAll().execute(), [
    { name_fa: 'بانک نمونه', purpose_en: 'A loan', redirect_uris: ['https://bank.example/callback'] },
  ]);

  const ofNobody = '01890000-0000-7000-8000-000000000000';
  const sender = ['create', '--name', 'x', '--scope', 'employer-lists:write'] as const;
  for (const [expected, ...wrong] of [
    [2, 'create', '--name', 'x', '--scope', 'everything'],
    [2, ...sender],
    [2, ...institution],
    [2, ...institution, '--redirect', 'http://bank.example/callback'],
    [2, ...institution, '--redirect', 'https://bank.example/callback#x'],
    [2, ...institution, '--redirect', 'https://user@bank.example/callback'],
    [2, ...sender, '--workshop', 'any', '--redirect', 'https://bank.example/callback'],
    [2, 'create', '--name', 'x', '--scope', 'record:figures', '--redirect', 'https://bank.example/'],
    [2, ...sender, '--workshop', 'any', '--workshop', '0227145390'],
    [1, 'disable', ofNobody],
    [2, 'disable', ofNobody, '--end-others'],
    [2, 'rotate', id, '--end-others'],
    [1, 'rotate', ofNobody, '--end-others', '--yes'],
    [1, 'rotate', id, '--public-key', join(folder, 'nowhere.pem')],
    [2, 'constructor'],
  ] as const) {
    const { code, text } = await run(...wrong);
    t.equal(code, expected, wrong.join(' '));
    t.equal(text.includes('Usage: savabegh clients'), expected === 2);
    t.notMatch(text, /DATA_DIRECTORY/);
  }
  t.equal((await askToken(service, basic(id, secret))).status, 200, 'nothing has been done');
});
