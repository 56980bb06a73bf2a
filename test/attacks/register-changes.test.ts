import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { connect } from '../../src/database/connection.ts';
import type { MobileOwnership } from '../../src/features/mobile-ownership/index.ts';
import { applyRipeChanges } from '../../src/features/people/index.ts';
import { recordWriter } from '../../src/features/records/index.ts';
import { endRegistrations } from '../../src/features/registration/index.ts';
import { createOutbox } from '../../src/messaging/outbox.ts';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import { savabegh } from '../support/command.ts';
import { everyMessageEnded, internationalOf, messagesAt } from '../support/contacts.ts';
import {
  codeSentTo,
  goodPassword,
  insuredPerson,
  otherPassword,
  type Person,
  securityAnswers,
  setRecoveredPassword,
  signIn,
  signUp,
  startRegistration,
  verifiedRegistration,
} from '../support/journey.ts';
import { type Officer, officer } from '../support/officers.ts';
import { accountOf, age, dispute, noticeToken, provedBy, withEmail } from '../support/recovery.ts';
import { list, type Register, registerOn, toCode, work } from '../support/register.ts';

const day = 24 * 60 * 60;
/** 72 hours, and what everybody waits for notices to leave. */
const wait = 3 * day + 5 * 60;
const reason = 'Birth certificate seen at the desk';

/** The change that was asked for, which is the first of the person's; a refusal as it is. */
async function mend(service: TestService, { token }: Officer, id: string, details: Record<string, unknown>) {
  const body = { reason, ...details };
  const answer = await service.call('PATCH', `/v1/branch/insured-people/${id}`, { token, body });
  return answer.status === 200 ? { ...answer, body: answer.body.changes[0] } : answer;
}
const merge = (service: TestService, { token }: Officer, id: string, otherId: string) =>
  service.post(`/v1/branch/insured-people/${id}/merge`, { otherId, reason }, { token });
const approve = (service: TestService, { token }: Officer, { body }: Answer) =>
  service.post(`/v1/branch/changes/${body.id}/approval`, undefined, { token });
const reverse = (service: TestService, { token }: Officer, { body }: Answer) =>
  service.post(`/v1/branch/changes/${body.id}/reversal`, { reason: 'It was a mistake' }, { token });
const search = (service: TestService, { token }: Officer, by: Record<string, string>) =>
  service.post('/v1/branch/insured-people/searches', by, { token });
const view = (service: TestService, { token }: Officer, id: string) =>
  service.get(`/v1/branch/insured-people/${id}`, { token });

const ripen = ({ db }: TestService) =>
  applyRipeChanges({ db, outbox: createOutbox(), records: recordWriter, endRegistrations });

async function entryOf({ db }: TestService, { nationalCode }: Pick<Person, 'nationalCode'>) {
  return db
    .selectFrom('insured_person')
    .where('national_code', '=', nationalCode)
    .selectAll()
    .executeTakeFirstOrThrow();
}

/** After so long, with every notice gone out before. */
async function later(service: TestService, seconds: number): Promise<number> {
  await everyMessageEnded(service);
  await age(service, seconds);
  return ripen(service);
}

function registerOf(t: Test, service: TestService): Register {
  const { db, pool, close } = connect({ url: service.databaseUrl, poolSize: 4, applicationName: 'test' });
  t.teardown(close);
  return registerOn(db, pool, service.databaseUrl);
}

async function rows({ db }: TestService, table: 'register_change' | 'insured_person_decision') {
  const { rows } = await sql<{ count: number }>`select count(*)::integer from ${sql.table(table)}`.execute(
    db,
  );
  return rows[0]?.count;
}

