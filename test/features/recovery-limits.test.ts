import { sql } from 'kysely';
import t from 'tap';
import * as guesses from '../../src/features/recovery/guesses.repository.ts';
import { createKeyring, digestBearerSecret } from '../../src/kernel/keyring.ts';
import { deriveCode } from '../../src/kernel/one-time-code.ts';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import {
  challengedRecovery,
  messagesTo,
  type Person,
  signIn,
  signUp,
  startRecovery,
  wrongCode,
} from '../support/journey.ts';
import { changeQuotas } from '../support/quotas.ts';
import {
  accountOf,
  age,
  challenge,
  provedBy,
  rightAnswers,
  verify,
  wrongAnswers,
} from '../support/recovery.ts';

const nobody = '0684159414';

function retryAfter({ headers }: Answer): number {
  return Number(headers.get('retry-after'));
}

/** Asks for so many codes, as if the pause before each were over. */
async function askForCodes(service: TestService, { nationalCode }: Person, count: number): Promise<Answer> {
  const flow = await startRecovery(service, nationalCode);
  for (let sent = 0; sent < count; sent += 1) {
    await challenge(service, flow, 'sms');
    await service.db.updateTable('recovery').set({ sent_at: null }).where('id', '=', flow.id).execute();
  }
  return challenge(service, flow, 'sms');
}

