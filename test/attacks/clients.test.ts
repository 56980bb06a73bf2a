import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import t from 'tap';
import { cleanUpAssertions, clientAdministration } from '../../src/features/clients/index.ts';
import { deriveSigningKey } from '../../src/kernel/signing-key.ts';
import { startTestService } from '../support/app.ts';
import { askToken, basic, guardedReplica, machineClient } from '../support/clients.ts';
import { signedIn } from '../support/signed-in.ts';

const service = await startTestService(t);
const guarded = await guardedReplica(t, service);
const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

function keyPair() {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  return { privateKey: pair.privateKey, registered: clientAdministration.readPublicKey(pem), pem };
}

async function signingClient(keys = keyPair()) {
  const { clientId } = await clientAdministration.createClient(service.db, {
    name: 'institution',
    scopes: ['employer-lists:write'],
    workshopCodes: null,
    requestsPerMinute: 1_000,
    key: keys.registered,
  });
  return { clientId, ...keys };
}

type Client = Awaited<ReturnType<typeof signingClient>>;

type Changes = Readonly<{
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: KeyObject | Uint8Array;
}>;

function assertionOf(client: Client, { claims = {}, header = {}, key }: Changes = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: client.clientId,
    sub: client.clientId,
    aud: service.config.publicUrl,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid: client.registered.keyId, ...header })
    .sign(key ?? client.privateKey);
}

const ask = (client_assertion: string, more: Record<string, string> = {}) =>
  askToken(service, {}, { client_assertion_type: type, client_assertion, ...more });

t.test(
  'a signed assertion gets a token, by the service or the endpoint as audience, with or without kid',
  async (t) => {
    const client = await signingClient();
    for (const change of [
      {},
      { claims: { aud: `${service.config.publicUrl}/v1/oauth/token` } },
      { header: { kid: undefined } },
    ]) {
      const answer = await ask(await assertionOf(client, change));
      t.equal(answer.status, 200, answer.text);
      t.equal((await guarded(answer.body.access_token)).status, 200);
    }
  },
);

t.test('an assertion used by 20 at once, on two replicas, is accepted once', async (t) => {
  const client = await signingClient();
  const replica = await service.replica();
  const client_assertion = await assertionOf(client);
  const form = { client_assertion_type: type, client_assertion };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => askToken(index % 2 ? service : replica, {}, form)),
  );
  t.equal(answers.filter(({ status }) => status === 200).length, 1);
  for (const { status, body } of answers.filter(({ status }) => status !== 200)) {
    t.equal(status, 401);
    t.equal(body.error, 'invalid_client');
  }
  t.equal((await ask(client_assertion)).status, 401, 'later too');
});

t.test('the id of an assertion is remembered for as long as it could be accepted', async (t) => {
  const client = await signingClient();
  const now = Math.floor(Date.now() / 1000);
  const nearlyOver = await assertionOf(client, { claims: { exp: now - 5 } });
  t.equal((await ask(nearlyOver)).status, 200, 'clocks may differ by half a minute');
  await cleanUpAssertions(service.db);
  t.equal((await ask(nearlyOver)).status, 401);
  const { db } = service;
  const past = new Date(Date.now() - 60_000);
  await db
    .updateTable('machine_client_assertion')
    .set({ expires_at: past })
    .where('client_id', '=', client.clientId)
    .execute();
  t.ok((await cleanUpAssertions(db)) >= 1, 'then it is cleaned up');
});