t.test('an accomplice’s record', async (t) => {
  const service = await startTestService(t);
  const [first, second] = [await officer(service), await officer(service)];
  const elsewhere = await officer(service, '0999');

  t.test('one officer, or two of different branches, change nothing that identifies somebody', async (t) => {
    const victim = await signUp(service);
    const before = await entryOf(service, victim);
    const accomplice = await insuredPerson(service);
    const other = await entryOf(service, accomplice);
    const asked = [
      await mend(service, first, before.id, { birthDate: '1350-01-01' }),
      await mend(service, first, before.id, { nationalCode: toCode(1) }),
      await mend(service, first, before.id, { insuranceNumber: '0012345678' }),
      await merge(service, first, other.id, before.id),
    ];
    for (const answer of asked) {
      t.match([answer.status, answer.body.state], [200, 'approval-needed'], answer.text);
      t.equal((await approve(service, first, answer)).body.code, 'second-officer-needed');
      t.equal((await approve(service, elsewhere, answer)).body.code, 'register-change-not-open');
    }
    t.equal(await later(service, 10 * day), 0);
    for (const answer of asked) {
      t.equal((await approve(service, second, answer)).body.code, 'register-change-not-open', 'after a day');
    }
    t.same(await entryOf(service, victim), before);
    t.equal((await signIn(service, victim)).status, 201);
  });

  t.test('two officers are told of to every trusted address, and stopped by any of them', async (t) => {
    const victim = await signUp(service);
    const email = await withEmail(service, victim);
    const before = await entryOf(service, victim);
    const asked = await mend(service, first, before.id, { nationalCode: toCode(2) });
    const approved = await approve(service, second, asked);
    t.match(approved.body, { state: 'waiting' }, approved.text);
    t.same((await approve(service, second, asked)).body, approved.body, 'a lost answer is given again');
    t.equal(await later(service, 3 * day - 120), 0, 'not before 72 hours');
    const link = await noticeToken(service, email, 'register-change-approved');
    await noticeToken(service, victim.mobile, 'register-change-approved');
    t.equal((await dispute(service, link)).status, 204);
    t.equal((await dispute(service, link)).status, 204, 'the same again: the same');
    t.equal(await later(service, day), 0);
    t.same(await entryOf(service, victim), before);
    t.equal((await accountOf(service, victim)).lock, 'locked');
    t.match((await view(service, first, before.id)).body.changes, [{ state: 'cancelled' }]);
    const own = await provedBy(service, victim, 'sms');
    t.equal((await setRecoveredPassword(service, own, otherPassword)).status, 200, 'the owner gets in');
  });

  t.test('what has happened is taken back by the owner’s link', async (t) => {
    const victim = await signUp(service);
    const before = await entryOf(service, victim);
    const code = toCode(3);
    await approve(service, second, await mend(service, first, before.id, { nationalCode: code }));
    t.equal(await later(service, wait + 1), 1);
    t.equal((await signIn(service, { ...victim, nationalCode: code })).status, 201, 'the new user name');
    t.equal((await signIn(service, victim)).status, 401, 'not the old one');
    await everyMessageEnded(service);
    const link = await noticeToken(service, victim.mobile, 'register-changed');
    t.equal((await dispute(service, link)).status, 204);
    t.equal(await ripen(service), 1, 'within a minute');
    t.match(await entryOf(service, victim), { id: before.id, birth_date: before.birth_date });
    t.equal((await accountOf(service, victim)).lock, 'locked');
    t.match((await view(service, first, before.id)).body.changes, [
      { kind: 'mend', state: 'applied', details: { nationalCode: victim.nationalCode } },
      { kind: 'mend', state: 'reversed', details: { nationalCode: code } },
    ]);
  });

  t.test('an officer for themselves, on either side', async (t) => {
    const own = await entryOf(service, first.person);
    const another = await entryOf(service, await insuredPerson(service));
    t.equal((await mend(service, first, own.id, { birthDate: '1350-01-01' })).body.code, 'own-account');
    t.equal((await mend(service, first, own.id, { firstName: 'نیلوفر' })).body.code, 'own-account');
    t.equal((await merge(service, first, own.id, another.id)).body.code, 'own-account');
    t.equal((await merge(service, first, another.id, own.id)).body.code, 'own-account');
    const asked = await merge(service, second, another.id, own.id);
    t.equal((await approve(service, first, asked)).body.code, 'own-account');
  });

  t.test('nothing happens once a giver has lost the role', async (t) => {
    const victim = await signUp(service);
    const before = await entryOf(service, victim);
    const third = await officer(service);
    await approve(service, third, await mend(service, first, before.id, { birthDate: '1350-01-01' }));
    await service.db
      .deleteFrom('officer')
      .where('account_id', '=', (await accountOf(service, third.person)).id)
      .execute();
    t.equal(await later(service, wait + 1), 0);
    t.same(await entryOf(service, victim), before);
    t.match((await view(service, first, before.id)).body.changes, [{ state: 'not-possible' }]);
  });

  t.test('a notice that has not left holds it up', async (t) => {
    const victim = await signUp(service);
    const before = await entryOf(service, victim);
    await approve(service, second, await mend(service, first, before.id, { birthDate: '1350-01-01' }));
    await everyMessageEnded(service);
    const late = service.db
      .updateTable('message')
      .where('purpose', '=', 'register-change-approved')
      .where('account_id', '=', (await accountOf(service, victim)).id);
    await late.set({ handed_over_at: null }).execute();
    t.equal(await later(service, wait + 1), 0, 'while it is on its way');
    await late.set({ handed_over_at: new Date() }).execute();
    t.equal(await later(service, day), 0, 'a day after it left');
    t.equal(await later(service, 2 * day), 1, 'three days after');
  });
});

