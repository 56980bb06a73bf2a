import { once } from 'node:events';
import { request } from 'node:http';
import { CompiledQuery, sql } from 'kysely';
import t, { type Test } from 'tap';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import { machineClient, sendList } from '../support/clients.ts';
import {
  changeAddress,
  codeAt,
  everyMessageEnded,
  internationalOf,
  otherMobileOf,
  startChange,
} from '../support/contacts.ts';
import { readContract } from '../support/contract.ts';
import {
  challengedRecovery,
  codeSentTo,
  goodPassword,
  insuredPerson,
  otherPassword,
  provedRecovery,
  securityAnswers,
  signIn,
  signUp,
  startRecovery,
  startRegistration,
  verifiedRegistration,
  wrongCode,
} from '../support/journey.ts';
import { officer, startAtDesk, tokenOf } from '../support/officers.ts';
import { forgetQuotas } from '../support/quotas.ts';
import { accountOf, noticeToken, withEmail } from '../support/recovery.ts';
import { list, toCode, work } from '../support/register.ts';
import { newKey, refreshFrom } from '../support/sessions.ts';

// Every operation that creates or sends, repeated with its Idempotency-Key after its answer was lost.

const service = await startTestService(t, { environment: { TRUSTED_PROXIES: '127.0.0.1' } });
const replica = await service.replica({ background: false });
const { operations } = await readContract(service);

// All flows of these tests come from one network.
t.beforeEach(() => forgetQuotas(service.db));

const atHome = '198.51.100.7';
const elsewhere = '203.0.113.9';

/** One request that may be sent. */
type Ready = Readonly<{
  method: 'POST' | 'PUT' | 'PATCH';
  path: string;
  token?: string;
  body?: unknown;
  /** Another one, which the same route would take as well. */
  other?: unknown;
}>;

type Sent = Readonly<{ key?: string; network?: string; token?: string; body?: unknown }>;

function send(
  to: TestService,
  ready: Ready,
  { key, network = atHome, ...changed }: Sent = {},
): Promise<Answer> {
  const { method, path, token, body } = { ...ready, ...changed };
  const headers = { 'x-forwarded-for': network, ...(key !== undefined && { 'idempotency-key': key }) };
  return to.call(method, path, {
    headers,
    ...(token !== undefined && { token }),
    ...(body !== undefined && { body }),
  });
}

/** Sends it and goes away before the answer comes. */
async function loseAnswer({ method, path, token, body }: Ready, key: string): Promise<void> {
  const sent = body === undefined ? '' : JSON.stringify(body);
  const going = request(`${service.origin}${path}`, {
    method,
    headers: {
      'idempotency-key': key,
      'x-forwarded-for': atHome,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      'content-length': Buffer.byteLength(sent),
    },
  });
  going.on('error', () => {});
  going.end(sent);
  await once(going, 'finish');
  going.destroy();
}

const tables = [
  'registration',
  'recovery',
  'branch_recovery',
  'register_change',
  'contact_flow',
  'pending_change',
  'account',
  'account_event',
  'session',
  'device',
  'activity',
  'message',
] as const;

/** Rows of every table that requests write, and what quotas have counted. */
async function stock(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await sql<{ n: number }>`select count(*)::integer as n from ${sql.table(table)}`.execute(
      service.db,
    );
    counts[table] = rows[0]?.n ?? 0;
  }
  const { rows } = await sql<{ n: number }>`select coalesce(sum(used), 0)::integer as n from quota`.execute(
    service.db,
  );
  const { rows: lists } = await sql<{
    n: number;
  }>`select count(withdrawn_at)::integer as n from employer_list`.execute(service.db);
  return { ...counts, withdrawals: lists[0]?.n ?? 0, quotas: rows[0]?.n ?? 0 };
}

/** What `work` added to them, once every message has ended. */
async function effectOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  await everyMessageEnded(service);
  const before = await stock();
  await work();
  await everyMessageEnded(service);
  const after = await stock();
  return Object.fromEntries(
    Object.entries(after)
      .map(([name, n]) => [name, n - (before[name] ?? 0)] as const)
      .filter(([, n]) => n !== 0),
  );
}

const waited = (table: 'registration' | 'contact_flow') =>
  sql`update ${sql.table(table)} set sent_at = sent_at - interval '20 minutes'`.execute(service.db);

const passwordBody = (newPassword: string) => ({ newPassword, newPasswordConfirmation: newPassword });

async function signedIn() {
  const person = await signUp(service);
  await withEmail(service, person);
  const token = await tokenOf(service, person);
  return { person, token };
}