t.test('an assertion that is not exactly what the RFC asks for is refused', async (t) => {
  const client = await signingClient();
  const other = await signingClient();
  const now = Math.floor(Date.now() / 1000);
  const cases: Readonly<Record<string, Changes>> = {
    'signed by another client': { key: other.privateKey, header: { kid: undefined } },
    'another issuer': { claims: { iss: other.clientId } },
    'another subject': { claims: { sub: other.clientId } },
    'another audience': { claims: { aud: 'https://elsewhere.example' } },
    'several audiences': { claims: { aud: [service.config.publicUrl, 'https://elsewhere.example'] } },
    'no audience': { claims: { aud: undefined } },
    'no expiry': { claims: { exp: undefined } },
    expired: { claims: { exp: now - 60 } },
    'good for an hour': { claims: { exp: now + 3_600 } },
    'not good yet': { claims: { nbf: now + 120 } },
    'made in an hour': { claims: { iat: now + 3_600 } },
    'made long ago': { claims: { iat: now - 660 } },
    'made at no time': { claims: { iat: 'now' } },
    'key from elsewhere': {
      header: { kid: undefined, jku: 'https://evil.example/jwks' },
      key: other.privateKey,
    },
    'without id': { claims: { jti: undefined } },
    'empty id': { claims: { jti: '' } },
    'id of a number': { claims: { jti: 7 } },
    'endless id': { claims: { jti: 'x'.repeat(201) } },
    'unknown key id': { header: { kid: 'unknown' } },
  };
  for (const [name, change] of Object.entries(cases)) {
    const answer = await ask(await assertionOf(client, change));
    t.equal(answer.status, 401, name);
    t.equal(answer.body.error, 'invalid_client', name);
    t.match(answer.headers.get('www-authenticate'), /^Basic /, name);
  }
  const endless = await ask(await assertionOf(client, { claims: { note: 'x'.repeat(5_000) } }));
  t.equal(endless.status, 401);
});

t.test('no algorithm but that of the registered key is accepted', async (t) => {
  const client = await signingClient();
  const hs = await assertionOf(client, { header: { alg: 'HS256' }, key: Buffer.from(client.pem) });
  t.equal((await ask(hs)).status, 401, 'the public key as a shared secret');
  const [, payload] = (await assertionOf(client)).split('.');
  const none = Buffer.from(JSON.stringify({ alg: 'none', kid: client.registered.keyId })).toString(
    'base64url',
  );
  t.equal((await ask(`${none}.${payload}.`)).status, 401, 'alg: none');
  for (const junk of ['x', 'a.b', 'a.b.c', '..', `${none}.${none}.`, 'x'.repeat(8_000)]) {
    t.equal((await ask(junk)).status, 401, junk.slice(0, 20));
  }
});

/** Signs whatever claims with the service's own key: what is wrong with such a token is inside. */
function forge(claims: Record<string, unknown>, typ = 'at+jwt'): Promise<string> {
  const [secretKey] = service.config.secretKeys;
  if (!secretKey) throw new Error('a key is needed');
  const { kid, privateKeyPem } = deriveSigningKey(secretKey);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ, kid })
    .sign(createPrivateKey(privateKeyPem));
}

const claimsOf = (token: string): Record<string, unknown> => decodeJwt(token);

t.test('people’s tokens open no machine route, machines’ tokens no person’s', async (t) => {
  const person = (await signedIn(service, '0499370899')).token;
  const machine = await (await machineClient(service, ['employer-lists:read'])).token();
  const tried = async (token: string) => {
    const asked = ['/v1/me', '/v1/employer-lists'].map((path) => service.get(path, { token }));
    return (await Promise.all(asked)).map(({ status, body }) => (status === 200 ? 200 : body.code));
  };
  // The process remembers what it has verified: each is tried again after the other.
  for (const round of ['first', 'again']) {
    t.same(await tried(person), [200, 'not-authenticated'], `a person’s, ${round}`);
    t.same(await tried(machine), ['not-authenticated', 200], `a machine’s, ${round}`);
  }
  const both = { ...claimsOf(machine), ...claimsOf(person) };
  const { aud: ofPeople } = claimsOf(person);
  const { aud: ofMachines } = claimsOf(machine);
  const nowhere = ['not-authenticated', 'not-authenticated'];
  t.same(await tried(await forge({ ...claimsOf(person), aud: ofMachines })), nowhere, 'a person’s, renamed');
  t.same(await tried(await forge({ ...claimsOf(machine), aud: ofPeople })), nowhere, 'a machine’s, renamed');
  t.same(await tried(await forge({ ...both, aud: [ofPeople, ofMachines] })), nowhere, 'for both');
  t.same(await tried(await forge({ ...both, aud: [ofPeople] })), nowhere, 'a list of one');
  t.same(await tried(await forge({ ...both, aud: undefined })), nowhere, 'for nobody');
  t.same(await tried(await forge({ ...both, iss: undefined })), nowhere, 'by nobody');
});

