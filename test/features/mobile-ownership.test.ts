import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { createInquiryOwnership } from '../../src/features/mobile-ownership/adapters/inquiry.ts';
import type { InsuranceNumber } from '../../src/kernel/insurance-number.ts';
import type { Mobile } from '../../src/kernel/mobile.ts';
import type { NationalCode } from '../../src/kernel/national-code.ts';
import { Secret } from '../../src/kernel/secret.ts';
import type { MessagePurpose } from '../../src/messaging/index.ts';
import type { EmailMessage } from '../../src/messaging/ports.ts';
import { createFakeSender, eventually, sendersOf } from '../messaging/support.ts';
import { startTestService, type TestService } from '../support/app.ts';
import { changeAddress, internationalOf } from '../support/contacts.ts';
import {
  codeSentTo,
  goodPassword,
  insuredPerson,
  otherPassword,
  type Person,
  signIn,
  signUp,
  startRecovery,
  startRegistration,
} from '../support/journey.ts';
import { accountOf, challenge, mailTo, verify, withEmail } from '../support/recovery.ts';

const nationalCode = '0499370899' as NationalCode;
const mobile = '+989124370899' as Mobile;

const wires = {
  zohal: {
    path: '/api/v0/services/inquiry/shahkar',
    request: { mobile: '09124370899', national_code: nationalCode },
    answer: (matched: unknown) => ({ result: 1, response_body: { data: { matched } } }),
  },
  zibal: {
    path: '/v1/facility/shahkarInquiry',
    request: { mobile: '09124370899', nationalCode },
    answer: (matched: unknown) => ({ message: 'ok', result: 1, data: { matched } }),
  },
} as const;

for (const dialect of ['zohal', 'zibal'] as const) {
  t.test(`the ${dialect} inquiry`, async (t) => {
    const wire = wires[dialect];
    let respond = (_request: IncomingMessage, response: ServerResponse): void => void response.end();
    const seen: { path?: string | undefined; authorization?: string | undefined; body: unknown }[] = [];
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        seen.push({
          path: request.url,
          authorization: request.headers.authorization,
          body: JSON.parse(text),
        });
        respond(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => new Promise((resolve) => server.close(resolve)));
    t.teardown(() => server.closeAllConnections());
    const reasons: string[] = [];
    const createOwnership = (timeoutMs: number) =>
      createInquiryOwnership({
        dialect,
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        token: new Secret('inquiry-token'),
        timeoutMs,
        onUnavailable: (reason) => reasons.push(reason),
      });
    const ownership = createOwnership(20_000);
    const answerWith = (status: number, body: string) => {
      respond = (_request, response) => void response.writeHead(status).end(body);
      return ownership.check({ kind: 'national-code', value: nationalCode }, mobile);
    };

    t.equal(await answerWith(200, JSON.stringify(wire.answer(true))), 'matched');
    t.same(seen[0], { path: wire.path, authorization: 'Bearer inquiry-token', body: wire.request });
    t.equal(await answerWith(200, JSON.stringify(wire.answer(false))), 'not-matched');

    for (const [name, status, body] of [
      ['another result', 200, JSON.stringify({ ...wire.answer(true), result: 6 })],
      ['a text for the verdict', 200, JSON.stringify(wire.answer('true'))],
      ['no verdict', 200, '{"result":1}'],
      ['null', 200, 'null'],
      ['not JSON', 200, '<html>'],
      ['refused', 401, JSON.stringify(wire.answer(true))],
      ['broken', 500, ''],
      ['a redirect', 302, ''],
    ] as const) {
      t.equal(await answerWith(status, body), 'unavailable', `${name} is not an answer`);
    }
    const long = JSON.stringify({ ...wire.answer(true), more: 'x'.repeat(64 * 1024) });
    t.equal(await answerWith(200, long), 'unavailable', 'nor is one that is too long');
    const asked = seen.length;
    t.ok(ownership.asksAbout('national-code'));
    t.notOk(ownership.asksAbout('insurance-number'), 'the inquiry knows national codes only');
    t.equal(
      await ownership.check(
        { kind: 'insurance-number', value: nationalCode as string as InsuranceNumber },
        mobile,
      ),
      'unavailable',
    );
    t.equal(seen.length, asked, 'the same digits are somebody else');
    respond = () => {};
    t.equal(
      await createOwnership(300).check({ kind: 'national-code', value: nationalCode }, mobile),
      'unavailable',
      'silence is not an answer',
    );
    respond = (request) => void request.socket.destroy();
    t.equal(
      await ownership.check({ kind: 'national-code', value: nationalCode }, mobile),
      'unavailable',
      'a broken connection is not an answer',
    );
    t.ok(reasons.length >= 10);
    t.notMatch(reasons.join(), /inquiry-token|0499370899|4370899/, 'reasons name nobody');
  });
}

