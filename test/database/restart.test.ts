import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import t, { type Test } from 'tap';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import { signIn, signUp, startRecovery } from '../support/journey.ts';
import { startRestartableDatabase } from '../support/restartable-database.ts';

function isOnlyBusy(t: Test, answers: readonly Answer[], good: readonly number[]): void {
  for (const { status, headers, body, text } of answers) {
    if (good.includes(status)) continue;
    t.equal(status, 503, text);
    t.equal(body.code, 'busy');
    t.ok(Number(headers.get('retry-after')) >= 1, 'says when to come again');
  }
}

/** Calls again and again until told to stop. */
function keepCalling(call: () => Promise<Answer>): () => Promise<Answer[]> {
  const answers: Answer[] = [];
  let going = true;
  const end = (async () => {
    while (going) {
      answers.push(await call());
      await sleep(10);
    }
  })();
  return async () => {
    going = false;
    await end;
    return answers;
  };
}

const until = async (holds: () => Promise<boolean>, limitMs = 10_000): Promise<number> => {
  const start = performance.now();
  while (!(await holds())) {
    if (performance.now() - start > limitMs) throw new Error('it did not come to pass in time');
    await sleep(20);
  }
  return performance.now() - start;
};

const isHandedOver = (service: TestService, mobile: string) => async () => {
  const rows = await service.db
    .selectFrom('message')
    .where('destination', '=', `+98${mobile.slice(1)}`)
    .select('state')
    .execute();
  return rows.length > 0 && rows.every(({ state }) => state === 'handed_over' || state === 'delivered');
};

t.test('a restart of the database is seen as 503 with Retry-After, and nothing has to be done', async (t) => {
  const database = await startRestartableDatabase();
  const service = await startTestService(t, { database });
  const person = await signUp(service);
  const { body } = await signIn(service, person);
  const endReads = keepCalling(() => service.get('/v1/me/insurance-records', { token: body.accessToken }));
  const endStarts = keepCalling(() => service.post('/v1/recoveries', { nationalCode: person.nationalCode }));
  await sleep(100);
  await database.stop();
  await until(async () => (await service.get('/readyz')).status === 503);
  t.equal((await service.get('/livez')).status, 200, 'the process itself is well');
  await sleep(300);
  await database.start();
  const awayMs = await until(async () => (await service.get('/readyz')).status === 200);
  t.ok(awayMs < 5_000, `ready ${Math.round(awayMs)} ms after the database`);
  await sleep(100);

  const reads = await endReads();
  const starts = await endStarts();
  isOnlyBusy(t, reads, [200]);
  isOnlyBusy(t, starts, [201, 429]);
  for (const answers of [reads, starts]) {
    t.ok(
      answers.some(({ status }) => status === 503),
      'it was noticed',
    );
    t.not(answers.at(-1)?.status, 503, 'and is over');
  }

  const other = await signUp(service);
  const waitedMs = await until(isHandedOver(service, other.mobile));
  t.ok(waitedMs < 10_000, `messages go out again, the first after ${Math.round(waitedMs)} ms`);
});

t.test('while every connection is taken the others are told to come again', async (t) => {
  const service = await startTestService(t, { environment: { DATABASE_POOL_SIZE: '2' } });
  const blocker = new pg.Client({ connectionString: service.databaseUrl });
  await blocker.connect();
  await blocker.query('begin; lock table recovery in access exclusive mode');
  const calls = Array.from({ length: 6 }, () =>
    service.post('/v1/recoveries', { nationalCode: '0499370899' }),
  );
  const refused = await Promise.any(
    calls.map(async (call) => {
      const answer = await call;
      if (answer.status !== 503) throw new Error(answer.text);
      return answer;
    }),
  );
  isOnlyBusy(t, [refused], []);
  t.equal((await service.get('/livez')).status, 200);
  await blocker.query('rollback');
  await blocker.end();
  const answers = await Promise.all(calls);
  isOnlyBusy(t, answers, [201]);
  t.ok(
    answers.some(({ status }) => status === 201),
    'those that had a connection are served',
  );
  t.ok((await startRecovery(service, '0499370899')).id, 'and so is who comes again');
});