t.test('a token of ours with anything changed is refused', async (t) => {
  const client = await machineClient(service, ['employer-lists:write']);
  const token = await client.token();
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const forged = (changes: Record<string, unknown>, typ?: string) => forge({ ...claims, ...changes }, typ);
  t.equal((await guarded(await forged({}))).status, 200, 'the forge works');
  const now = Math.floor(Date.now() / 1000);
  const cases = {
    'people’s audience': await forged({ aud: 'savabegh' }),
    'another type': await forged({}, 'JWT'),
    'another issuer': await forged({ iss: 'http://elsewhere.example' }),
    expired: await forged({ exp: now - 1 }),
    'no issuer': await forged({ iss: undefined }),
    'no audience': await forged({ aud: undefined }),
    'no expiry': await forged({ exp: undefined }),
    'no credential': await forged({ cred: undefined }),
    'credential of another client': await forged({ cred: randomUUID() }),
    'credential that is no id': await forged({ cred: "' or true --" }),
    'no scope': await forged({ scope: undefined }),
    'scopes as a list': await forged({ scope: ['employer-lists:write'] }),
    'another client': await forged({ client_id: randomUUID() }),
    'wider payload': `${header}.${Buffer.from(JSON.stringify({ ...claims, scope: 'employer-lists:read employer-lists:write' })).toString('base64url')}.${signature}`,
    'no signature': `${header}.${payload}.`,
    'another kid': `${Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'x' })).toString('base64url')}.${payload}.${signature}`,
  };
  for (const [name, changed] of Object.entries(cases)) t.equal((await guarded(changed)).status, 401, name);
});

t.test('wrong, unknown, disabled and malformed client credentials get one answer', async (t) => {
  const { clientId, secret } = await machineClient(service, ['employer-lists:write']);
  const disabled = await machineClient(service, ['employer-lists:write']);
  await clientAdministration.setClientState(service.db, disabled.clientId, 'disabled');
  const signing = await signingClient();
  const withoutHeader = (sub: string) =>
    `zzz.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.x`;
  const answers = await Promise.all([
    askToken(service, basic(clientId, `${secret.slice(0, -1)}_`)),
    askToken(service, basic(clientId, '')),
    askToken(service, basic(randomUUID(), secret)),
    askToken(service, basic(disabled.clientId, disabled.secret)),
    askToken(service, basic(signing.clientId, '')),
    askToken(service, basic("' or 1=1 --", secret)),
    askToken(service, basic('\0', '\0')),
    ask(withoutHeader(signing.clientId)),
    ask(withoutHeader(randomUUID())),
    ask(withoutHeader('nobody')),
  ]);
  for (const { status, body, headers } of answers) {
    t.equal(status, 401);
    t.same(body, { error: 'invalid_client', error_description: 'Client authentication failed.' });
    t.equal(headers.get('www-authenticate'), 'Basic realm="savabegh"');
    t.equal(headers.get('cache-control'), 'no-store');
  }
});

