import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import t from 'tap';
import { findDevelopmentSecrets, withDevelopmentSecrets } from '../../src/development/secrets.ts';
import { startTestService, type TestService, testEnvironment } from '../support/app.ts';
import { savabegh } from '../support/command.ts';
import { changeAddress, internationalOf, otherMobileOf } from '../support/contacts.ts';
import {
  goodPassword,
  messagesTo,
  otherPassword,
  type Person,
  setRecoveredPassword,
  signIn,
  signUp,
} from '../support/journey.ts';
import {
  accountOf,
  challenge,
  dispute,
  mailTo,
  noticeToken,
  provedBy,
  verify,
  withEmail,
} from '../support/recovery.ts';

const accounts = (service: TestService, ...args: string[]) =>
  savabegh(['accounts', ...args], testEnvironment(service.databaseUrl));

t.test('an operator disables and enables an account', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const { body: session } = await signIn(service, person);

  const disabled = await accounts(service, 'disable', person.nationalCode, '--by', 'R. Karimi');
  t.equal(disabled.code, 0, disabled.stderr);
  t.equal((await service.get('/v1/me', { token: session.accessToken })).status, 401);
  t.equal((await service.post('/v1/sessions/refresh', { refreshToken: session.refreshToken })).status, 401);
  t.equal((await signIn(service, person)).body.code, 'account-disabled');
  t.equal((await messagesTo(service, person.mobile))[0]?.purpose, 'account-disabled');
  t.match((await accounts(service, 'show', person.nationalCode)).stdout, /state +disabled/);
  t.equal((await accounts(service, 'disable', person.nationalCode)).code, 1, 'once');

  t.equal((await accounts(service, 'enable', person.nationalCode)).code, 0);
  t.equal((await messagesTo(service, person.mobile))[0]?.purpose, 'account-enabled');
  const { body: again } = await signIn(service, person);
  const { body } = await service.get('/v1/me/activity', { token: again.accessToken });
  t.match(
    body.entries.map(({ kind, by }: { kind: string; by: string }) => `${kind} ${by}`),
    [
      'signed-in-on-new-device person',
      'account-enabled organisation',
      'sign-in-failed person',
      'account-disabled organisation',
    ],
  );
  const actor = await service.db
    .selectFrom('activity')
    .where('kind', '=', 'account-disabled')
    .select('actor')
    .executeTakeFirst();
  t.equal(actor?.actor, 'operator:R. Karimi');
  for (const args of [
    ['disable'],
    ['disable', '123'],
    ['destroy', person.nationalCode],
    ['show', person.nationalCode, 'more'],
    ['disable', person.nationalCode, '--by', 'x\ny'],
  ]) {
    t.equal((await accounts(service, ...args)).code, 2, args.join(' '));
  }
  t.equal((await accounts(service, 'disable', '0684159414')).code, 1, 'nobody');
});

t.test('what its owner disputed while it was disabled is locked when an operator enables it', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const email = await withEmail(service, person);
  await setRecoveredPassword(service, await provedBy(service, person, 'sms'), otherPassword);
  t.equal((await accounts(service, 'disable', person.nationalCode)).code, 0);
  t.equal((await dispute(service, await noticeToken(service, email, 'password-recovered'))).status, 204);
  t.match((await accounts(service, 'show', person.nationalCode)).stdout, /state +disabled/);
  const enabled = await accounts(service, 'enable', person.nationalCode);
  t.equal(enabled.code, 0);
  t.match(enabled.stdout, /^locked-two; /, 'address stood against address');
  t.match((await accounts(service, 'show', person.nationalCode)).stdout, /barred +mobile/);
  t.equal((await signIn(service, person, otherPassword)).body.code, 'account-locked', 'the thief’s password');
  const again = await accounts(service, 'enable', person.nationalCode);
  t.equal(again.code, 1);
  t.match(again.stderr, /only its owner/);
  const flow = await provedBy(service, person, 'questions');
  t.match(flow.answer.body, { next: 'prove-another-method' });
  t.equal((await challenge(service, flow, 'email')).status, 200);
  const [message] = await mailTo(service, email);
  t.match((await verify(service, flow, { code: message?.code ?? '' })).body, { next: 'set-password' });
  await setRecoveredPassword(service, flow, 'Jw5kBsf2Gc');
  t.equal((await signIn(service, person, 'Jw5kBsf2Gc')).status, 201);
});