let listsSent = 0;

/** A list of a workshop of its own that a machine client has sent. */
async function sentList() {
  listsSent += 1;
  const workshop = `20000000${String(listsSent).padStart(2, '0')}`;
  const client = await machineClient(service, ['employer-lists:write'], { workshopCodes: [workshop] });
  const token = await client.token();
  const { body } = await sendList(service, token, list({ workshop, rows: [work(toCode(listsSent))] }));
  return { token, id: body.id as string };
}

async function startedChange(kind: 'mobile' | 'email') {
  const { person, token } = await signedIn();
  const address = kind === 'mobile' ? otherMobileOf(person.mobile) : `new.${person.nationalCode}@example.ir`;
  const { body } = await startChange(service, token, kind, address);
  const code = await codeAt(service, kind === 'mobile' ? internationalOf(address) : address);
  return { token, id: body.id as string, code };
}

const resendChange = (kind: 'mobile' | 'email') => async (): Promise<Ready> => {
  const { token, id } = await startedChange(kind);
  await waited('contact_flow');
  return { method: 'POST', path: `/v1/me/${kind}-changes/${id}/code`, token };
};

const verifyChange = (kind: 'mobile' | 'email') => async (): Promise<Ready> => {
  const { token, id, code } = await startedChange(kind);
  const other = { code: wrongCode(code) };
  return { method: 'POST', path: `/v1/me/${kind}-changes/${id}/verification`, token, body: { code }, other };
};

const reason = 'شناسنامه دیده شد';

async function atRegister() {
  const [desk, person] = [await officer(service), await insuredPerson(service)];
  const { id } = await service.db
    .selectFrom('insured_person')
    .where('national_code', '=', person.nationalCode)
    .select('id')
    .executeTakeFirstOrThrow();
  return { ...desk, id, path: `/v1/branch/insured-people/${id}` };
}

/** A change of the register that waits for a second officer. */
async function askedChange() {
  const { token, path } = await atRegister();
  const { body } = await service.call('PATCH', path, { token, body: { reason, birthDate: '1351-03-04' } });
  return { token, path: `/v1/branch/changes/${body.changes[0].id}` };
}

