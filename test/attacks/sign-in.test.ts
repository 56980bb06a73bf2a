import { sql } from 'kysely';
import t from 'tap';
import { startTestService, type TestService } from '../support/app.ts';
import {
  goodPassword,
  insuredPerson,
  messagesTo,
  otherPassword,
  provedRecovery,
  setRecoveredPassword,
  signIn,
  signUp,
} from '../support/journey.ts';
import { ageQuotas, changeQuotas } from '../support/quotas.ts';

const wrong = 'Wrong7Words';
/** Behind a balancer: what it says of the client's address is believed. */
const environment = { TRUSTED_PROXIES: '127.0.0.1' };

const attempt = (
  service: TestService,
  nationalCode: string,
  password: string,
  from = '198.51.100.7',
  more: Record<string, string> = {},
) =>
  service.post(
    '/v1/sessions',
    { nationalCode, password, rememberDevice: true },
    { headers: { 'x-forwarded-for': from, ...more } },
  );

/** As if so much time had passed since the last guess. */
const wait = (service: TestService, seconds: number) => ageQuotas(service.db, seconds);

/**
 * As if the machine were quick: pauses of seconds last an hour longer, so that they are not over before whatever
 * a test does during them, however busy the machine is.
 */
const stretchPauses = async (service: TestService) => {
  await sql`create function stretch_pause() returns trigger language plpgsql as $$
    begin new.blocked_until := new.blocked_until + interval '1 hour'; return new; end $$`.execute(service.db);
  await sql`create trigger stretch_pause before update on quota for each row
    when (new.blocked_until > coalesce(old.blocked_until, '-infinity')) execute function stretch_pause()`.execute(
    service.db,
  );
};

t.test(
  'an owner who signs in every day and mistypes every other day is never kept waiting for it',
  async (t) => {
    const service = await startTestService(t, { environment });
    const person = await signUp(service);
    const { deviceToken } = (await attempt(service, person.nationalCode, goodPassword)).body;
    const statuses = new Set<number>();
    for (const device of [{}, { 'device-token': deviceToken }]) {
      const signInWith = (password: string) =>
        attempt(service, person.nationalCode, password, '198.51.100.7', device);
      for (let typo = 0; typo < 7; typo += 1) {
        statuses.add((await signInWith(wrong)).status);
        for (let day = 0; day < 2; day += 1) {
          statuses.add((await signInWith(goodPassword)).status);
          await wait(service, 23 * 60 * 60);
        }
      }
    }
    t.same([...statuses].sort(), [201, 401]);
  },
);

t.test(
  'rule 1: unknown, wrong, locked and disabled are one answer; the state is told after the right password only',
  async (t) => {
    const service = await startTestService(t, { environment });
    const [active, locked, disabled] = [await signUp(service), await signUp(service), await signUp(service)];
    for (const [person, change] of [
      [locked, { lock: 'locked' }],
      [disabled, { disabled_at: new Date() }],
    ] as const) {
      await service.db
        .updateTable('account')
        .set(change)
        .where('national_code', '=', person.nationalCode)
        .execute();
    }
    const answers = [];
    for (const code of ['0684159414', active.nationalCode, locked.nationalCode, disabled.nationalCode]) {
      const { status, body } = await attempt(service, code, wrong);
      answers.push({ status, ...body, requestId: '' });
    }
    for (const answer of answers) t.same(answer, answers[0]);
    t.equal(answers[0]?.status, 401);
    t.equal((await attempt(service, locked.nationalCode, goodPassword)).body.code, 'account-locked');
    t.equal((await attempt(service, disabled.nationalCode, goodPassword)).body.code, 'account-disabled');
  },
);

t.test(
  'rule 2: of 100 guesses at once, on two replicas, five are judged, whoever they are about',
  async (t) => {
    const service = await startTestService(t, { environment });
    await stretchPauses(service);
    const replica = await service.replica({ background: false });
    for (const nationalCode of [(await signUp(service)).nationalCode, '0684159414']) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          attempt(index % 2 ? service : replica, nationalCode, wrong, `203.0.113.${index}`),
        ),
      );
      t.equal(answers.filter(({ status }) => status === 401).length, 5);
      t.equal(answers.filter(({ status }) => status === 429).length, 95);
      const restarted = await service.replica({ background: false });
      t.equal(
        (await attempt(restarted, nationalCode, goodPassword)).status,
        429,
        'a restart forgets nothing',
      );
    }
  },
);