t.test('what is taken back is as it was', async (t) => {
  const service = await startTestService(t);
  const [first, second] = [await officer(service), await officer(service)];
  const register = registerOf(t, service);

  t.test('also where a list brought the old code again meanwhile', async (t) => {
    const victim = await signUp(service);
    const before = await entryOf(service, victim);
    await approve(service, second, await mend(service, first, before.id, { nationalCode: toCode(41) }));
    t.equal(await later(service, wait + 1), 1);
    await register.ingest(list({ month: 4, rows: [work(victim.nationalCode)] }));
    t.not((await entryOf(service, victim)).id, before.id, 'somebody else by that code');
    const link = await noticeToken(service, victim.mobile, 'register-changed');
    t.equal((await dispute(service, link)).status, 204);
    t.equal(await ripen(service), 1);
    t.equal((await entryOf(service, victim)).id, before.id);
    t.equal((await register.record(victim.nationalCode)).length, 1, 'with the month that came meanwhile');
    t.equal(await register.verify(), 0);
    await register.ingest(
      list({ month: 5, rows: [work(victim.nationalCode, 30, 5_000_000, { DSW_ID1: '0011223344' })] }),
    );
    t.equal(
      (await entryOf(service, victim)).insurance_number,
      '0011223344',
      'and what lists say holds again',
    );
  });

  t.test('who stayed in a merge keeps name and birth date, and the months that were theirs', async (t) => {
    const owner = await signUp(service);
    const before = await entryOf(service, owner);
    const number = '0033445566';
    const other = { DSW_FNAME: 'مهرانه', DSW_LNAME: 'کاویان', DSW_BDATE: '13500101', DSW_ID1: number };
    await register.ingest(list({ month: 2, rows: [work('', 30, 5_000_000, other)] }));
    const [from] = await service.db
      .selectFrom('insured_person')
      .where('insurance_number', '=', number)
      .selectAll()
      .execute();
    const third = { DSW_FNAME: before.first_name, DSW_LNAME: before.last_name, DSW_ID1: '0044556677' };
    await register.ingest(list({ month: 3, rows: [work('', 30, 5_000_000, third)] }));
    await approve(service, second, await merge(service, first, before.id, from?.id ?? ''));
    t.equal(await later(service, wait + 1), 1);
    t.equal((await register.record(owner.nationalCode)).length, 1, 'nobody else is absorbed');
    const link = await noticeToken(service, owner.mobile, 'register-changed');
    t.equal((await dispute(service, link)).status, 204);
    t.equal(await ripen(service), 1);
    t.same(await entryOf(service, owner), before);
    t.same(
      await service.db
        .selectFrom('insured_person')
        .where('insurance_number', '=', number)
        .selectAll()
        .execute(),
      [from],
    );
    t.equal(await register.verify(), 0);
  });

  t.test('a correction that still says the old code means the same person', async (t) => {
    const [wrong, right] = [toCode(51), toCode(52)];
    const place = { workshop: '0123456789', month: 6 };
    await register.ingest(list({ ...place, rows: [work(wrong, 30)] }));
    const { id } = await entryOf(service, { nationalCode: wrong });
    await approve(service, second, await mend(service, first, id, { nationalCode: right }));
    t.equal(await later(service, wait + 1), 1);
    await register.ingest(list({ ...place, rows: [work(wrong, 29)] }));
    t.match(await register.record(right), [{ days: 29 }]);
    t.equal(await register.verify(), 0);
  });
});