/** By operation: somebody who may send it just now. */
const prepare: Readonly<Record<string, () => Promise<Ready>>> = {
  async startRegistration() {
    const [{ nationalCode, birthDate, mobile }, { mobile: another }] = [
      await insuredPerson(service),
      await insuredPerson(service),
    ];
    const body = { nationalCode, birthDate, mobile };
    return { method: 'POST', path: '/v1/registrations', body, other: { ...body, mobile: another } };
  },
  async resendRegistrationCode() {
    const { id, flowToken: token } = await startRegistration(service, await insuredPerson(service));
    await waited('registration');
    return { method: 'POST', path: `/v1/registrations/${id}/code`, token };
  },
  async verifyRegistration() {
    const person = await insuredPerson(service);
    const { id, flowToken: token } = await startRegistration(service, person);
    const code = await codeSentTo(service, person.mobile);
    const path = `/v1/registrations/${id}/verification`;
    return { method: 'POST', path, token, body: { code }, other: { code: wrongCode(code) } };
  },
  async completeRegistration() {
    const { id, flowToken: token } = await verifiedRegistration(service, await insuredPerson(service));
    const body = {
      password: goodPassword,
      passwordConfirmation: goodPassword,
      securityAnswers: await securityAnswers(service),
    };
    const other = { ...body, password: otherPassword, passwordConfirmation: otherPassword };
    return { method: 'POST', path: `/v1/registrations/${id}/completion`, token, body, other };
  },
  async signIn() {
    const { nationalCode } = await signUp(service);
    const body = { nationalCode, password: goodPassword, rememberDevice: true };
    return { method: 'POST', path: '/v1/sessions', body, other: { ...body, rememberDevice: false } };
  },
  async verifySignIn() {
    const person = await signUp(service);
    const { nationalCode } = person;
    for (let wrong = 0; wrong < 5; wrong += 1) await signIn(service, person, otherPassword);
    const { body: step } = await service.post('/v1/sessions', { nationalCode, password: goodPassword });
    const code = await codeSentTo(service, person.mobile);
    const path = `/v1/sessions/${step.id}/verification`;
    return { method: 'POST', path, token: step.flowToken, body: { code }, other: { code: wrongCode(code) } };
  },
  async changePassword() {
    const { token } = await signedIn();
    const body = { currentPassword: goodPassword, ...passwordBody(otherPassword) };
    const other = { ...body, ...passwordBody('Jw5kBsf2Gc') };
    return { method: 'PUT', path: '/v1/me/password', token, body, other };
  },
  async startMobileChange() {
    const { person, token } = await signedIn();
    const body = { currentPassword: goodPassword, mobile: otherMobileOf(person.mobile) };
    const other = { ...body, mobile: otherMobileOf(person.mobile, '0919556') };
    return { method: 'POST', path: '/v1/me/mobile-changes', token, body, other };
  },
  async startEmailChange() {
    const { person, token } = await signedIn();
    const body = { currentPassword: goodPassword, email: `a.${person.nationalCode}@example.ir` };
    return {
      method: 'POST',
      path: '/v1/me/email-changes',
      token,
      body,
      other: { ...body, email: 'b@example.ir' },
    };
  },
  resendMobileChangeCode: resendChange('mobile'),
  resendEmailChangeCode: resendChange('email'),
  verifyMobileChange: verifyChange('mobile'),
  verifyEmailChange: verifyChange('email'),
  async removeEmail() {
    const { token } = await signedIn();
    const body = { currentPassword: goodPassword };
    const other = { ...body, currentAnswers: await securityAnswers(service) };
    return { method: 'POST', path: '/v1/me/email-removals', token, body, other };
  },
  async changeSecurityAnswers() {
    const { token } = await signedIn();
    const given = await securityAnswers(service);
    const changed = (suffix: string) =>
      given.map((each) => ({ ...each, answer: `${each.answer} ${suffix}` }));
    const body = { currentPassword: goodPassword, securityAnswers: changed('بزرگ') };
    const other = { ...body, securityAnswers: changed('کوچک') };
    return { method: 'PUT', path: '/v1/me/security-answers', token, body, other };
  },
  async cancelContactChange() {
    const { person, token } = await signedIn();
    await changeAddress(service, token, 'email', `c.${person.nationalCode}@example.ir`);
    const { body } = await service.get('/v1/me/contact-changes', { token });
    const path = `/v1/me/contact-changes/${body.pending[0].id}/cancellation`;
    return {
      method: 'POST',
      path,
      token,
      body: { currentPassword: goodPassword },
      other: { currentPassword: otherPassword },
    };
  },
  async startBar() {
    const { token } = await signedIn();
    const body = { currentPassword: goodPassword, kind: 'email', proof: 'mobile' };
    return { method: 'POST', path: '/v1/me/barred-kinds', token, body, other: { ...body, proof: 'answers' } };
  },
  async verifyBar() {
    const { person, token } = await signedIn();
    const started = { currentPassword: goodPassword, kind: 'email', proof: 'mobile' };
    const { body } = await service.post('/v1/me/barred-kinds', started, { token });
    const code = await codeSentTo(service, person.mobile);
    const path = `/v1/me/barred-kinds/${body.id}/verification`;
    return { method: 'POST', path, token, body: { code }, other: { code: wrongCode(code) } };
  },
  async dispute() {
    const { person, token } = await signedIn();
    const body = { currentPassword: goodPassword, ...passwordBody(otherPassword) };
    await service.put('/v1/me/password', body, { token });
    await everyMessageEnded(service);
    const link = await noticeToken(service, person.mobile, 'password-changed');
    return { method: 'POST', path: '/v1/disputes', body: { token: link }, other: { token: `${link}x` } };
  },
  async startRecovery() {
    const [{ nationalCode }, other] = [await signUp(service), await insuredPerson(service)];
    return {
      method: 'POST',
      path: '/v1/recoveries',
      body: { nationalCode },
      other: { nationalCode: other.nationalCode },
    };
  },
  async challengeRecovery() {
    const { nationalCode } = await signUp(service);
    const { id, token } = await startRecovery(service, nationalCode);
    const path = `/v1/recoveries/${id}/challenge`;
    return { method: 'POST', path, token, body: { method: 'sms' }, other: { method: 'questions' } };
  },
  async verifyRecovery() {
    const { id, token, code } = await challengedRecovery(service, await signUp(service));
    const path = `/v1/recoveries/${id}/verification`;
    return { method: 'POST', path, token, body: { code }, other: { code: wrongCode(code) } };
  },
  async setRecoveredPassword() {
    const { id, token } = await provedRecovery(service, await signUp(service));
    const path = `/v1/recoveries/${id}/password`;
    return {
      method: 'PUT',
      path,
      token,
      body: passwordBody(otherPassword),
      other: passwordBody('Jw5kBsf2Gc'),
    };
  },
  async redeemPrintedCode() {
    const [desk, { nationalCode }] = [await officer(service), await signUp(service)];
    const { body } = await startAtDesk(service, desk, { nationalCode });
    const sent = { nationalCode, code: body.code };
    return {
      method: 'POST',
      path: '/v1/recoveries/redemptions',
      body: sent,
      other: { ...sent, code: '4G7K-90QZ-M3TD-8WXE' },
    };
  },
  async startBranchRecovery() {
    const [{ token }, { nationalCode }] = [await officer(service), await signUp(service)];
    const other = { nationalCode, withoutMobile: true };
    return { method: 'POST', path: '/v1/branch/recoveries', token, body: { nationalCode }, other };
  },
  async approveBranchRecovery() {
    const [first, { token }, { nationalCode }] = [
      await officer(service),
      await officer(service),
      await signUp(service),
    ];
    const { body } = await startAtDesk(service, first, { nationalCode, withoutMobile: true });
    return { method: 'POST', path: `/v1/branch/recoveries/${body.id}/approval`, token };
  },
  async mendInsuredPerson() {
    const { token, path } = await atRegister();
    const body = { reason, birthDate: '1351-03-04' };
    return { method: 'PATCH', path, token, body, other: { ...body, birthDate: '1351-03-05' } };
  },
  async mergeInsuredPeople() {
    const [{ token, path }, { id: otherId }, another] = [
      await atRegister(),
      await atRegister(),
      await atRegister(),
    ];
    const body = { reason, otherId };
    return { method: 'POST', path: `${path}/merge`, token, body, other: { reason, otherId: another.id } };
  },
  async approveRegisterChange() {
    const [{ path }, { token }] = [await askedChange(), await officer(service)];
    return { method: 'POST', path: `${path}/approval`, token };
  },
  async reverseRegisterChange() {
    const { token, path } = await askedChange();
    return {
      method: 'POST',
      path: `${path}/reversal`,
      token,
      body: { reason },
      other: { reason: `${reason}.` },
    };
  },
  async withdrawEmployerList() {
    const { token, id } = await sentList();
    return { method: 'POST', path: `/v1/employer-lists/${id}/withdrawal?confirm=removals`, token };
  },
};

