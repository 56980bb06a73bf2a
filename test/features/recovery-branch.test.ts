import { sql } from 'kysely';
import t from 'tap';
import { newPrintedCode, parsePrintedCode } from '../../src/kernel/printed-code.ts';
import { type Answer, startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import {
  messagesTo,
  otherPassword,
  setRecoveredPassword,
  signIn,
  signUp,
  startRecovery,
  wrongCode,
} from '../support/journey.ts';
import {
  accountOf,
  age,
  cancel,
  challenge,
  entriesOf,
  noticeToken,
  provedBy,
  verify,
} from '../support/recovery.ts';

t.test('a printed code is 80 uniform bits, however it is typed', async (t) => {
  const codes = Array.from({ length: 200 }, newPrintedCode);
  t.equal(new Set(codes).size, 200);
  const seen = new Set(codes.join('').replaceAll('-', ''));
  t.equal(seen.size, 32, 'every character of the alphabet, none that is mistaken for another');
  for (const code of codes) {
    t.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    for (const typed of [
      code.toLowerCase(),
      code.replaceAll('-', ' '),
      ` ${code.replaceAll('-', '')}\u200f`,
      code.replaceAll('0', 'o').replaceAll('1', 'l'),
      code.replace(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? ''),
    ]) {
      if (parsePrintedCode(typed) !== code) t.fail(`${typed} is ${code}`);
    }
  }
  for (const bad of ['', 'ABCD', 'U'.repeat(16), 'A'.repeat(17), 'A'.repeat(1000)]) {
    t.equal(parsePrintedCode(bad), null);
  }
});

t.test('recovery at the branch', async (t) => {
  const service = await startTestService(t);
  const desk = await machineClient(service, ['branch-recoveries:write']);
  const token = await desk.token();
  const start = (nationalCode: string, officer = 'officer-1', access = token): Promise<Answer> =>
    service.post(
      '/v1/branch/recoveries',
      { nationalCode },
      { token: access, headers: { 'officer-id': officer } },
    );
  const redeem = (nationalCode: string, code: string) =>
    service.post('/v1/recoveries/redemptions', { nationalCode, code });
  const flowOf = ({ body }: Answer) => ({ id: body.id, token: body.flowToken });

  t.test('the person sets a password with the printed code, and every address is told', async (t) => {
    const person = await signUp(service);
    const { body: session } = await signIn(service, person);
    const printed = await start(person.nationalCode);
    t.equal(printed.status, 201);
    t.match(printed.body, { status: 'issued', code: /^.{4}-.{4}-.{4}-.{4}$/ });
    const hours = (Date.parse(printed.body.expiresAt) - Date.now()) / 3600_000;
    t.ok(Math.abs(hours - 24) < 0.1);
    t.equal(
      (await service.get('/v1/me', { token: session.accessToken })).status,
      200,
      'nothing has changed yet',
    );
    t.ok(
      (await messagesTo(service, person.mobile)).some(({ purpose }) => purpose === 'branch-recovery-started'),
    );

    const opened = await redeem(person.nationalCode, printed.body.code.toLowerCase());
    t.equal(opened.status, 201);
    t.same(await entriesOf(service, flowOf(opened)), ['recovery-proved succeeded'], 'its owner sees it');
    t.equal(
      (await setRecoveredPassword(service, flowOf(opened), 'weak')).status,
      422,
      'the policy holds here too',
    );
    t.equal((await setRecoveredPassword(service, flowOf(opened), otherPassword)).status, 204);
    t.equal((await signIn(service, person, otherPassword)).status, 201);
    t.equal((await service.get('/v1/me', { token: session.accessToken })).status, 401);
    t.equal((await redeem(person.nationalCode, printed.body.code)).status, 422, 'good for one password');
    const activity = await service.db
      .selectFrom('activity')
      .where('account_id', '=', (await accountOf(service, person)).id)
      .where('kind', '=', 'branch-recovery-started')
      .select('actor')
      .executeTakeFirstOrThrow();
    t.equal(activity.actor, `officer:${desk.clientId}/officer-1`);
  });

  t.test(
    'the officer learns nothing: who has no account gets a code as well, which opens nothing',
    async (t) => {
      const person = await signUp(service);
      const known = await start(person.nationalCode);
      const unknown = await start('0684159414');
      t.equal(unknown.status, known.status);
      t.same(Object.keys(unknown.body), Object.keys(known.body));
      t.equal((await redeem('0684159414', unknown.body.code)).status, 422);
    },
  );

  t.test('a code opens the recovery of its person only, and ends after 24 hours', async (t) => {
    const person = await signUp(service);
    const other = await signUp(service);
    const { body } = await start(person.nationalCode);
    t.equal((await redeem(other.nationalCode, body.code)).status, 422);
    t.equal((await redeem(person.nationalCode, newPrintedCode())).status, 422);
    t.equal((await redeem(person.nationalCode, '')).status, 422);
    await age(service, 24 * 3600 - 30);
    const late = await redeem(person.nationalCode, body.code);
    t.equal(late.status, 201);
    const seconds = (Date.parse(late.body.permissionExpiresAt) - Date.now()) / 1000;
    t.ok(seconds <= 31, `the permission ends with the code: ${seconds} seconds`);
    await age(service, 31);
    t.equal((await redeem(person.nationalCode, body.code)).status, 422);
  });

  t.test(
    'each use of a code ends the flow of the one before; of many at once one sets the password',
    async (t) => {
      const person = await signUp(service);
      const { body } = await start(person.nationalCode);
      const opened = await Promise.all(
        Array.from({ length: 8 }, () => redeem(person.nationalCode, body.code)),
      );
      const passwords = [
        'Jw5kBsf2Gc',
        'Kp9sVtx4Qd',
        'Vb6hJxq2Sf',
        'Nq8vYcb5Jg',
        'Pr2wZdk7Km',
        'Sv4xBfm9Lp',
        'Tw6zCgn3Mr',
        'Vx8bDhp5Ns',
      ];
      const statuses = await Promise.all(
        opened.map((answer, index) => setRecoveredPassword(service, flowOf(answer), passwords[index] ?? '')),
      );
      t.equal(statuses.filter(({ status }) => status === 204).length, 1);
      t.equal(statuses.filter(({ status }) => status === 401).length, 7);
    },
  );

  t.test('guesses that strangers burnt do not stand against the code', async (t) => {
    const person = await signUp(service);
    for (let round = 0; round < 2; round += 1) {
      const flow = await startRecovery(service, person.nationalCode);
      await challenge(service, flow, 'sms');
      const [message] = (await messagesTo(service, person.mobile)) as unknown as { code: string }[];
      for (let guess = 0; guess < 5; guess += 1) {
        await verify(service, flow, { code: wrongCode(message?.code ?? '') });
      }
      await service.db.updateTable('recovery').set({ sent_at: null }).execute();
    }
    const { body } = await start(person.nationalCode);
    const opened = await redeem(person.nationalCode, body.code);
    t.equal((await setRecoveredPassword(service, flowOf(opened), otherPassword)).status, 204);
  });

  t.test('an account that was locked needs two officers', async (t) => {
    const person = await signUp(service);
    await setRecoveredPassword(service, await provedBy(service, person, 'sms'), otherPassword);
    await cancel(service, await noticeToken(service, person.mobile, 'password-recovered'));
    const first = await start(person.nationalCode, 'officer-1');
    t.match(first.body, { status: 'second-officer-needed' });
    t.notOk(first.body.code);
    t.match(
      (await start(person.nationalCode, 'officer-1')).body,
      { status: 'second-officer-needed' },
      'not twice the same',
    );
    const second = await start(person.nationalCode, 'officer-2');
    t.match(second.body, { status: 'issued' });
    t.same(
      (await messagesTo(service, person.mobile)).filter(
        ({ purpose }) => purpose === 'branch-recovery-started',
      ).length,
      1,
      'told when there is a code',
    );
    const opened = await redeem(person.nationalCode, second.body.code);
    t.equal((await setRecoveredPassword(service, flowOf(opened), 'Jw5kBsf2Gc')).status, 204);
    const { body: session } = await signIn(service, person, 'Jw5kBsf2Gc');
    t.equal((await accountOf(service, person)).state, 'active');
    const { body: activity } = await service.get('/v1/me/activity', { token: session.accessToken });
    const atBranch = activity.entries.filter(({ kind }: { kind: string }) => kind.startsWith('branch-'));
    t.same(
      atBranch.map(({ kind }: { kind: string }) => kind),
      ['branch-recovery-started', 'branch-recovery-requested', 'branch-recovery-requested'],
      'the owner sees who asked',
    );
  });

  t.test(
    'an account under a hold needs two officers; the first one waits no longer than a day',
    async (t) => {
      const held = await service.replica({ background: false }, { RECOVERY_HOLD_HOURS: '48' });
      const person = await signUp(service);
      t.match((await provedBy(held, person, 'questions')).answer.body, { next: 'wait' });
      t.match((await start(person.nationalCode, 'officer-1')).body, { status: 'second-officer-needed' });
      await age(service, 24 * 3600 + 1);
      t.match((await start(person.nationalCode, 'officer-2')).body, { status: 'second-officer-needed' });
      t.match((await start(person.nationalCode, 'officer-3')).body, { status: 'issued' });
    },
  );

  t.test('the owner who is not at the branch ends it with the link of the notice', async (t) => {
    const person = await signUp(service);
    const { body } = await start(person.nationalCode);
    const opened = await redeem(person.nationalCode, body.code);
    const link = await noticeToken(service, person.mobile, 'branch-recovery-started');
    t.equal((await cancel(service, link)).status, 204);
    t.equal((await setRecoveredPassword(service, flowOf(opened), otherPassword)).status, 401);
    t.equal((await redeem(person.nationalCode, body.code)).status, 422);
    t.same(
      (await accountOf(service, person)).compromised_methods,
      ['branch'],
      'the branch proves nothing more',
    );
    t.match(
      (await provedBy(service, person, 'sms')).answer.body,
      { next: 'set-password' },
      'the person’s own methods do',
    );
  });

  t.test('five codes a day for one person, and when there are more is said', async (t) => {
    const { nationalCode } = await signUp(service);
    for (let code = 0; code < 5; code += 1) t.equal((await start(nationalCode)).status, 201);
    const { status, body, headers } = await start(nationalCode);
    t.equal(status, 429);
    t.equal(body.code, 'too-many-messages');
    const seconds = Number(headers.get('retry-after'));
    t.ok(seconds > 23 * 3600 && seconds <= 24 * 3600, `${seconds} seconds`);
    await age(service, 24 * 3600 + 1);
    t.equal((await start(nationalCode)).status, 201);
  });

  t.test('nobody but a branch’s system with an officer may ask', async (t) => {
    const { nationalCode } = await signUp(service);
    const before = await service.db.selectFrom('recovery').select('id').execute();
    t.equal((await service.post('/v1/branch/recoveries', { nationalCode })).status, 401);
    t.equal(
      (await service.post('/v1/branch/recoveries', { nationalCode }, { token })).status,
      400,
      'no officer',
    );
    t.equal((await start(nationalCode, 'an officer\u00a0')).status, 400, 'no name of an officer');
    const employer = await machineClient(service, ['employer-lists:write']);
    t.equal((await start(nationalCode, 'officer-1', await employer.token())).status, 403);
    const { body } = await signIn(service, await signUp(service));
    t.equal((await start(nationalCode, 'officer-1', body.accessToken)).status, 401, 'a person’s own token');
    t.same((await service.db.selectFrom('recovery').select('id').execute()).length, before.length);
  });

  t.test('an officer’s flow is no flow of a person: its row has no token and no challenge', async (t) => {
    const person = await signUp(service);
    const { body } = await start(person.nationalCode);
    const { rows } = await sql<{ id: string }>`select id from recovery order by id desc limit 1`.execute(
      service.db,
    );
    const flow = { id: rows[0]?.id ?? '', token: body.code };
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 401);
    t.equal((await challenge(service, flow, 'sms')).status, 401);
  });
});