t.test(
  'neither disabled nor not does an operator open what a disputed change of address locked',
  async (t) => {
    const service = await startTestService(t);
    for (const isDisabled of [true, false]) {
      const person = await signUp(service);
      const { body: session } = await signIn(service, person);
      await changeAddress(service, session.accessToken, 'mobile', otherMobileOf(person.mobile));
      const token = await noticeToken(service, person.mobile, 'mobile-change-pending');
      if (isDisabled) t.equal((await accounts(service, 'disable', person.nationalCode)).code, 0);
      t.equal((await dispute(service, token)).status, 204);
      const enabled = await accounts(service, 'enable', person.nationalCode);
      t.equal(enabled.code, isDisabled ? 0 : 1);
      t.match(enabled.stdout + enabled.stderr, isDisabled ? /^locked; / : /only its owner/);
      t.equal((await signIn(service, person)).body.code, 'account-locked', 'the thief knows the password');
      const flow = await provedBy(service, person, 'sms');
      t.match(flow.answer.body, { next: 'set-password' }, 'the owner’s way is open');
      t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 200);
      t.equal((await signIn(service, person, otherPassword)).status, 201);
    }
  },
);

t.test('disabling cancels what waits to be trusted, and nobody but an operator opens it again', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const proved = await provedBy(service, person, 'questions');
  const { body: session } = await signIn(service, person);
  await changeAddress(service, session.accessToken, 'email', 'planted@example.org');
  const pending = () => service.db.selectFrom('pending_change').select('kind').execute();
  t.same(await pending(), [{ kind: 'email' }]);
  t.equal((await accounts(service, 'disable', person.nationalCode)).code, 0);
  t.same(await pending(), []);
  t.equal((await setRecoveredPassword(service, proved, otherPassword)).status, 401);
  const later = await provedBy(service, person, 'questions');
  t.equal(later.answer.status, 422, 'the right answers open nothing');
  t.equal((await signIn(service, person)).body.code, 'account-disabled');
});

