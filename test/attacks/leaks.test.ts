import { sql } from 'kysely';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import {
  challengedRecovery,
  goodPassword,
  messagesTo,
  otherPassword,
  setRecoveredPassword,
  signIn,
  signUp,
  wrongCode,
} from '../support/journey.ts';
import { newKey, refreshFrom } from '../support/sessions.ts';

t.test('after a whole run no secret is in any log line or any row', async (t) => {
  const service = await startTestService(t, { environment: { LOG_LEVEL: 'debug' } });
  const person = await signUp(service);
  const { body: session } = await signIn(service, person);
  await signIn(service, person, 'Wrong7Words');
  const refreshKey = newKey();
  const { body: refreshed } = await refreshFrom(service, session.refreshToken, { key: refreshKey });
  await refreshFrom(service, session.refreshToken, { key: refreshKey });
  const flow = await challengedRecovery(service, person);
  await service.post(
    `/v1/recoveries/${flow.id}/verification`,
    { code: wrongCode(flow.code) },
    { token: flow.token },
  );
  await service.post(`/v1/recoveries/${flow.id}/verification`, { code: flow.code }, { token: flow.token });
  await setRecoveredPassword(service, flow, otherPassword);
  await signIn(service, person, otherPassword);
  await service.post('/v1/password-policy/evaluations', {
    password: 'Evaluated5Once',
    nationalCode: person.nationalCode,
  });
  await service.get(`/v1/me/nothing?token=${session.accessToken}`);
  await service.get('/v1/me', { token: 'not.a.token' });
  await service.call('POST', '/v1/sessions', { rawBody: `{"password":"${goodPassword}"` });
  const codes = (await messagesTo(service, person.mobile)).flatMap(
    (message) => (message as { code?: string }).code ?? [],
  );
  t.equal(codes.length, 2);

  const secrets = {
    password: goodPassword,
    'new password': otherPassword,
    'wrong password': 'Wrong7Words',
    'evaluated password': 'Evaluated5Once',
    'answer to a question': 'آجری',
    'access token': session.accessToken.split('.')[2],
    'refresh token': session.refreshToken,
    'next refresh token': refreshed.refreshToken,
    'device token': session.deviceToken,
    'idempotency key': refreshKey,
    'flow token': flow.token,
    ...Object.fromEntries(codes.map((code, index) => [`code ${index + 1}`, code])),
    'key material':
      service.config.secretKeys[0] &&
      Buffer.from(service.config.secretKeys[0].key.expose()).toString('base64'),
  };
  const personal = { 'national code': person.nationalCode, mobile: person.mobile.slice(1) };

  t.ok(service.logLines.length > 10, 'there is a log to look at');
  const log = service.logLines.join('\n');
  for (const [name, secret] of Object.entries({ ...secrets, ...personal })) {
    t.notOk(log.includes(String(secret)), `${name} is in no log line`);
  }

  const { rows: tables } = await sql<{ name: string }>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`.execute(service.db);
  t.ok(tables.length > 10);
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.raw(name)} t`.execute(
      service.db,
    );
    // Ids and instants may hold six digits by chance: codes are looked for as words of their own.
    const text = rows.map(({ row }) => row).join('\n');
    for (const [what, secret] of Object.entries(secrets)) {
      const found = what.startsWith('code')
        ? new RegExp(`(?<![\\d.:a-f-])${secret}(?![\\d.:a-f-])`).test(text)
        : text.includes(String(secret));
      t.notOk(found, `${what} is in no row of ${name}`);
    }
  }
});

t.test('an unexpected error says nothing of itself to the caller', async (t) => {
  const service = await startTestService(t, { overrides: { background: false } });
  await sql`alter table account rename to account_gone`.execute(service.db);
  const { status, body, text } = await service.post('/v1/sessions', {
    nationalCode: '0684159414',
    password: 'x',
  });
  t.equal(status, 500);
  t.equal(body.code, 'internal-error');
  t.notMatch(text, /account|relation|select|at /i);
});