/** Why a POST, PUT or PATCH is not in the table above. */
const exempt: Readonly<Record<string, string>> = {
  refreshSession: 'takes the key by a rule of its own: refresh.test.ts',
  searchInsuredPeople: 'a look, which the person sees each time',
  getMachineToken: 'tokens are kept nowhere',
  evaluatePassword: 'nothing is kept',
  reauthenticate: 'holds from when the password was given',
  submitEmployerList: 'the content is the key',
  getDryRunReport: 'nothing is kept of a dry run',
  pushAuthorizationRequest: 'pushed twice it is two, and both run out in a minute',
  decideAuthorization: 'it can be decided once; the address to go on at is given once',
  keepGrant: 'what is kept twice is kept',
};

t.test('every POST, PUT and PATCH takes the key, or is in a short list with a reason', async (t) => {
  const writing = operations.filter(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method));
  t.same(writing.map(({ id }) => id).sort(), [...Object.keys(prepare), ...Object.keys(exempt)].sort());
  const { body: document } = await service.get('/openapi.json');
  for (const { method, path, id: operationId } of writing) {
    const operation = document.paths[path][method.toLowerCase()];
    const resolve = (parameter: { $ref?: string }) =>
      parameter.$ref ? document.components.parameters[parameter.$ref.split('/').at(-1) ?? ''] : parameter;
    const names = (operation.parameters ?? []).map((parameter: { $ref?: string }) => resolve(parameter).name);
    const takes = operationId in prepare || operationId === 'refreshSession';
    t.equal(names.includes('idempotency-key'), takes, operationId);
    if (takes) t.ok(operation.responses[409] && operation.responses[422], `${operationId}: 409 and 422`);
  }
});

/** What may differ between two answers to one request: a new access token of the same session. */
function comparable({ status, body, headers }: Answer) {
  const { accessToken: _, ...rest } = body ?? {};
  return { status, rest, location: headers.get('location'), cache: headers.get('cache-control') };
}

/** Whoever else could send the request with this key. */
async function strangerTo({ token }: Ready): Promise<Sent> {
  if (token === undefined) return { key: newKey() };
  if (!token.startsWith('ey')) return { token: newKey() + newKey() };
  return { token: await tokenOf(service, await signUp(service, otherPassword), otherPassword) };
}

/** The ceiling of a machine client counts requests, whatever they do. */
const ofMachines = new Set(['withdrawEmployerList']);