t.test('after the move to another pepper the current password is still no new one', async (t) => {
  const pepper = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString('base64')}`;
  const [old, next] = [pepper('old', 1), pepper('new', 2)];
  const service = await startTestService(t, { environment: { PASSWORD_PEPPERS: old } });
  const person = await signUp(service);
  const change = async (replica: TestService, from: string, to: string) => {
    const { body } = await signIn(replica, person, from);
    const passwords = { currentPassword: from, newPassword: to, newPasswordConfirmation: to };
    return replica.put('/v1/me/password', passwords, { token: body.accessToken });
  };
  t.equal((await change(service, goodPassword, otherPassword)).status, 200);
  const both = await service.replica({ background: false }, { PASSWORD_PEPPERS: `${next},${old}` });
  t.equal((await signIn(both, person, otherPassword)).status, 201);
  t.match(
    (await accounts(service, 'hashes')).stdout,
    /: accounts\nearlier password old 04: 1\npassword new 04: 1\nsecurity answers old 04: 1\n$/,
    'what stays behind is of no account’s sign-in',
  );
  const onlyNew = await service.replica({ background: false }, { PASSWORD_PEPPERS: next });
  const same = await change(onlyNew, otherPassword, otherPassword);
  t.equal(same.status, 422, same.text);
  t.match(same.body.errors, [{ code: 'password-used-before' }]);
  t.equal((await change(onlyNew, otherPassword, goodPassword)).status, 200, 'earlier ones are forgotten');
});

t.test('a service too busy to judge the current password uses no guess up', async (t) => {
  const service = await startTestService(t);
  const { body: session } = await signIn(service, await signUp(service));
  const busy = await service.replica(
    { background: false },
    // Slow enough for the requests to meet, however slowly they arrive.
    { PASSWORD_CONCURRENCY: '1', PASSWORD_QUEUE_LIMIT: '1', PASSWORD_COST: '12' },
  );
  const wrong = { currentPassword: 'x', newPassword: otherPassword, newPasswordConfirmation: otherPassword };
  const attempt = (replica = service) =>
    replica.put('/v1/me/password', wrong, { token: session.accessToken });
  const answers = await Promise.all(Array.from({ length: 8 }, () => attempt(busy)));
  const judged = answers.filter(({ status }) => status === 422).length;
  t.ok(answers.some(({ status }) => status === 503));
  t.equal(judged + answers.filter(({ status }) => status === 503).length, 8);
  for (let guess = judged; guess < 10; guess += 1) t.equal((await attempt()).status, 422, `guess ${guess}`);
  t.equal((await attempt()).status, 429, 'ten were judged');
});

t.test('people export what is kept about their own account, without its secrets', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  await signIn(service, await signUp(service));
  const { body: session } = await signIn(service, person);
  const token = session.accessToken;
  const email = await withEmail(service, person);
  await changeAddress(service, token, 'email', 'next@example.org');
  const { status, body, headers, text } = await service.get('/v1/me/export', { token });
  t.equal(status, 200, text);
  t.match(headers.get('content-disposition'), /^attachment/);
  t.equal(headers.get('cache-control'), 'no-store');
  t.match(body.account, {
    nationalCode: person.nationalCode,
    mobile: internationalOf(person.mobile),
    email,
    barredKinds: [],
    state: 'open',
  });
  t.equal(body.account.securityQuestions.length, 3);
  t.equal(body.sessions.length, 1);
  t.equal(body.devices.length, 1);
  t.match(body.pendingChanges, [{ kind: 'email', address: 'next@example.org' }]);
  t.ok(body.messages.length > 0);
  t.ok(body.activity.some(({ kind }: { kind: string }) => kind === 'account-exported'));
  t.match((await messagesTo(service, person.mobile))[0], { purpose: 'account-exported' }, 'told by SMS');
  const [mail] = await mailTo(service, email);
  t.match(mail, { purpose: 'account-exported', text: /127\.0\.0\.x/ }, 'and by e-mail, from where');
  for (const secret of ['hash', 'seed', 'digest', 'challenge', goodPassword, session.deviceToken]) {
    t.notOk(text.includes(secret), `no ${secret}`);
  }
  const exported = await accounts(service, 'export', person.nationalCode);
  t.equal(JSON.parse(exported.stdout).account.id, body.account.id, 'the operator’s command gives the same');

  t.test('only just after signing in, and five times a day', async (t) => {
    for (let more = 0; more < 4; more += 1)
      t.equal((await service.get('/v1/me/export', { token })).status, 200);
    t.equal((await service.get('/v1/me/export', { token })).status, 429);
    await sql`update session set authenticated_at = authenticated_at - interval '301 seconds'`.execute(
      service.db,
    );
    t.equal((await service.get('/v1/me/export', { token })).body.code, 'fresh-sign-in-needed');
    t.equal((await service.get('/v1/me/export')).status, 401);
  });
});

t.test('keys are rotated without signing anybody out', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'savabegh-keys-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'keys');
  const service = await startTestService(t);
  const first = service.config.secretKeys[0];
  if (!first) throw new Error('no key');
  await writeFile(file, `test:${Buffer.from(first.key.expose()).toString('base64')}`, { mode: 0o640 });
  const keys = (...args: string[]) => savabegh(['keys', ...args], { SECRET_KEYS_FILE: file });
  const restarted = async () =>
    service.replica({ background: false }, { SECRET_KEYS: (await readFile(file, 'utf8')).trim() });
  const kidsOf = async (replica: TestService) =>
    (await replica.get('/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);
  const kidOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

  const { body: before } = await signIn(service, await signUp(service));
  t.equal((await keys('prepare')).code, 0);
  t.equal((await stat(file)).mode & 0o777, 0o640, 'whoever could read it still can');
  const prepared = await restarted();
  t.equal((await kidsOf(prepared)).length, 2);
  const { body: meanwhile } = await prepared.post('/v1/sessions/refresh', {
    refreshToken: before.refreshToken,
  });
  t.equal(
    (await service.get('/v1/me', { token: meanwhile.accessToken })).status,
    200,
    'the old key still issues',
  );

  t.equal((await keys('rotate')).code, 0);
  const rotated = await restarted();
  t.equal((await kidsOf(rotated)).length, 2, 'both keys are public');
  t.equal((await rotated.get('/v1/me', { token: before.accessToken })).status, 200);
  const { body: after } = await rotated.post('/v1/sessions/refresh', {
    refreshToken: meanwhile.refreshToken,
  });
  t.not(kidOf(after.accessToken), kidOf(before.accessToken), 'the new key issues');
  for (const replica of [prepared, rotated]) {
    t.equal((await replica.get('/v1/me', { token: after.accessToken })).status, 200, 'on every replica');
  }
  const further = await prepared.post('/v1/sessions/refresh', { refreshToken: after.refreshToken });
  t.equal(further.status, 200, 'also by one that was not restarted yet');
  for (let more = 0; more < 3; more += 1) await keys('rotate');
  t.equal((await readFile(file, 'utf8')).split(',').length, 3, 'three are kept');
  t.equal((await keys('rotate', '--keep', '1')).code, 2);
});

t.test('rotating keys in development rewrites the secrets file and nothing else in it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'savabegh-keys-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const keys = (...args: string[]) => savabegh(['keys', ...args], { DATA_DIRECTORY: folder });
  await withDevelopmentSecrets({}, folder);
  const found = await findDevelopmentSecrets(folder);
  if (!found) throw new Error('no secrets');
  t.teardown(() => rm(dirname(found.file), { recursive: true, force: true }));
  const secrets = async () => JSON.parse(await readFile(found.file, 'utf8'));
  t.equal((await stat(found.file)).mode & 0o777, 0o600);
  t.equal((await keys('list')).code, 1, 'unless they are named');
  t.equal((await keys('list', '--development')).code, 0);
  const before = await secrets();
  t.equal((await keys('rotate', '--development')).code, 0);
  const after = await secrets();
  t.ok(after.SECRET_KEYS.endsWith(before.SECRET_KEYS));
  t.equal(after.IDENTIFIER_KEY, before.IDENTIFIER_KEY);
  t.equal(after.PASSWORD_PEPPERS, before.PASSWORD_PEPPERS);
  const { stdout } = await savabegh(['keys', 'rotate'], { SECRET_KEYS: before.SECRET_KEYS });
  t.match(stdout, /^k\d{8}t\d{6}:[\w+/=]+,dev:/, 'a list from the environment is printed');
});

t.test('an operator erases an account; the record stays, and the person may sign up again', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const other = await signUp(service);
  const { body: session } = await signIn(service, person);
  const recovery = await service.post('/v1/recoveries', { nationalCode: person.nationalCode });
  t.match((await accounts(service, 'hashes')).stdout, /password test 04: 2\nsecurity answers test 04: 2/);
  const insured = () =>
    service.db
      .selectFrom('insured_person')
      .where('national_code', '=', person.nationalCode)
      .selectAll()
      .execute();
  const before = await insured();
  const { id: accountId } = await service.db
    .selectFrom('account')
    .where('national_code', '=', person.nationalCode)
    .select('id')
    .executeTakeFirstOrThrow();

  const erase = (...args: string[]) => accounts(service, 'erase', ...args);
  t.equal((await erase('0684159414', '--yes')).code, 1, 'nobody');
  t.match(await erase(person.nationalCode), { code: 2, stderr: /give --yes/ }, 'nobody can be asked');
  t.match(await erase(person.nationalCode, '--dry-run'), { code: 0, stdout: /state.*would be erased/s });
  t.equal((await signIn(service, person)).status, 201, 'and it is still there');
  const erased = await erase(person.nationalCode, '--yes', '--by', 'R. Karimi');
  t.equal(erased.code, 0, erased.stderr);
  t.equal((await erase(person.nationalCode, '--yes')).code, 1, 'once');

  t.equal((await service.get('/v1/me', { token: session.accessToken })).status, 401);
  t.equal((await signIn(service, person)).body.code, 'credentials-not-accepted');
  t.equal((await signIn(service, other)).status, 201);
  const path = `/v1/recoveries/${recovery.body.id}/challenge`;
  t.equal(
    (await service.post(path, { method: 'sms' }, { token: recovery.body.flowToken })).status,
    200,
    'whoever began it sees no difference',
  );
  t.same(await insured(), before);
  t.match(await messagesTo(service, person.mobile), [{ purpose: 'account-erased' }]);
  const left = await service.db
    .selectFrom('activity')
    .where('account_id', '=', accountId)
    .select(['kind', 'actor'])
    .execute();
  t.same(left, [{ kind: 'account-erased', actor: 'operator:R. Karimi' }]);
  for (const table of ['session', 'device', 'password_history', 'recovery', 'message'] as const) {
    const rows = await service.db.selectFrom(table).where('account_id', '=', accountId).selectAll().execute();
    t.same(rows, [], table);
  }
  t.equal((await signIn(service, await signUp(service, goodPassword, person))).status, 201);
});

t.test('a locked account is erased when two operators have said so', async (t) => {
  const service = await startTestService(t);
  const lockedPerson = async () => {
    const person = await signUp(service);
    await service.db
      .updateTable('account')
      .set({ lock: 'locked' })
      .where('national_code', '=', person.nationalCode)
      .execute();
    return person;
  };
  const erase = (person: Person, by: string) =>
    accounts(service, 'erase', person.nationalCode, '--yes', '--by', by);
  const exists = async (person: Person) => (await accounts(service, 'show', person.nationalCode)).code === 0;

  const person = await lockedPerson();
  const { id: accountId } = await accountOf(service, person);
  for (let again = 0; again < 2; again += 1) {
    const asked = await erase(person, 'R. Karimi');
    t.equal(asked.code, 0, asked.stderr);
    t.match(asked.stdout, /another operator/);
    t.ok(await exists(person), 'one alone erases nothing, however often');
  }
  t.match((await accounts(service, 'show', person.nationalCode)).stdout, /account-erasure-requested/);
  t.notOk((await messagesTo(service, person.mobile)).some(({ purpose }) => purpose === 'account-erased'));
  const second = await erase(person, 'S. Moradi');
  t.match(second.stdout, /^erased/m);
  t.notOk(await exists(person));
  t.match(await messagesTo(service, person.mobile), [{ purpose: 'account-erased' }]);
  const left = await service.db
    .selectFrom('activity')
    .where('account_id', '=', accountId)
    .select(['kind', 'actor'])
    .execute();
  t.same(left, [{ kind: 'account-erased', actor: 'operator:S. Moradi' }]);

  const other = await lockedPerson();
  await erase(other, 'R. Karimi');
  await sql`update activity set occurred_at = occurred_at - interval '8 days'`.execute(service.db);
  t.match((await erase(other, 'S. Moradi')).stdout, /another operator/, 'a word is good for a week');
  t.ok(await exists(other));

  const disabled = await lockedPerson();
  t.equal((await accounts(service, 'disable', disabled.nationalCode)).code, 0);
  t.match(
    (await erase(disabled, 'R. Karimi')).stdout,
    /another operator/,
    'disabled, and locked all the same',
  );
  t.ok(await exists(disabled));
});