t.test('an inquiry that fails without an end is hung up on at once', async (t) => {
  const closed = Promise.withResolvers<boolean>();
  const server = createServer((_request, response) => {
    response.on('close', () => closed.resolve(true));
    response.writeHead(500).write('x');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  t.teardown(() => server.closeAllConnections());
  const ownership = createInquiryOwnership({
    dialect: 'zohal',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: new Secret('inquiry-token'),
    timeoutMs: 60_000,
  });
  t.equal(await ownership.check({ kind: 'national-code', value: nationalCode }, mobile), 'unavailable');
  t.equal(await Promise.race([closed.promise, setTimeout(3_000, false, { ref: false })]), true);
});

/** A service whose register says what the test lets it say, and whose provider keeps what it is handed. */
async function serviceWithRegister(t: Test) {
  const holders = new Map<string, string>();
  const asked: string[] = [];
  const register = { isAway: false };
  const sms = createFakeSender('fake');
  const service = await startTestService(t, {
    overrides: {
      senders: sendersOf({ sms: [sms], email: [createFakeSender<EmailMessage>('mail')] }),
      mobileOwnership: {
        asksAbout: () => true,
        async check(person, mobile) {
          asked.push(`${person.value} ${mobile}`);
          if (register.isAway) return 'unavailable';
          const holder = holders.get(mobile);
          const isTheirs = holder ? holder === person.value : mobile.slice(-4) === person.value.slice(-4);
          return isTheirs ? 'matched' : 'not-matched';
        },
      },
    },
  });
  const toState = (person: Person, purpose: string) =>
    service.db
      .selectFrom('message')
      .innerJoin('account', 'account.id', 'message.account_id')
      .where('national_code', '=', person.nationalCode)
      .where('purpose', '=', purpose as MessagePurpose)
      .where('channel', '=', 'sms')
      .select(['message.state', 'failure', 'handed_over_at'])
      .orderBy('message.id', 'desc')
      .executeTakeFirst();
  return {
    service,
    holders,
    asked,
    register,
    sms,
    /** As if the register had last been asked so many days ago. */
    askedDaysAgo: (person: Person, days: number) =>
      sql`update account set mobile_owned_at = now() - make_interval(days => ${days}::integer)
        where national_code = ${person.nationalCode}`.execute(service.db),
    /** What became of the newest SMS of a purpose, once it is no longer about to be looked at. */
    outcomeOf: (person: Person, purpose: string) =>
      eventually(async () => {
        const message = await toState(person, purpose);
        const isUnderWay = message?.state === 'sending' || (message?.state === 'queued' && !message.failure);
        return message && !isUnderWay ? message : undefined;
      }),
    sentTo: (person: Person) =>
      sms.received.filter(({ to }) => to === internationalOf(person.mobile)).map(({ purpose }) => purpose),
  };
}

async function askForCode(service: TestService, person: Person) {
  const flow = await startRecovery(service, person.nationalCode);
  await challenge(service, flow, 'sms');
  return flow;
}

/** What the owner of an account is told when its mobile has been barred. */
async function toldOfBar(service: TestService, person: Person, email: string): Promise<boolean> {
  const { body: session } = await signIn(service, person);
  const { body: profile } = await service.get('/v1/me', { token: session.accessToken });
  const { body: activity } = await service.get('/v1/me/activity', { token: session.accessToken });
  return (
    profile.barredKinds.join() === 'mobile' &&
    activity.entries.some(({ kind }: { kind: string }) => kind === 'mobile-not-owned') &&
    (await mailTo(service, email)).some(({ purpose }) => purpose === 'mobile-not-owned')
  );
}

const isBarred = async (service: TestService, person: Person) =>
  (await accountOf(service, person)).barred_kinds.includes('mobile');

t.test('the register is asked again before a code or a link leaves, when its word is too old', async (t) => {
  const { service, asked, askedDaysAgo, outcomeOf, sentTo } = await serviceWithRegister(t);
  const person = await signUp(service);
  await outcomeOf(person, 'welcome');
  await askedDaysAgo(person, 29);
  asked.length = 0;
  await askForCode(service, person);
  t.match(await outcomeOf(person, 'recovery-code'), { state: 'handed_over' });
  t.same(asked, [], 'its word holds for thirty days');

  await askedDaysAgo(person, 31);
  await askForCode(service, person);
  await eventually(
    () => sentTo(person).filter((purpose) => purpose === 'recovery-code').length === 2 || undefined,
  );
  const question = `${person.nationalCode} ${internationalOf(person.mobile)}`;
  t.same(asked, [question]);
  const { mobile_owned_at: since } = await accountOf(service, person);
  t.ok(Date.now() - since.getTime() < 24 * 60 * 60 * 1000, 'the date moves');

  await askedDaysAgo(person, 31);
  const { body: session } = await signIn(service, person);
  await service.get('/v1/me/export', { token: session.accessToken });
  t.match(await outcomeOf(person, 'account-exported'), { state: 'handed_over' });
  t.same(asked, [question], 'a notice without a link gives nobody anything');
  const passwords = { newPassword: otherPassword, newPasswordConfirmation: otherPassword };
  const change = { currentPassword: goodPassword, ...passwords };
  await service.put('/v1/me/password', change, { token: session.accessToken });
  t.match(await outcomeOf(person, 'password-changed'), { state: 'handed_over' });
  t.same(asked, [question, question], 'a link is asked about like a code');
});

t.test('to a mobile that is no longer the owner’s nothing leaves, and it is barred', async (t) => {
  const { service, holders, askedDaysAgo, outcomeOf, sentTo } = await serviceWithRegister(t);
  const person = await signUp(service);
  const email = await withEmail(service, person);
  const { body: session } = await signIn(service, person);
  await outcomeOf(person, 'welcome');
  await outcomeOf(person, 'signed-in-on-new-device');
  const before = sentTo(person);
  await askedDaysAgo(person, 31);
  holders.set(internationalOf(person.mobile), '0684159414');
  const flow = await askForCode(service, person);
  t.match(await outcomeOf(person, 'recovery-code'), {
    state: 'dropped',
    failure: 'mobile-not-owned',
    handed_over_at: null,
  });
  t.ok(await toldOfBar(service, person, email));
  const late = await verify(service, flow, { code: '000000' });
  t.equal(late.body.code, 'code-not-accepted', 'whoever began it sees no difference');
  const headers = { 'device-token': session.deviceToken };
  const { body } = await service.post('/v1/recoveries', { nationalCode: person.nationalCode }, { headers });
  t.same(
    body.methods.map(({ method }: { method: string }) => method),
    ['email', 'questions'],
  );
  await askForCode(service, person);
  await eventually(async () => {
    const message = await outcomeOf(person, 'recovery-code');
    return message.failure === 'no-destination' || undefined;
  });
  t.same(sentTo(person), before, 'neither then nor later');
});

t.test('while the register does not answer nothing leaves, and what was asked for leaves then', async (t) => {
  const { service, register, askedDaysAgo, outcomeOf, sentTo } = await serviceWithRegister(t);
  const person = await signUp(service);
  await outcomeOf(person, 'welcome');
  const before = sentTo(person);
  await askedDaysAgo(person, 31);
  register.isAway = true;
  await askForCode(service, person);
  t.match(await outcomeOf(person, 'recovery-code'), { state: 'queued', failure: 'register-unavailable' });
  t.same(sentTo(person), before);
  t.notOk(await isBarred(service, person), 'no word is no word against anybody');
  register.isAway = false;
  await eventually(async () => {
    await service.db
      .updateTable('message')
      .set({ due_at: new Date(0) })
      .where('state', '=', 'queued')
      .execute();
    return sentTo(person).length > before.length || undefined;
  });
  t.same(sentTo(person), [...before, 'recovery-code']);
});

t.test('whoever proves a mobile with the register’s word takes it from whom it was before', async (t) => {
  const { service, holders, outcomeOf, sentTo } = await serviceWithRegister(t);
  const verifySignUp = async (person: Person) => {
    const flow = await startRegistration(service, person);
    const code = await codeSentTo(service, person.mobile);
    return service.post(`/v1/registrations/${flow.id}/verification`, { code }, { token: flow.flowToken });
  };

  t.test('at sign-up', async (t) => {
    const former = await signUp(service);
    const email = await withEmail(service, former);
    const next = { ...(await insuredPerson(service)), mobile: former.mobile };
    t.equal((await verifySignUp(next)).body.code, 'details-do-not-match');
    t.notOk(await isBarred(service, former), 'a phone in the hand is no word of the register');

    holders.set(internationalOf(former.mobile), next.nationalCode);
    t.equal((await verifySignUp(next)).status, 200);
    t.ok(await toldOfBar(service, former, email));
    await signUp(service, goodPassword, next);
    t.notOk(await isBarred(service, next));
    await askForCode(service, former);
    t.match(await outcomeOf(former, 'recovery-code'), { state: 'dropped' });
    t.notOk(sentTo(former).includes('recovery-code'));
  });

  t.test('by a change of mobile, which also ends what somebody else waits for', async (t) => {
    const former = await signUp(service);
    const email = await withEmail(service, former);
    const waiting = await signUp(service);
    const { body: waitingSession } = await signIn(service, waiting);
    const number = internationalOf(former.mobile);
    holders.set(number, waiting.nationalCode);
    t.equal((await changeAddress(service, waitingSession.accessToken, 'mobile', former.mobile)).status, 200);
    t.ok(await isBarred(service, former));
    const pending = () => service.db.selectFrom('pending_change').select('address').execute();
    t.same(await pending(), [{ address: number }]);

    const next = await signUp(service);
    const { body: session } = await signIn(service, next);
    holders.set(number, next.nationalCode);
    t.equal((await changeAddress(service, session.accessToken, 'mobile', former.mobile)).status, 200);
    const { id } = await accountOf(service, next);
    const left = await service.db.selectFrom('pending_change').select('account_id').execute();
    t.same(left, [{ account_id: id }], 'of two who wait for one number the last with the register’s word');
    t.ok(await toldOfBar(service, former, email));
    for (const person of [waiting, next])
      t.notOk(await isBarred(service, person), 'their own are not concerned');
  });
});