async function showRepeats(t: Test, operationId: string): Promise<void> {
  const ready = prepare[operationId] as () => Promise<Ready>;
  const plain = await ready();
  const effect = await effectOf(async () => {
    const { status, text } = await send(service, plain);
    t.ok(status < 300, `${operationId} succeeds: ${status} ${text}`);
  });

  const lost = await ready();
  const key = newKey();
  const answers: Answer[] = [];
  const whole = await effectOf(async () => {
    await loseAnswer(lost, key);
    answers.push(await send(replica, lost, { key, network: elsewhere }));
    answers.push(await send(service, lost, { key }));
    answers.push(await send(replica, lost, { key }));
  });
  const [first, ...others] = answers;
  if (!first) throw new Error('nothing was answered');
  t.ok(first.status < 300, `${first.status} ${first.text}`);
  for (const other of others) t.same(comparable(other), comparable(first), 'the same answer');
  if (ofMachines.has(operationId)) for (const each of [effect, whole]) delete each.quotas;
  t.same(whole, effect, 'one effect: rows, messages and counts');

  if (lost.other !== undefined) {
    const refused = await send(replica, lost, { key, body: lost.other });
    t.equal(refused.status, 422, 'another body');
    t.equal(refused.body.code, 'idempotency-key-reused');
  }
  const stranger = await strangerTo(lost);
  const nothing = await send(service, lost, { key, network: elsewhere, ...stranger });
  // Whoever has the link of a notice may dispute it, and gets the same answer without any key.
  if (operationId !== 'dispute') {
    t.notSame(comparable(nothing), comparable(first), 'somebody else gets nothing of it');
  }

  const twice = await ready();
  const same = newKey();
  const both = await effectOf(async () => {
    const [one, two] = await Promise.all([
      send(service, twice, { key: same }),
      send(replica, twice, { key: same, network: elsewhere }),
    ]);
    t.ok(one.status < 300, `${one.status} ${one.text}`);
    t.same(comparable(two), comparable(one), 'two at once');
  });
  if (ofMachines.has(operationId)) delete both.quotas;
  t.same(both, effect, 'one effect of two at once');
}

for (const operationId of Object.keys(prepare)) {
  t.test(`${operationId}, repeated after a lost answer, is done once`, (t) => showRepeats(t, operationId));
}

/** What uses the secret of an answer. */
const uses: Readonly<Record<string, (answer: Answer) => Promise<Answer>>> = {
  startRegistration: async ({ body: { id, flowToken: token } }) => {
    const { mobile } = await service.db
      .selectFrom('registration')
      .where('id', '=', id)
      .select('mobile')
      .executeTakeFirstOrThrow();
    const code = await codeAt(service, mobile);
    return service.post(`/v1/registrations/${id}/verification`, { code }, { token });
  },
  signIn: ({ body }) => refreshFrom(service, body.refreshToken),
  startRecovery: ({ body: { id, flowToken: token } }) =>
    service.post(`/v1/recoveries/${id}/challenge`, { method: 'questions' }, { token }),
  redeemPrintedCode: ({ body: { id, flowToken: token } }) =>
    service.post(`/v1/recoveries/${id}/challenge`, { method: 'sms' }, { token }),
};

for (const [operationId, use] of Object.entries(uses)) {
  t.test(`${operationId}: its secret is given again until it has been used`, async (t) => {
    const ready = await (prepare[operationId] as () => Promise<Ready>)();
    const key = newKey();
    const first = await send(service, ready, { key });
    t.same(comparable(await send(replica, ready, { key })), comparable(first));
    const used = await use(first);
    t.ok(used.status < 300, used.text);
    const refused = await send(service, ready, { key, network: elsewhere });
    t.equal(refused.status, 409);
    t.equal(refused.body.code, 'idempotent-answer-used');
    t.notOk(refused.headers.get('set-cookie'));
  });
}

t.test('a printed code is printed again until somebody has opened a recovery with it', async (t) => {
  const ready = await (prepare.startBranchRecovery as () => Promise<Ready>)();
  const key = newKey();
  const { body } = await send(service, ready, { key });
  t.equal((await send(replica, ready, { key })).body.code, body.code);
  const { nationalCode } = ready.body as { nationalCode: string };
  await service.post('/v1/recoveries/redemptions', { nationalCode, code: body.code });
  t.equal((await send(service, ready, { key })).status, 409);
});

