import pg from 'pg';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { createTestDatabase } from '../support/database.ts';
import { otherPassword, provedRecovery, setRecoveredPassword, signIn, signUp } from '../support/journey.ts';
import { list, work } from '../support/register.ts';
import { pgbouncerPrepares, startPgbouncer } from './programs.ts';

t.test('the whole journey passes through PgBouncer in transaction mode', async (t) => {
  const database = await createTestDatabase();
  const pooler = await startPgbouncer(database.url);
  const prepares = await pgbouncerPrepares();
  const service = await startTestService(t, {
    database: {
      ...database,
      async drop() {
        await pooler.stop();
        await database.drop();
      },
    },
    environment: {
      DATABASE_URL: pooler.url,
      DATABASE_DIRECT_URL: database.url,
      DATABASE_PREPARED_STATEMENTS: prepares ? 'on' : 'off',
    },
  });
  // More connections of clients than of servers, so that statements of one client meet different servers.
  const replica = await service.replica({ background: false }, { DATABASE_POOL_SIZE: '20' });

  const person = await signUp(service);
  const session = await signIn(replica, person);
  t.equal(session.status, 201);
  const token: string = session.body.accessToken;
  const reads = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      (index % 2 ? service : replica).get('/v1/me/insurance-records', { token }),
    ),
  );
  t.same(new Set(reads.map(({ status }) => status)), new Set([200]), 'sixty reads at once');

  await t.test('a list is taken in', async (t) => {
    const client = await machineClient(service, ['employer-lists:write']);
    const { workshop, workers } = list({ rows: [work(person.nationalCode, 30)] });
    const form = new FormData();
    form.append('list', new Blob([new Uint8Array(workshop)]), 'DSKKAR00.DBF');
    form.append('list', new Blob([new Uint8Array(workers)]), 'DSKWOR00.DBF');
    const answer = await fetch(`${replica.origin}/v1/employer-lists`, {
      method: 'POST',
      body: form,
      headers: { authorization: `Bearer ${await client.token()}` },
    });
    t.equal(answer.status, 201, await answer.text());
    const record = await replica.get('/v1/me/insurance-records', { token });
    t.not(record.text, reads[0]?.text, 'and seen in the record');
  });

  await t.test('a password is recovered', async (t) => {
    const flow = await provedRecovery(replica, person);
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 200);
    t.equal((await replica.get('/v1/me', { token })).status, 401, 'the session has ended on every replica');
    t.equal((await signIn(service, person, otherPassword)).status, 201);
  });

  await t.test('messages are handed over: the queue listens past the pooler', async (t) => {
    const deadline = Date.now() + 5_000;
    const waiting = () =>
      service.db.selectFrom('message').where('state', 'in', ['queued', 'sending']).select('id').execute();
    while ((await waiting()).length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    t.same(await waiting(), []);
  });

  await t.test('its connections have the limits that a direct one has', async (t) => {
    const client = new pg.Client({ connectionString: pooler.url });
    await client.connect();
    for (const name of ['statement_timeout', 'idle_in_transaction_session_timeout']) {
      const { rows } = await client.query(`show ${name}`);
      t.same(rows, [{ [name]: '15s' }]);
    }
    await client.end();
  });
});