t.test('limits of recovery', async (t) => {
  // Counters are looked at as a whole: messages that are handed over would add theirs at any moment.
  const overrides = { background: false };
  const service = await startTestService(t, { environment: { TRUSTED_PROXIES: '127.0.0.1' }, overrides });

  /** As if every network that has opened a flow since had opened all but one of its six hundred. */
  const useUpFlows = async (before: readonly { key: Buffer }[]) => {
    const counters = before.map(({ key }) => key);
    await changeQuotas(service.db, (trx) =>
      trx.updateTable('quota').set({ used: 599 }).where('key', 'not in', counters).execute(),
    );
  };
  const readCounters = async () => [
    { key: Buffer.alloc(0) },
    ...(await service.db.selectFrom('quota').select('key').execute()),
  ];

  t.test('one network opens six hundred recoveries an hour', async (t) => {
    const start = (network: string) =>
      service.post('/v1/recoveries', { nationalCode: nobody }, { headers: { 'x-forwarded-for': network } });
    const before = await readCounters();
    t.equal((await start('192.0.2.1')).status, 201);
    await useUpFlows(before);
    t.equal((await start('192.0.2.1')).status, 201, 'the six hundredth');
    const refused = await start('192.0.2.1');
    t.equal(refused.status, 428);
    t.equal(refused.body.code, 'proof-of-work-required');
    t.equal((await start('192.0.2.2')).status, 201, 'another network is not concerned');
    await age(service, 3601);
    t.equal((await start('192.0.2.1')).status, 201);
  });

  t.test('strangers who use up the flows of a network do not keep a known device out', async (t) => {
    const person = await signUp(service);
    const { body: session } = await signIn(service, person);
    const { body: stranger } = await signIn(service, await signUp(service));
    const start = (nationalCode: string, deviceToken = '') =>
      service.post(
        '/v1/recoveries',
        { nationalCode },
        { headers: { 'x-forwarded-for': '192.0.2.9', 'device-token': deviceToken } },
      );
    const before = await readCounters();
    t.equal((await start(nobody)).status, 201);
    await useUpFlows(before);
    t.equal((await start(nobody)).status, 201);
    t.equal((await start(person.nationalCode)).status, 428);
    t.equal((await start(person.nationalCode, 'A'.repeat(43))).status, 428, 'a made-up device');
    t.equal((await start(person.nationalCode, stranger.deviceToken)).status, 428, 'somebody else’s device');
    t.equal((await start(nobody, session.deviceToken)).status, 428, 'nobody’s device');
    const beforeIts = await readCounters();
    t.equal((await start(person.nationalCode, session.deviceToken)).status, 201);
    await useUpFlows(beforeIts);
    t.equal((await start(person.nationalCode, session.deviceToken)).status, 201);
    const refused = await start(person.nationalCode, session.deviceToken);
    t.equal(refused.status, 428, 'a stolen device token is no licence');
  });

  t.test('one IPv6 /48 is one network: it opens six hundred flows an hour', async (t) => {
    const person = await signUp(service);
    const { body: session } = await signIn(service, person);
    const from = (network: string, more = {}) => ({ headers: { 'x-forwarded-for': network, ...more } });
    const start = (network: string, more = {}) =>
      service.post('/v1/recoveries', { nationalCode: person.nationalCode }, from(network, more));
    const register = (network: string) =>
      service.post(
        '/v1/registrations',
        { nationalCode: nobody, birthDate: '1370-01-15', mobile: '09121119414' },
        from(network),
      );
    const before = await readCounters();
    t.equal((await start('2001:db8:1:1::1')).status, 201);
    await useUpFlows(before);
    t.equal((await register('2001:db8:1:4::1')).status, 201, 'the six hundredth');
    for (const refused of [await start('2001:db8:1:5::1'), await register('2001:db8:1:7::1')]) {
      t.equal(refused.status, 428);
    }
    t.equal((await start('2001:db8:1:8::1', { 'device-token': session.deviceToken })).status, 201);
    t.equal((await start('2001:db8:2:1::1')).status, 201, 'elsewhere it goes on');
  });

  t.test('when to ask again is said with every refusal', async (t) => {
    const person = await signUp(service);
    const flow = await startRecovery(service, person.nationalCode);
    await challenge(service, flow, 'sms');
    const early = await challenge(service, flow, 'sms');
    t.equal(early.body.code, 'resend-too-early');
    t.ok(retryAfter(early) > 30 && retryAfter(early) <= 60, `${retryAfter(early)} seconds`);
    const used = await askForCodes(service, person, 5);
    t.equal(used.body.code, 'too-many-messages');
    t.ok(retryAfter(used) > 1200 && retryAfter(used) <= 1800, 'what is left of the flow');
  });

  t.test('messages that strangers asked for do not stand against the owner’s device', async (t) => {
    const person = await signUp(service);
    const { body: session } = await signIn(service, person);
    await askForCodes(service, person, 5);
    await askForCodes(service, person, 5);
    t.equal((await askForCodes(service, person, 0)).status, 200, 'nobody is told what leaves');
    const { body } = await service.post(
      '/v1/recoveries',
      { nationalCode: person.nationalCode },
      { headers: { 'device-token': session.deviceToken } },
    );
    const sent = async () =>
      (await messagesTo(service, person.mobile)).filter(({ purpose }) => purpose === 'recovery-code').length;
    const before = await sent();
    t.equal((await challenge(service, { id: body.id, token: body.flowToken }, 'sms')).status, 200);
    t.equal(await sent(), before + 1);
  });

  t.test('the fifth guess may still be the right one, the sixth not', async (t) => {
    const person = await signUp(service);
    const byCode = await challengedRecovery(service, person);
    for (let guess = 0; guess < 4; guess += 1)
      await verify(service, byCode, { code: wrongCode(byCode.code) });
    t.equal((await verify(service, byCode, { code: byCode.code })).status, 200);

    // On a device that the account knows, where the counters of strangers end nothing before.
    const wrong = { answers: await wrongAnswers(service) };
    const right = { answers: await rightAnswers(service) };
    const onOwnDevice = async (person: Person) => {
      const { body: session } = await signIn(service, person);
      const { body } = await service.post(
        '/v1/recoveries',
        { nationalCode: person.nationalCode },
        { headers: { 'device-token': session.deviceToken } },
      );
      return { id: body.id, token: body.flowToken };
    };
    const fifth = await onOwnDevice(await signUp(service));
    await challenge(service, fifth, 'questions');
    for (let guess = 0; guess < 4; guess += 1) await verify(service, fifth, wrong);
    t.equal((await verify(service, fifth, right)).body.next, 'set-password');
    const sixth = await onOwnDevice(await signUp(service));
    await challenge(service, sixth, 'questions');
    for (let guess = 0; guess < 5; guess += 1) await verify(service, sixth, wrong);
    for (let guess = 0; guess < 2; guess += 1) {
      const { status, body } = await verify(service, sixth, right);
      t.equal(status, 422);
      t.equal(body.attemptsLeft, 0);
    }
  });

  t.test('asking for the same questions again gives no guess back', async (t) => {
    const flow = await startRecovery(service, (await signUp(service)).nationalCode);
    await challenge(service, flow, 'questions');
    for (const left of [4, 3]) {
      await verify(service, flow, { answers: await wrongAnswers(service) });
      t.equal((await challenge(service, flow, 'questions')).body.attemptsLeft, left);
    }
  });

  t.test('answers that come too late are refused, right as they are', async (t) => {
    const flow = await startRecovery(service, (await signUp(service)).nationalCode);
    await challenge(service, flow, 'questions');
    await age(service, 601);
    const { status, body } = await verify(service, flow, { answers: await rightAnswers(service) });
    t.equal(status, 422);
    t.equal(body.code, 'answers-not-accepted');
  });

  t.test('the code of somebody without an account is refused like a wrong one', async (t) => {
    const flow = await startRecovery(service, nobody);
    await challenge(service, flow, 'sms');
    const { challenge_id: challengeId } = await service.db
      .selectFrom('recovery')
      .where('id', '=', flow.id)
      .select('challenge_id')
      .executeTakeFirstOrThrow();
    const code = deriveCode(createKeyring(service.config.secretKeys), 'recovery', challengeId ?? '');
    const { status, body } = await verify(service, flow, { code });
    t.equal(status, 422);
    t.match(body, { code: 'code-not-accepted', attemptsLeft: 4 });
  });
});