t.test('a sign-in that is kept in cookies is repeated with its cookies', async (t) => {
  const { nationalCode } = await signUp(service);
  const body = { nationalCode, password: goodPassword, keep: 'cookie', rememberDevice: true };
  const headers = { origin: service.config.publicUrl, 'savabegh-client': 'web', 'idempotency-key': newKey() };
  const first = await service.post('/v1/sessions', body, { headers });
  const again = await replica.post('/v1/sessions', body, { headers });
  t.equal(first.headers.getSetCookie().length, 2);
  t.same(again.headers.getSetCookie(), first.headers.getSetCookie());
});

t.test('a repeated sign-in gets an access token that has its whole time before it', async (t) => {
  const ready = await (prepare.signIn as () => Promise<Ready>)();
  const key = newKey();
  await send(service, ready, { key });
  const { body } = await send(service, ready, { key });
  const { iat, exp } = JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url').toString());
  t.equal(exp - iat, body.accessTokenExpiresInSeconds);
  t.equal((await service.get('/v1/me', { token: body.accessToken })).status, 200);
});

t.test('an ended session gets no answer of its account again', async (t) => {
  const ready = await (prepare.startEmailChange as () => Promise<Ready>)();
  const key = newKey();
  await send(service, ready, { key });
  const { token = '' } = ready;
  await service.call('DELETE', '/v1/me/sessions/current', { token });
  t.equal((await send(service, ready, { key })).status, 401);
});

/** Operations of officers, by their paths. */
const atDesk = operations.filter(({ path, id }) => path.startsWith('/v1/branch/') && id in prepare);

/** What takes an officer's right to act away, and how it comes back. */
const losses: readonly Readonly<{ code: string; take: string; give: string }>[] = [
  {
    code: 'officer-sign-in-needed',
    take: "update session set authenticated_at = authenticated_at - interval '6 minutes' where account_id = $1",
    give: "update session set authenticated_at = authenticated_at + interval '6 minutes' where account_id = $1",
  },
  {
    code: 'officer-role-asleep',
    take: "insert into account_event (account_id, cause, kinds) values ($1, 'password-change', '{}')",
    give: "delete from account_event where account_id = $1 and cause = 'password-change'",
  },
  {
    code: 'not-an-officer',
    take: 'update officer set account_id = $2 where account_id = $1',
    give: 'update officer set account_id = $1 where account_id = $2',
  },
  {
    code: 'not-authenticated',
    take: "update session set idle_expires_at = idle_expires_at - interval '1 year' where account_id = $1",
    give: "update session set idle_expires_at = idle_expires_at + interval '1 year' where account_id = $1",
  },
];

t.test('an officer gets an answer again only while the officer could act', async (t) => {
  t.ok(atDesk.length >= 6, 'operations of officers are found');
  const { id: otherId } = await accountOf(service, await signUp(service));
  for (const { id: operationId } of atDesk) {
    const ready = await (prepare[operationId] as () => Promise<Ready>)();
    const key = newKey();
    const first = await send(service, ready, { key });
    t.ok(first.status < 300, `${operationId}: ${first.text}`);
    const claims = Buffer.from(ready.token?.split('.')[1] ?? '', 'base64url').toString();
    const { sub: accountId } = JSON.parse(claims) as { sub: string };
    for (const { code, take, give } of losses) {
      const run = (text: string) =>
        service.db.executeQuery(
          CompiledQuery.raw(text, text.includes('$2') ? [accountId, otherId] : [accountId]),
        );
      await run(take);
      const refused = await send(replica, ready, { key });
      t.equal(refused.body.code, code, `${operationId} without the right to act`);
      await run(give);
      t.same(
        comparable(await send(replica, ready, { key })),
        comparable(first),
        `${operationId} with it again`,
      );
    }
  }
});

t.test('a guess is counted once, however often its answer is lost', async (t) => {
  const ready = await (prepare.verifyRegistration as () => Promise<Ready>)();
  const wrong = { ...ready, body: ready.other };
  const key = newKey();
  const first = await send(service, wrong, { key });
  t.equal(first.body.code, 'code-not-accepted');
  t.equal(first.body.attemptsLeft, 4);
  const effect = await effectOf(async () => {
    for (let more = 0; more < 6; more += 1) t.same((await send(replica, wrong, { key })).body, first.body);
  });
  t.same(effect, {}, 'nothing more is counted');
  t.equal(
    (await send(service, ready, { key: newKey() })).status,
    200,
    'the right code is a request of its own',
  );
});