t.test('nothing waits for a list that is being imported, and no change for another', async (t) => {
  const service = await startTestService(t);
  const [first, second] = [await officer(service), await officer(service)];
  const [victim, next] = [await signUp(service), await signUp(service)];
  const { id } = await entryOf(service, victim);
  await approve(service, second, await mend(service, first, id, { nationalCode: toCode(61) }));
  t.equal(await later(service, wait + 1), 1);
  await everyMessageEnded(service);
  const link = await noticeToken(service, victim.mobile, 'register-changed');
  await service.db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('insured-person', 0))`.execute(trx);
    t.equal((await dispute(service, link)).status, 204);
    const { lock } = await service.db
      .selectFrom('account')
      .where('insured_person_id', '=', id)
      .select('lock')
      .executeTakeFirstOrThrow();
    t.equal(lock, 'locked');
  });
  // One that fails, for whatever reason, holds none of the others up.
  await sql`create function fail() returns trigger language plpgsql as 'begin raise exception ''no''; end'`.execute(
    service.db,
  );
  await sql`create trigger fail before update on insured_person for each row when (old.id = ${sql.lit(id)}) execute function fail()`.execute(
    service.db,
  );
  await approve(
    service,
    second,
    await mend(service, first, (await entryOf(service, next)).id, { birthDate: '1361-02-03' }),
  );
  await everyMessageEnded(service);
  await age(service, wait + 1);
  await t.rejects(ripen(service), { errors: [{ message: 'no' }] });
  t.match(await entryOf(service, next), { birth_date: '1982-04-23' });
});

t.test('a sign-up in flight does not pass a change of whom it is about', async (t) => {
  const other = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let waits = false;
  const mobileOwnership: MobileOwnership = {
    asksAbout: () => true,
    async check() {
      if (waits) {
        asked.resolve();
        await other.promise;
      }
      return 'matched';
    },
  };
  const service = await startTestService(t, { overrides: { mobileOwnership } });
  const person = await insuredPerson(service);
  const flow = await startRegistration(service, person);
  const code = await codeSentTo(service, person.mobile);
  waits = true;
  const verifying = service.post(
    `/v1/registrations/${flow.id}/verification`,
    { code },
    { token: flow.flowToken },
  );
  await asked.promise;
  const run = await savabegh(
    ['people', 'mend', person.nationalCode, '--birth-date', '1361-02-03', '--reason', reason, '--by', 'sara'],
    { DATABASE_URL: service.databaseUrl },
  );
  t.equal(run.code, 0, run.stderr);
  other.resolve();
  t.not((await verifying).status, 200);
});

t.test('a desk learns nothing of accounts', async (t) => {
  const service = await startTestService(t);
  const [first, second] = [await officer(service), await officer(service)];
  const answers = [];
  for (const person of [await signUp(service), await insuredPerson(service)]) {
    const { body: found } = await service.post(
      '/v1/branch/insured-people/searches',
      { nationalCode: person.nationalCode },
      { token: first.token },
    );
    const { id } = found.people[0];
    const asked = await mend(service, first, id, { birthDate: '1350-01-01' });
    const approved = await approve(service, second, asked);
    const seen = await view(service, first, id);
    const keys = (answer: Answer) =>
      answer.text.replace(
        /"\d{4}-\d\d-\d\dT[^"]+"|"[0-9a-f-]{36}"|"\d{10}"|"[\u0600-\u06FF‌ ]+"|"\d{4}-\d\d-\d\d"/g,
        '""',
      );
    answers.push([asked, approved, seen].map(keys));
  }
  t.same(answers[0], answers[1]);
  t.match(answers[0]?.[1], /"waiting"/);
});

t.test('a merge', async (t) => {
  const service = await startTestService(t);
  const [first, second] = [await officer(service), await officer(service)];
  const register = registerOf(t, service);
  const number = '0098765432';

  async function twoEntries(person: Person) {
    const name = { DSW_FNAME: 'روشنک', DSW_LNAME: 'صدرایی', DSW_BDATE: '13600101' };
    const other = { DSW_FNAME: 'روشا', DSW_LNAME: 'صدرائی‌نیا', DSW_BDATE: '13620514' };
    await register.ingest(list({ month: 5, rows: [work('', 30, 5_000_000, { ...other, DSW_ID1: number })] }));
    await register.ingest(
      list({ month: 6, rows: [work(person.nationalCode, 30, 5_000_000, { ...name, DSW_ID1: '' })] }),
    );
    const to = await entryOf(service, person);
    const from = await service.db
      .selectFrom('insured_person')
      .where('insurance_number', '=', number)
      .where('national_code', 'is', null)
      .selectAll()
      .executeTakeFirstOrThrow();
    return { to, from };
  }

  t.test('brings the months together, and is taken apart again without a trace in the records', async (t) => {
    const person = await signUp(service);
    const { to, from } = await twoEntries(person);
    const before = await register.everything();
    const asked = await merge(service, first, from.id, to.id);
    t.match(asked.body, { personId: to.id, otherId: from.id }, 'the one with a national code stays');
    await approve(service, second, asked);
    t.equal(await later(service, wait + 1), 1);
    t.same((await register.record(person.nationalCode)).map(({ month }) => month.month).sort(), [5, 6]);
    t.equal(await register.verify(), 0);
    // Whoever is named by the old number later is that person.
    const later7 = list({
      month: 7,
      rows: [work('', 30, 5_000_000, { DSW_FNAME: 'روشا', DSW_LNAME: 'صدرائی‌نیا', DSW_ID1: number })],
    });
    await register.ingest(later7);
    t.equal((await register.record(person.nationalCode)).length, 3);
    t.same(
      (await search(service, first, { insuranceNumber: number })).body.people.map(
        ({ id }: { id: string }) => id,
      ),
      [to.id],
      'and is found by it',
    );

    const back = await reverse(service, second, asked);
    t.match(back.body, { kind: 'split', state: 'approval-needed', reverses: asked.body.id }, back.text);
    await approve(service, first, back);
    t.equal(await later(service, wait + 1), 1);
    t.same(
      (await register.record(person.nationalCode)).map(({ month }) => month.month),
      [6],
    );
    t.equal(await register.verify(), 0);
    const { rows: months } = await register.pool.query(
      'select settled from insurance_record where insured_person_id = $1',
      [from.id],
    );
    t.equal(
      JSON.parse(`[${months[0].settled.slice(0, -1)}]`).length,
      2,
      'with the month that came meanwhile',
    );
    t.match((await view(service, first, to.id)).body.changes, [{ state: 'applied' }, { state: 'reversed' }]);
    t.equal(
      JSON.parse(before).insured_person.length,
      JSON.parse(await register.everything()).insured_person.length,
    );
    t.equal((await signIn(service, person)).status, 201);
  });

  t.test(
    'of two with national codes leaves one who is found by either, at the desk and by operators',
    async (t) => {
      const [one, two] = [await insuredPerson(service), await insuredPerson(service)];
      const [to, from] = [await entryOf(service, one), await entryOf(service, two)];
      const run = (...args: string[]) => savabegh(['people', ...args], { DATABASE_URL: service.databaseUrl });
      const merged = await run('merge', one.nationalCode, two.nationalCode, '--reason', reason);
      t.equal(merged.code, 0, merged.stderr);
      for (const { nationalCode } of [one, two]) {
        const found = await search(service, first, { nationalCode });
        t.match(found.body, { people: [{ id: to.id, nationalCode: one.nationalCode }] }, found.text);
      }
      t.match(await run('show', two.nationalCode), { code: 0, stdout: to.id });
      t.match(await run('show', from.id), { code: 1, stderr: /no such person/ });
    },
  );

  t.test('takes the account along, which signs in under the national code from then on', async (t) => {
    const person = await insuredPerson(service);
    await register.pool
      .query(`delete from insured_person where insurance_number = $1 and national_code is null`, [number])
      .catch(() => {});
    const to = await entryOf(service, person);
    const [from] = await service.db
      .insertInto('insured_person')
      .values({
        national_code: null,
        insurance_number: '0055667788',
        first_name: 'روشا',
        last_name: 'نیا',
        father_name: null,
        birth_date: '1983-08-05',
      })
      .returning('id')
      .execute();
    const foreigner = await signUp(service);
    await sql`update account set insured_person_id = ${from?.id}, national_code = null, insurance_number = '0055667788'
      where national_code = ${foreigner.nationalCode}`.execute(service.db);
    const asked = await merge(service, first, to.id, from?.id ?? '');
    await approve(service, second, asked);
    t.equal(await later(service, wait + 1), 1);
    t.equal((await signIn(service, person)).status, 201, 'the same password');
    t.equal((await view(service, first, from?.id ?? '')).body.code, 'person-not-found');
    await everyMessageEnded(service);
    const link = await noticeToken(service, foreigner.mobile, 'register-changed');
    t.equal((await dispute(service, link)).status, 204, 'and is taken back by its owner');
    t.equal(await ripen(service), 1);

    t.match(
      await service.db
        .selectFrom('account')
        .where('insured_person_id', '=', from?.id ?? '')
        .selectAll()
        .execute(),
      [{ national_code: null, insurance_number: '0055667788', lock: 'locked' }],
    );
  });

  t.test('of two who both have an account does not happen', async (t) => {
    const [one, two] = [await signUp(service), await signUp(service)];
    const [to, from] = [await entryOf(service, one), await entryOf(service, two)];
    const asked = await merge(service, first, to.id, from.id);
    await approve(service, second, asked);
    t.equal(await later(service, wait + 1), 0);
    t.match((await view(service, first, to.id)).body.changes, [{ state: 'not-possible' }]);
    t.same([await entryOf(service, one), await entryOf(service, two)], [to, from]);
    for (const each of [one, two]) t.equal((await signIn(service, each)).status, 201);
  });

  t.test('does not happen to somebody who could not be told', async (t) => {
    const person = await signUp(service);
    const { id } = await entryOf(service, person);
    const barred = service.db.updateTable('account').set({ barred_kinds: ['mobile'] });
    await barred.where('national_code', '=', person.nationalCode).execute();
    await approve(
      service,
      second,
      await merge(service, first, id, (await entryOf(service, await insuredPerson(service))).id),
    );
    t.equal(await later(service, wait + 1), 0);
    t.match((await view(service, first, id)).body.changes, [{ state: 'not-possible' }]);
  });

  t.test('does not happen to somebody who signed up meanwhile and was not told', async (t) => {
    const [one, two] = [await insuredPerson(service), await insuredPerson(service)];
    const [to, from] = [await entryOf(service, one), await entryOf(service, two)];
    await approve(service, second, await merge(service, first, to.id, from.id));
    await signUp(service, goodPassword, two);
    t.equal(await later(service, wait + 1), 0);
    t.same(await entryOf(service, two), from);
  });
});

t.test('a change', async (t) => {
  const service = await startTestService(t);
  const [first, second] = [await officer(service), await officer(service)];
  const register = registerOf(t, service);

  t.test('of a name is written by one, told, and holds against later lists', async (t) => {
    const person = await signUp(service);
    const { id } = await entryOf(service, person);
    const named = await mend(service, first, id, { firstName: '  پریسا ', lastName: 'آل‌طاها' });
    t.match(named.body, { state: 'applied' }, named.text);
    t.same(JSON.parse(named.text), (await view(service, first, id)).body, 'the person as a look shows it');
    const rows = [work(person.nationalCode, 30, 5_000_000, { DSW_FNAME: 'پریسان', DSW_LNAME: 'طاها' })];
    await register.ingest(list({ month: 3, rows }));
    t.match(await entryOf(service, person), { first_name: 'پریسا', last_name: 'آل‌طاها' });
    t.match((await view(service, second, id)).body, {
      contested: false,
      claims: [{ firstName: 'پریسان', month: { year: 1404, month: 3 } }],
    });
    await everyMessageEnded(service);
    t.match(await messagesAt(service, internationalOf(person.mobile)), [{ purpose: 'register-changed' }]);
    const { body: session } = await signIn(service, person);
    const { body: activity } = await service.get('/v1/me/activity', { token: session.accessToken });
    const kinds = activity.entries.map(({ kind }: { kind: string }) => kind);
    t.ok(kinds.includes('register-changed') && kinds.includes('looked-up-at-branch'), kinds.join());
  });

  t.test(
    'of a birth date opens the sign-up that the old one kept closed, and ends one that rested on it',
    async (t) => {
      const person = await insuredPerson(service);
      const { id } = await entryOf(service, person);
      const proved = await verifiedRegistration(service, person);
      await approve(service, second, await mend(service, first, id, { birthDate: '1361-02-03' }));
      t.equal(await later(service, wait + 1), 1);
      const completion = {
        password: goodPassword,
        passwordConfirmation: goodPassword,
        securityAnswers: await securityAnswers(service),
      };
      const completed = await service.post(`/v1/registrations/${proved.id}/completion`, completion, {
        token: proved.flowToken,
      });
      t.equal(completed.status, 401, completed.text);
      await signUp(service, goodPassword, { ...person, birthDate: '1361-02-03' });
      t.equal((await signIn(service, person)).status, 201);
    },
  );

  t.test(
    'of a national code keeps the months, and leaves the old code to whoever it belongs to',
    async (t) => {
      const [wrong, right] = [toCode(31), toCode(32)];
      const name = { DSW_FNAME: 'کیوان', DSW_LNAME: 'فرزین' };
      await register.ingest(list({ month: 1, rows: [work(wrong, 30, 5_000_000, name)] }));
      const { id } = await entryOf(service, { nationalCode: wrong });
      await approve(service, second, await mend(service, first, id, { nationalCode: right }));
      t.equal(await later(service, wait + 1), 1);
      t.equal((await register.record(right)).length, 1);
      const stranger = { DSW_FNAME: 'ساسان', DSW_LNAME: 'بهادری' };
      await register.ingest(list({ month: 2, rows: [work(wrong, 30, 5_000_000, stranger)] }));
      t.same([(await register.record(right)).length, (await register.record(wrong)).length], [1, 1]);
      t.equal(await register.verify(), 0);
    },
  );

  t.test('is refused, and changes nothing, where it cannot be', async (t) => {
    const [person, other] = [await insuredPerson(service), await insuredPerson(service)];
    const { id } = await entryOf(service, person);
    const before = [await rows(service, 'register_change'), await rows(service, 'insured_person_decision')];
    const unknown = '01890a5d-ac96-774b-bcce-b302099a8057';
    for (const [answer, code] of [
      [await mend(service, first, id, { nationalCode: other.nationalCode }), 'number-of-another-person'],
      [await mend(service, first, id, { nationalCode: person.nationalCode }), 'nothing-to-change'],
      [await mend(service, first, id, {}), 'nothing-to-change'],
      [await merge(service, first, id, id), 'nothing-to-change'],
      [await merge(service, first, id, unknown), 'person-not-found'],
      [await mend(service, first, unknown, { birthDate: '1360-01-01' }), 'person-not-found'],
      [await mend(service, first, id, { birthDate: '1360-13-01' }), 'invalid-input'],
      [await mend(service, first, id, { nationalCode: '1234567890' }), 'invalid-input'],
      [await mend(service, first, id, { firstName: ' \u200f ' }), 'invalid-input'],
      [await mend(service, first, id, { reason: 'x', birthDate: '1360-01-01' }), 'invalid-input'],
      [await mend(service, first, id, { reason: '     ', birthDate: '1360-01-01' }), 'invalid-input'],
      [await approve(service, first, { body: { id: unknown } } as Answer), 'register-change-not-open'],
      [
        await mend(
          service,
          { ...first, token: (await signIn(service, await signUp(service))).body.accessToken },
          id,
          { birthDate: '1360-01-01' },
        ),
        'not-an-officer',
      ],
    ] as const) {
      t.equal(answer.body.code, code, answer.text);
    }
    t.same([await rows(service, 'register_change'), await rows(service, 'insured_person_decision')], before);
  });

  t.test('is approved by one of many at once, happens once, and is cancelled by one before', async (t) => {
    const person = await signUp(service);
    const { id } = await entryOf(service, person);
    const asked = await mend(service, first, id, { birthDate: '1361-02-03' });
    const others = [second, await officer(service), await officer(service)];
    const answers = await Promise.all(others.map((each) => approve(service, each, asked)));
    t.same(answers.map(({ status }) => status).sort(), [200, 409, 409]);
    await everyMessageEnded(service);
    await age(service, wait + 1);
    const counts = await Promise.all([ripen(service), ripen(service), ripen(service)]);
    t.equal(
      counts.reduce((sum, count) => sum + count, 0),
      1,
    );
    await everyMessageEnded(service);
    const notices = await messagesAt(service, internationalOf(person.mobile));
    t.equal(notices.filter(({ purpose }) => purpose === 'register-changed').length, 1);

    const again = await mend(service, first, id, { birthDate: '1361-02-04' });
    await approve(service, second, again);
    t.match((await reverse(service, first, again)).body, { state: 'cancelled' });
    t.equal(await later(service, wait + 1), 0);
  });

  t.test('twenty a day an officer, and sixty looks', async (t) => {
    const busy = await officer(service);
    const { id } = await entryOf(service, await insuredPerson(service));
    const asked = [];
    for (let index = 0; index < 21; index += 1) {
      asked.push(
        await mend(service, busy, id, { birthDate: `1350-01-${String(index + 1).padStart(2, '0')}` }),
      );
    }
    t.same([asked[19]?.status, asked[20]?.body.code], [200, 'too-many-at-desk']);
    const curious = await officer(service);
    const guesses = [];
    for (let guess = 0; guess < 21; guess += 1) {
      guesses.push((await mend(service, curious, id, { nationalCode: first.person.nationalCode })).status);
    }
    t.same([guesses[19], guesses[20]], [409, 429], 'what is refused counts as well');
    const looks = [];
    for (let index = 0; index < 61; index += 1) looks.push((await view(service, busy, id)).status);
    t.same([looks[59], looks[60]], [200, 429]);
  });
});

t.test('a merge that meets a list in a deadlock is tried again', async (t) => {
  const service = await startTestService(t);
  const register = registerOf(t, service);
  const people = [await insuredPerson(service), await insuredPerson(service)];
  await register.ingest(list({ rows: people.map(({ nationalCode }) => work(nationalCode)) }));
  const entries = await Promise.all(people.map((person) => entryOf(service, person)));
  const [one = '', two = ''] = entries.map(({ id }) => id).sort();
  const [listing, other] = [await register.pool.connect(), await register.pool.connect()];
  const holdRecord = 'select from insurance_record where insured_person_id = $1 for no key update';
  const waiting = async (count: number) => {
    const asked = `select count(*)::integer from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await register.pool.query(asked)).rows[0].count < count) await sleep(20);
  };

  // A list has said of a row that it means one of them, and never gives way.
  await listing.query(`begin; set local deadlock_timeout = '1h'`);
  await listing.query('select from insured_person where id = $1 for key share', [one]);
  await other.query('begin');
  await other.query(holdRecord, [two]);
  const merging = savabegh(['people', 'merge', one, two, '--reason', reason], {
    DATABASE_URL: service.databaseUrl,
  });
  await waiting(1);
  const listed = listing.query(holdRecord, [one]);
  await waiting(2);
  await other.query('commit');
  await listed;
  await listing.query('commit');
  for (const client of [listing, other]) client.release();
  const { code, stdout, stderr } = await merging;
  t.match([code, stdout], [0, /^merge .*: done/], stderr);
  t.equal(await register.verify(), 0);
});