t.test('the form is read strictly, and every refusal speaks RFC 6749', async (t) => {
  const { clientId, secret } = await machineClient(service, ['employer-lists:write']);
  const auth = basic(clientId, secret);
  const grant = 'grant_type=client_credentials';
  const cases: readonly [string, Record<string, string>, string, number, string][] = [
    ['repeated parameter', auth, `${grant}&${grant}`, 400, 'invalid_request'],
    ['repeated unknown parameter', auth, `${grant}&x=1&x=2`, 400, 'invalid_request'],
    ['no grant type', auth, 'scope=employer-lists:write', 400, 'invalid_request'],
    ['empty grant type', auth, 'grant_type=', 400, 'invalid_request'],
    ['empty body', auth, '', 400, 'invalid_request'],
    ['another grant', auth, 'grant_type=password&username=a&password=b', 400, 'unsupported_grant_type'],
    ['bad percent-encoding', auth, `${grant}&scope=%E0%A4`, 400, 'invalid_request'],
    ['another client named', auth, `${grant}&client_id=${randomUUID()}`, 400, 'invalid_request'],
    ['no authentication', {}, grant, 401, 'invalid_client'],
    [
      'secret in the body',
      {},
      `${grant}&client_id=${clientId}&client_secret=${secret}`,
      401,
      'invalid_client',
    ],
    [
      'two ways at once',
      auth,
      `${grant}&client_assertion_type=${type}&client_assertion=x`,
      400,
      'invalid_request',
    ],
    [
      'assertion of another type',
      {},
      `${grant}&client_assertion_type=x&client_assertion=x`,
      400,
      'invalid_request',
    ],
    ['assertion without type', {}, `${grant}&client_assertion=x`, 400, 'invalid_request'],
    ['bearer instead of basic', { authorization: 'Bearer x' }, grant, 401, 'invalid_client'],
    ['no colon', { authorization: `Basic ${btoa('x')}` }, grant, 401, 'invalid_client'],
    [
      'json',
      { ...auth, 'content-type': 'application/json' },
      `{"grant_type":"client_credentials"}`,
      400,
      'invalid_request',
    ],
    ['too large', auth, `${grant}&x=${'y'.repeat(70_000)}`, 400, 'invalid_request'],
    ['many parameters', auth, Array.from({ length: 20_000 }, () => 'a').join('&'), 400, 'invalid_request'],
  ];
  for (const [name, headers, form, status, error] of cases) {
    const answer = await askToken(service, headers, form);
    t.equal(answer.status, status, `${name}: ${answer.text}`);
    t.equal(answer.body.error, error, name);
    t.same(Object.keys(answer.body), ['error', 'error_description'], name);
    t.match(
      answer.body.error_description,
      /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/,
      'the characters that the RFC allows',
    );
    t.equal(answer.headers.get('cache-control'), 'no-store', name);
  }
  const unknown = await askToken(service, auth, `${grant}&audience=x&scope=`);
  t.equal(unknown.status, 200, 'unknown parameters are ignored, empty ones count as omitted');
  t.equal((await askToken(service, auth, { client_id: clientId })).status, 200);
  t.equal((await askToken(service, auth, { resource: `${service.config.publicUrl}/v1` })).status, 200);
  for (const resource of ['x', 'https://elsewhere.example', service.config.publicUrl]) {
    const other = await askToken(service, auth, { resource });
    t.match(other, { status: 400, body: { error: 'invalid_target' } }, resource);
  }
});

t.test('another host in the request changes nothing', async (t) => {
  const client = await signingClient();
  const evil = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
  const form = async (aud: string) => ({
    client_assertion_type: type,
    client_assertion: await assertionOf(client, { claims: { aud } }),
  });
  const { publicUrl } = service.config;
  const token = await askToken(service, evil, await form(`${publicUrl}/v1/oauth/token`));
  t.equal(token.status, 200, token.text);
  t.equal(decodeJwt(token.body.access_token).iss, publicUrl);
  const foreign = await askToken(service, evil, await form('https://evil.example/v1/oauth/token'));
  t.equal(foreign.status, 401);
});

t.test('the ceiling of a network speaks RFC 6749 at the token endpoint', async (t) => {
  const limited = await startTestService(t, { environment: { REQUESTS_PER_MINUTE: '2' } });
  await limited.get('/livez');
  const answers = [];
  for (let n = 0; n < 3; n += 1) answers.push(await askToken(limited, {}));
  const last = answers.at(-1);
  t.equal(last?.status, 429);
  t.equal(last?.body.error, 'slow_down');
  t.match(last?.headers.get('retry-after'), /^\d+$/);
});

t.test('neither secret nor assertion nor token reaches the log', async (t) => {
  const client = await machineClient(service, ['employer-lists:write']);
  const token = await client.token();
  const signing = await signingClient();
  const assertion = await assertionOf(signing);
  await ask(assertion);
  await ask(assertion);
  const log = service.logLines.join('\n');
  t.ok(log.includes('/v1/oauth/token'));
  for (const secret of [client.secret, token, assertion]) t.notOk(log.includes(secret));
});