t.test('what was refused and changed nothing is judged anew', async (t) => {
  const { nationalCode } = await signUp(service);
  const flow = await startRecovery(service, nationalCode);
  const ready: Ready = {
    method: 'POST',
    path: `/v1/recoveries/${flow.id}/verification`,
    token: flow.token,
    body: { code: '123456' },
  };
  const key = newKey();
  t.equal((await send(service, ready, { key })).body.code, 'step-not-open');
  await service.post(`/v1/recoveries/${flow.id}/challenge`, { method: 'sms' }, { token: flow.token });
  t.equal((await send(service, ready, { key })).body.code, 'code-not-accepted');
  t.equal(
    (await send(service, { ...ready, body: { code: '1' } }, { key })).status,
    400,
    'input is looked at first',
  );
});

t.test('a key is good for a day, and its row no longer', async (t) => {
  const ready = await (prepare.startRecovery as () => Promise<Ready>)();
  const key = newKey();
  const first = await send(service, ready, { key });
  await sql`update idempotency_key set expires_at = expires_at - interval '23 hours 59 minutes'`.execute(
    service.db,
  );
  t.equal((await send(service, ready, { key })).body.id, first.body.id);
  await sql`update idempotency_key set expires_at = expires_at - interval '2 minutes'`.execute(service.db);
  t.not((await send(service, ready, { key, body: ready.other })).body.id, first.body.id);
});

t.test('a key that could be guessed is refused, whoever sends it', async (t) => {
  const [anyone, owner] = [
    await (prepare.startRecovery as () => Promise<Ready>)(),
    await (prepare.startEmailChange as () => Promise<Ready>)(),
  ];
  for (const ready of [anyone, owner]) {
    for (const key of ['1', 'A'.repeat(21), 'A'.repeat(201), `${'A'.repeat(11)} ${'A'.repeat(11)}`]) {
      const { status, body } = await send(service, ready, { key });
      t.equal(status, 400);
      t.equal(body.errors[0].pointer, '/header/idempotency-key');
    }
  }
});

t.test('neither key nor secret is in the table or in the log', async (t) => {
  const ready = await (prepare.startRegistration as () => Promise<Ready>)();
  const key = newKey();
  const { body } = await send(service, ready, { key });
  await send(service, ready, { key });
  const { rows } = await sql<{ row: string }>`
    select concat_ws(' ', encode(digest, 'escape'), encode(fingerprint, 'escape'), encode(answer, 'escape')) as row
    from idempotency_key`.execute(service.db);
  const kept = [...rows.map(({ row }) => row), ...service.logLines].join('\n');
  for (const secret of [key, body.flowToken, body.id, body.destination])
    t.notOk(kept.includes(secret), secret);
});

t.test('a repeat tells nobody who is registered', async (t) => {
  const [known, unknown] = [await signUp(service), await insuredPerson(service)];
  const answers = [];
  for (const { nationalCode } of [known, unknown]) {
    const ready: Ready = { method: 'POST', path: '/v1/recoveries', body: { nationalCode } };
    const key = newKey();
    const first = await send(service, ready, { key });
    const again = await send(service, ready, { key });
    t.equal(again.text, first.text);
    const flow = { id: first.body.id, token: first.body.flowToken };
    const challenge: Ready = {
      method: 'POST',
      path: `/v1/recoveries/${flow.id}/challenge`,
      token: flow.token,
      body: { method: 'sms' },
    };
    const challengeKey = newKey();
    const challenged = await send(service, challenge, { key: challengeKey });
    t.equal((await send(service, challenge, { key: challengeKey })).text, challenged.text);
    const used = await send(service, ready, { key });
    const sizes = await sql<{ size: number }>`select length(answer) as size from idempotency_key
      order by expires_at desc limit 2`.execute(service.db);
    answers.push({
      shape: again.text.length,
      status: challenged.status,
      used: used.status,
      sizes: sizes.rows,
    });
  }
  t.same(answers[0], answers[1]);
});

t.test('sign-ins of one person on two devices at once are two', async (t) => {
  const person = await signUp(service);
  const [one, two] = await Promise.all([signIn(service, person), signIn(service, person)]);
  t.not(one.body.refreshToken, two.body.refreshToken);
});

// Without a key: what was done is said to be done.