t.test(
  'rule 2: the pause doubles with every further failure, and the right password is not told during it',
  async (t) => {
    const service = await startTestService(t, { environment });
    const { nationalCode } = await signUp(service);
    for (let guess = 0; guess < 4; guess += 1) await attempt(service, nationalCode, wrong);
    for (const pause of [10, 20, 40, 80]) {
      const started = performance.now();
      t.equal((await attempt(service, nationalCode, wrong)).status, 401);
      const refused = await attempt(service, nationalCode, goodPassword);
      const seconds = refused.body.retryAfterSeconds;
      t.equal(refused.status, 429);
      const gone = (performance.now() - started) / 1000;
      t.ok(seconds <= pause && seconds >= pause - gone, `${seconds} of ${pause}, ${gone} of them gone`);
      t.equal(refused.headers.get('retry-after'), String(seconds));
      await wait(service, pause);
    }
    t.equal((await attempt(service, nationalCode, wrong)).status, 401);
    await wait(service, 160);
    t.equal((await attempt(service, nationalCode, goodPassword)).status, 201);
  },
);

t.test('rule 2: spellings of one national code are one account and one quota', async (t) => {
  const service = await startTestService(t, { environment });
  await stretchPauses(service);
  const { nationalCode } = await signUp(service);
  const persian = nationalCode.replace(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? '');
  const arabic = nationalCode.replace(/\d/g, (digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)] ?? '');
  for (const code of [
    persian,
    arabic,
    ` ${nationalCode}`,
    `${nationalCode}\u200c`,
    [...nationalCode].join(' '),
  ]) {
    t.equal((await attempt(service, code, wrong)).status, 401, code);
  }
  t.equal((await attempt(service, nationalCode, wrong)).status, 429);
});

t.test(
  'rule 2: one network has a share of failures over all accounts, and what is refused burns nothing of theirs',
  async (t) => {
    const service = await startTestService(t, {
      environment: { ...environment, SIGN_IN_FAILURES_PER_NETWORK: '3' },
    });
    await stretchPauses(service);
    const people = await Promise.all(Array.from({ length: 5 }, () => signUp(service)));
    const statuses = [];
    for (const { nationalCode } of people)
      statuses.push((await attempt(service, nationalCode, wrong)).status);
    t.same(statuses, [401, 401, 401, 429, 429]);
    const refused = people.at(-1)?.nationalCode ?? '';
    for (const [index, from] of [
      '203.0.113.1',
      '203.0.113.1',
      '203.0.113.2',
      '203.0.113.2',
      '203.0.113.3',
    ].entries()) {
      t.equal(
        (await attempt(service, refused, wrong, from)).status,
        401,
        `guess ${index + 1} from elsewhere`,
      );
    }
    t.equal((await attempt(service, refused, wrong, '203.0.113.4')).status, 429);
    const other = people[0]?.nationalCode ?? '';
    t.equal((await attempt(service, other, goodPassword, '203.0.113.4')).status, 201);
  },
);

t.test('rule 2: an IPv6 /48 is one network, however it is rotated', async (t) => {
  const service = await startTestService(t, {
    environment: { ...environment, SIGN_IN_FAILURES_PER_NETWORK: '2' },
  });
  const guess = async (from: string) =>
    (await attempt(service, (await insuredPerson(service)).nationalCode, wrong, from)).status;
  t.same(
    [await guess('2001:db8:1:1::1'), await guess('2001:db8:1:1:ffff::2'), await guess('2001:db8:1:ffff::3')],
    [401, 401, 429],
  );
  t.equal(await guess('2001:db8:2:1::1'), 401, 'elsewhere it goes on');
});

t.test('rule 10: a forged X-Forwarded-For is no way around the share of a network', async (t) => {
  const service = await startTestService(t, { environment: { SIGN_IN_FAILURES_PER_NETWORK: '2' } });
  const statuses = [];
  for (let index = 0; index < 4; index += 1) {
    const { nationalCode } = await insuredPerson(service);
    statuses.push((await attempt(service, nationalCode, wrong, `203.0.113.${index}`)).status);
  }
  t.same(statuses, [401, 401, 429, 429]);
});

