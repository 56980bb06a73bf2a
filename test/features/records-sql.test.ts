import t from 'tap';
import { createRecordService } from '../../src/features/records/index.ts';
import { findRecord } from '../../src/features/records/records.repository.ts';
import type { Principal } from '../../src/kernel/caller.ts';
import { startTestService } from '../support/app.ts';
import { list, openRegister, toCode, work } from '../support/register.ts';
import { registerOf, signedIn } from '../support/signed-in.ts';

const [ali, reza] = [toCode(1), toCode(2)];
const everything = { known: null, wantDocument: false };
const nobody = '0197a000-0000-7000-8000-000000000000';

t.test('the statement that reads records gives a session its own person and nobody else', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  await register.ingest(list({ rows: [work(ali, 30), work(reza, 7)] }));
  const [one, other] = [await signedIn(service, ali), await signedIn(service, reza)];
  const read = (...asked: [Principal, typeof everything]) => findRecord(register.db, ...asked);

  t.match(await read(one, everything), { insuredPersonId: one.insuredPersonId, entries: /,30,/ });
  t.match(await read(other, everything), { insuredPersonId: other.insuredPersonId, entries: /,7,/ });
  for (const [name, principal] of Object.entries({
    'another account with my session': { accountId: other.accountId, sessionId: one.sessionId },
    'my account with another session': { accountId: one.accountId, sessionId: other.sessionId },
    'no such session': { accountId: one.accountId, sessionId: nobody },
    'no such account': { accountId: nobody, sessionId: one.sessionId },
  })) {
    t.equal(await read(principal, everything), undefined, name);
  }
  const past = new Date(Date.now() - 1000);
  await register.db
    .updateTable('session')
    .set({ idle_expires_at: past, expires_at: past })
    .where('id', '=', one.sessionId)
    .execute();
  t.equal(await read(one, everything), undefined, 'an expired session');
});

t.test('the service answers for its principal only, with or without a known state', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  await register.ingest(list({ rows: [work(ali, 30), work(reza, 7)] }));
  const [one, other] = [await signedIn(service, ali), await signedIn(service, reza)];
  const records = createRecordService({ openLook: async () => {}, db: register.db });
  const mine = await records.wholeRecord(one, []);
  await records.wholeRecord(one, []);
  const tags = [mine.tag];
  t.equal((await records.wholeRecord(one, tags)).content, null);
  t.not((await records.wholeRecord(other, tags)).content, null, 'my tag confirms nothing for others');
  const crossed = { accountId: one.accountId, sessionId: other.sessionId };
  const calls: readonly (() => Promise<unknown>)[] = [
    () => records.wholeRecord(crossed, []),
    () => records.wholeRecord(crossed, tags),
    () => records.findRecords(crossed, [], { limit: 100 }),
    () => records.findYear(crossed, [], 1404),
    () => records.summarise(crossed, []),
  ];
  for (const call of calls) {
    await t.rejects(call(), { message: 'not-authenticated' });
  }
});

t.test('a history is read from a handful of pages although it arrived month by month', async (t) => {
  const register = await openRegister(t);
  const people = Array.from({ length: 300 }, (_, n) => toCode(n));
  for (let n = 0; n < 60; n += 1) {
    const month = { year: 1399 + Math.floor(n / 12), month: (n % 12) + 1 };
    await register.ingest(list({ ...month, rows: people.map((code) => work(code, 29)) }));
  }
  await register.pool.query('vacuum analyze');
  const client = await register.pool.connect();
  t.teardown(() => client.release());
  const pagesOf = async (text: string, values: unknown[]) => {
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, values);
    const plan = rows[0]['QUERY PLAN'][0].Plan;
    return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  };
  const { rows } = await client.query('select id from insured_person where national_code = $1', [
    toCode(150),
  ]);
  const record = await pagesOf(
    'select length(recent || settled) from insurance_record where insured_person_id = $1',
    [rows[0].id],
  );
  const evidence = await pagesOf('select * from employer_list_row where national_code = $1', [toCode(150)]);
  t.equal((await register.record(toCode(150))).length, 60);
  t.ok(record <= 12, `${record} pages of the record`);
  t.ok(evidence > 60, `${evidence} pages of the lists`);
});

t.test('a month that arrives rewrites little: the update stays on its page', async (t) => {
  const register = await openRegister(t);
  const people = Array.from({ length: 300 }, (_, n) => toCode(n));
  for (let n = 0; n < 12; n += 1) {
    await register.ingest(list({ year: 1403, month: n + 1, rows: people.map((code) => work(code, 29)) }));
    // As it happens by itself from month to month, and here not while others look at their own databases.
    await register.pool.query('vacuum insurance_record');
  }
  await register.pool.query('select pg_stat_force_next_flush()');
  const { rows } = await register.pool.query(
    `select pg_stat_get_tuples_updated(oid)::float8 as updated, pg_stat_get_tuples_hot_updated(oid)::float8 as hot,
       pg_relation_size('insurance_record_pk')::float8 as index_bytes
     from pg_class where relname = 'insurance_record'`,
  );
  const [{ updated, hot, index_bytes: indexBytes }] = rows;
  t.comment(`${hot} of ${updated} updates stayed on their page; index ${indexBytes} bytes`);
  t.ok(hot / updated > 0.75, `${hot} of ${updated}`);
});