t.test('a step of a sign-up repeated after its success is told to be done', async (t) => {
  const person = await insuredPerson(service);
  const flow = await startRegistration(service, person);
  const code = await codeSentTo(service, person.mobile);
  const step = (name: string, body?: unknown) =>
    service.post(`/v1/registrations/${flow.id}/${name}`, body, { token: flow.flowToken });
  const completion = {
    password: goodPassword,
    passwordConfirmation: goodPassword,
    securityAnswers: await securityAnswers(service),
  };
  t.equal((await step('completion', completion)).body.code, 'step-not-open');
  t.equal((await step('verification', { code })).status, 200);
  for (const name of ['verification', 'code']) {
    t.equal((await step(name, name === 'code' ? undefined : { code })).body.code, 'step-done', name);
  }
  const both = await Promise.all([step('completion', completion), step('completion', completion)]);
  t.same(both.map(({ status, body }) => body.code ?? status).sort(), [201, 'step-done']);
  const effect = await effectOf(async () => {
    for (const [name, body] of Object.entries({ verification: { code }, completion })) {
      const { status, body: said } = await step(name, body);
      t.equal(status, 409);
      t.equal(said.code, 'step-done', name);
      t.notMatch(said.detail, /دوباره شروع/);
    }
  });
  t.same(effect, {});
  const stranger = { token: newKey() + newKey() };
  const guessed = await service.post(`/v1/registrations/${flow.id}/completion`, completion, stranger);
  t.equal(guessed.body.code, 'flow-not-open', 'the id alone tells nothing');
});

t.test('a step of a recovery repeated after its success is told to be done', async (t) => {
  const person = await signUp(service);
  const { code, ...flow } = await challengedRecovery(service, person);
  const verification = () =>
    service.post(`/v1/recoveries/${flow.id}/verification`, { code }, { token: flow.token });
  const reset = () =>
    service.put(`/v1/recoveries/${flow.id}/password`, passwordBody(otherPassword), { token: flow.token });
  t.equal((await reset()).body.code, 'step-not-open');
  t.equal((await verification()).status, 200);
  t.equal((await verification()).body.code, 'step-done');
  const both = await Promise.all([reset(), reset()]);
  t.same(both.map(({ status, body }) => body.code ?? status).sort(), [200, 'step-done']);
  const effect = await effectOf(async () => {
    for (const repeat of [verification, reset]) t.equal((await repeat()).body.code, 'step-done');
  });
  t.same(effect, {});
  await sql`update recovery set expires_at = expires_at - interval '24 hours 1 second'`.execute(service.db);
  t.equal((await reset()).body.code, 'flow-not-open', 'after a day nothing is known of it');
});

t.test('the code of a new address given again is told to have been given', async (t) => {
  for (const kind of ['mobile', 'email'] as const) {
    const { token, id, code } = await startedChange(kind);
    const give = () => service.post(`/v1/me/${kind}-changes/${id}/verification`, { code }, { token });
    const both = await Promise.all([give(), give()]);
    t.same(both.map(({ status, body }) => body.code ?? status).sort(), [200, 'step-done'], kind);
    t.same(await effectOf(async () => t.equal((await give()).body.code, 'step-done')), {});
    const other = await tokenOf(service, await signUp(service));
    const { body } = await service.post(
      `/v1/me/${kind}-changes/${id}/verification`,
      { code },
      { token: other },
    );
    t.equal(body.code, 'contact-change-not-open', 'to its owner alone');
    const changes = await service.get('/v1/me/contact-changes', { token });
    t.same(changes.body.unproved, []);
  }
});

t.test('the proof of a bar given again is told to have been given', async (t) => {
  const ready = await (prepare.verifyBar as () => Promise<Ready>)();
  t.equal((await send(service, ready)).status, 204);
  t.same(await effectOf(async () => t.equal((await send(service, ready)).body.code, 'step-done')), {});
});

t.test('a change of the password made again is the same success, and is no way to guess', async (t) => {
  const ready = await (prepare.changePassword as () => Promise<Ready>)();
  const body = ready.body as Record<string, string>;
  const both = await Promise.all([send(service, ready), send(replica, ready)]);
  t.same(
    both.map(({ status }) => status),
    [200, 200],
  );
  const effect = await effectOf(async () => {
    for (let more = 0; more < 12; more += 1) t.equal((await send(service, ready)).status, 200);
  });
  t.same(effect, {}, 'nothing is counted or told');
  for (const wrong of [
    { ...body, currentPassword: 'Jw5kBsf2Gc' },
    { ...body, ...passwordBody('Jw5kBsf2Gc') },
    { ...body, newPasswordConfirmation: 'Jw5kBsf2Gc' },
  ]) {
    const { status, body: problem } = await send(service, ready, { body: wrong });
    t.equal(problem.code, 'current-password-not-accepted', `${status}`);
  }
  await sql`update account set password_changed_at = now() - interval '24 hours 1 second'`.execute(
    service.db,
  );
  t.equal((await send(service, ready)).status, 422);
});