/** Until some statement of the service waits for a lock. */
async function untilSomethingWaits(service: TestService): Promise<void> {
  for (let tries = 0; tries < 1200; tries += 1) {
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      service.db,
    );
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('nothing waits');
}

t.test('a right proof that is overtaken is refused, and is no failure', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const { id } = await accountOf(service, person);
  const flow = await startRecovery(service, person.nationalCode);
  await challenge(service, flow, 'questions');
  // Just after the guess was counted, by what the account was then, and before it is judged.
  await sql`create function overtake() returns trigger language plpgsql as $$ begin
    update account set barred_kinds = '{answers}' where id = new.account_id; return new; end $$`.execute(
    service.db,
  );
  await sql`create trigger overtake after insert on activity for each row
    when (new.kind = 'recovery-proof-failed') execute function overtake()`.execute(service.db);
  const { status, body } = await verify(service, flow, { answers: await rightAnswers(service) });
  await sql`drop trigger overtake on activity`.execute(service.db);
  t.equal(status, 409);
  t.equal(body.code, 'step-not-open');
  const { attempts } = await service.db
    .selectFrom('recovery')
    .where('id', '=', flow.id)
    .select('attempts')
    .executeTakeFirstOrThrow();
  t.equal(attempts, 0);
  const failures = await service.db
    .selectFrom('activity')
    .where('account_id', '=', id)
    .where('kind', '=', 'recovery-proof-failed')
    .select('id')
    .execute();
  t.same(failures, []);
  t.match(
    (await provedBy(service, person, 'questions')).answer.body,
    { next: 'prove-another-method' },
    'by then the answers are not enough',
  );
});

t.test('giving a guess back waits for the flow before it locks the quota, as counting does', async (t) => {
  const service = await startTestService(t, { overrides: { background: false } });
  const { id, token } = await challengedRecovery(service, await signUp(service));
  const key = { id, tokenDigest: digestBearerSecret(token) };
  const counted = await guesses.countAttempt(
    service.db,
    key,
    { coarseNetwork: '', userAgent: '' },
    { isOfAnswers: false, isWorkDone: false },
  );
  if (!counted) throw new Error('not counted');
  const { withdrawal } = await service.db.transaction().execute(async (trx) => {
    await trx.selectFrom('recovery').where('id', '=', id).select('id').forUpdate().executeTakeFirstOrThrow();
    const withdrawal = guesses.withdrawAttempt(service.db, key, counted);
    await untilSomethingWaits(service);
    const free = await trx.selectFrom('sliding_quota').select('key').forUpdate().skipLocked().execute();
    const all = await trx.selectFrom('sliding_quota').select('key').execute();
    t.ok(all.length >= 2, 'of the network and of the person');
    t.equal(free.length, all.length, 'no counter is locked meanwhile');
    return { withdrawal };
  });
  await withdrawal;
  const { rows } = await sql`
    select attempts, (select count(*) from sliding_quota where uses <> '{}') as failures, (select count(*) from activity where flow_id = ${id} and kind = 'recovery-proof-failed') as entries
    from recovery where id = ${id}`.execute(service.db);
  t.same(rows, [{ attempts: 0, failures: 0, entries: 0 }], 'and then all of it is undone');
});

t.test('of 10 first proofs at once one goes on to the second method', async (t) => {
  const service = await startTestService(t, { environment: { RECOVERY_ASSURANCE: 'two' } });
  const flow = await challengedRecovery(service, await signUp(service));
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => verify(service, flow, { code: flow.code })),
  );
  t.equal(answers.filter(({ status }) => status === 200).length, 1);
  for (const { status } of answers) t.ok([200, 409, 422].includes(status), `status ${status}`);
});