t.test(
  'rule 3: guesses from elsewhere never lock a known device out; its own guesses are counted apart',
  async (t) => {
    const service = await startTestService(t, {
      environment: { ...environment, SIGN_IN_FAILURES_PER_NETWORK: '5' },
    });
    await stretchPauses(service);
    const person = await signUp(service);
    const { body } = await signIn(service, person);
    const { body: stranger } = await signIn(service, await signUp(service));
    for (let guess = 0; guess < 8; guess += 1) await attempt(service, person.nationalCode, wrong);
    t.equal((await attempt(service, person.nationalCode, goodPassword)).status, 429);
    const from = (deviceToken: string, password: string) =>
      attempt(service, person.nationalCode, password, '198.51.100.7', { 'device-token': deviceToken });
    t.equal((await from(body.deviceToken, goodPassword)).status, 201, 'also from the attacker’s own network');
    t.equal(
      (await from(stranger.deviceToken, goodPassword)).status,
      429,
      'a device of somebody else is not known',
    );
    t.equal((await from('A'.repeat(43), goodPassword)).status, 429);
    for (let guess = 0; guess < 5; guess += 1) t.equal((await from(body.deviceToken, wrong)).status, 401);
    t.equal((await from(body.deviceToken, goodPassword)).status, 429, 'a stolen device token is no licence');
  },
);

t.test(
  'rule 3: who was locked out by strangers gets back in by recovery, at once and on any device',
  async (t) => {
    const service = await startTestService(t, { environment });
    const person = await signUp(service);
    for (let guess = 0; guess < 8; guess += 1) await attempt(service, person.nationalCode, wrong);
    await setRecoveredPassword(service, await provedRecovery(service, person), otherPassword);
    t.equal((await attempt(service, person.nationalCode, otherPassword)).status, 201);
  },
);

t.test(
  'rule 15: the owner is told of many failures, at most once a day; for nobody the same is written',
  async (t) => {
    const service = await startTestService(t, { environment });
    const person = await signUp(service);
    const warnings = async () => {
      const rows = await service.db
        .selectFrom('message')
        .where('purpose', '=', 'sign-in-failures')
        .select(['account_id'])
        .execute();
      return {
        known: rows.filter((row) => row.account_id).length,
        nobody: rows.filter((row) => !row.account_id).length,
      };
    };
    for (const nationalCode of [person.nationalCode, '0684159414']) {
      for (let guess = 0; guess < 14; guess += 1) {
        t.equal((await attempt(service, nationalCode, wrong)).status, 401);
        // Only pauses pass, not the day of the warning.
        await changeQuotas(service.db, (trx) =>
          sql`update quota set blocked_until = null where used > 1`.execute(trx),
        );
      }
    }
    // By SMS and by e-mail, once; where somebody has no e-mail address, the row is nobody's.
    t.same(await warnings(), { known: 1, nobody: 3 });
    t.equal((await messagesTo(service, person.mobile))[0]?.purpose, 'sign-in-failures');
  },
);

t.test('rule 9: a sign-in that finds the queue full is told so, and is no failure', async (t) => {
  const service = await startTestService(t, {
    environment: {
      ...environment,
      PASSWORD_QUEUE_LIMIT: '1',
      PASSWORD_CONCURRENCY: '1',
      // Slow enough for five requests to meet, however slowly they arrive.
      PASSWORD_COST: '12',
    },
  });
  const { nationalCode } = await signUp(service);
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => attempt(service, nationalCode, goodPassword)),
  );
  const statuses = answers.map(({ status }) => status);
  t.ok(statuses.includes(503));
  t.ok(
    statuses.every((status) => [201, 503].includes(status)),
    statuses.join(),
  );
  t.ok(answers.find(({ status }) => status === 503)?.headers.get('retry-after'));
  for (let guess = 0; guess < 5; guess += 1) {
    t.equal((await attempt(service, nationalCode, wrong)).status, 401, 'all five guesses are left');
  }
});