t.test('operators do the same by commands: alone for who has no account, else by two', async (t) => {
  const service = await startTestService(t);
  const environment = { DATABASE_URL: service.databaseUrl };
  const run = (...args: string[]) => savabegh(['people', ...args], environment);
  const nobody = await insuredPerson(service);
  const done = await run(
    'mend',
    nobody.nationalCode,
    '--birth-date',
    '1361-02-03',
    '--reason',
    reason,
    '--by',
    'sara',
  );
  t.match([done.code, done.stdout], [0, /^mend [0-9a-f-]{36}: done/], done.stderr);
  t.match(await entryOf(service, nobody), { birth_date: '1982-04-23' });

  const owner = await signUp(service);
  const asked = await run(
    'mend',
    owner.nationalCode,
    '--birth-date',
    '1361-02-03',
    '--reason',
    reason,
    '--by',
    'sara',
  );
  const [, id = ''] = /^mend ([0-9a-f-]{36}): somebody else/.exec(asked.stdout) ?? [];
  t.match(await run('approve', id, '--by', 'sara'), { code: 1, stderr: /another officer|second/i });
  t.match(await run('approve', id, '--by', 'omid'), { code: 0, stdout: /approved; it happens from/ });
  t.equal(await later(service, wait + 1), 1);
  t.match(await entryOf(service, owner), { birth_date: '1982-04-23' });
  t.match(await run('reverse', id, '--by', 'omid', '--reason', 'wrong paper'), {
    code: 0,
    stdout: /somebody else/,
  });
  t.match(await run('show', owner.nationalCode), {
    code: 0,
    stdout: /born 1982-04-23[\s\S]*operator:sara, operator:omid/,
  });
  t.match(await run('show', toCode(77)), { code: 1, stderr: /no such person/ });
  t.match(await run('mend', owner.nationalCode, '--birth-date', '1361-02-32', '--reason', reason), {
    code: 2,
  });
  t.match(await run('merge', owner.nationalCode, nobody.nationalCode), { code: 2, stderr: /--reason/ });
});
