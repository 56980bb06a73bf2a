import { sql } from 'kysely';
import t from 'tap';
import { countHashes, sweepHeldAnswers } from '../../src/features/accounts/index.ts';
import { acceptProof, countAttempt } from '../../src/features/recovery/recovery.repository.ts';
import { securityQuestions } from '../../src/features/security-questions/index.ts';
import { digestBearerSecret } from '../../src/kernel/keyring.ts';
import { startTestService, type TestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { changeAddress, internationalOf, linkTokenAt, otherMobileOf } from '../support/contacts.ts';
import {
  goodPassword,
  messagesTo,
  otherPassword,
  type Person,
  provedRecovery,
  securityAnswers,
  setRecoveredPassword,
  signIn,
  signUp,
  startRecovery,
} from '../support/journey.ts';
import {
  accountOf,
  cancel,
  challenge,
  mailTo,
  noticeToken,
  provedBy,
  verify,
  withEmail,
} from '../support/recovery.ts';

type Answers = readonly Readonly<{ question: string; answer: string }[]>[number][];

const holdSeconds = 72 * 3600;
/** Answers to three questions of the catalogue that `signUp` does not choose. */
const answersFrom = (place: number, words: readonly string[]): Answers =>
  words.map((answer, index) => ({ question: securityQuestions[place + index]?.id ?? '', answer }));
const thiefs = answersFrom(3, ['نردبان چوبی', 'پل سنگی', 'بادبادک آبی']);
const thiefsNext = answersFrom(6, ['چراغ نفتی', 'صندوق مسی', 'گلدان شکسته']);

t.test('answers that a thief with the password sets', async (t) => {
  const service = await startTestService(t);
  // More recoveries are started here than one network may.
  t.beforeEach(() => service.db.deleteFrom('budget').execute());
  const owners = await securityAnswers(service);
  const thiefPuts = async (person: Person, answers: Answers, currentPassword = goodPassword) => {
    const { body } = await signIn(service, person, currentPassword);
    const token = body.accessToken as string;
    const change = { currentPassword, securityAnswers: answers };
    return { token, ...(await service.put('/v1/me/security-answers', change, { token })) };
  };
  const attacked = async () => {
    const person = await signUp(service);
    t.equal((await thiefPuts(person, thiefs)).status, 204);
    return person;
  };
  const asked = async ({ nationalCode }: Pick<Person, 'nationalCode'>, at: TestService = service) => {
    const flow = await startRecovery(at, nationalCode);
    const { body } = await challenge(at, flow, 'questions');
    return { ...flow, questions: body.questions.map(({ id }: { id: string }) => id) as string[] };
  };
  const flowBy = async (person: Person, answers: Answers, at: TestService = service) => {
    const flow = await asked(person, at);
    const { body } = await verify(at, flow, { answers });
    return { ...flow, leadsTo: (body.next ?? body.code) as string, methods: body.methods };
  };
  const leadsTo = async (person: Person, answers: Answers) => (await flowBy(person, answers)).leadsTo;
  const opens = async (person: Person, answers: Answers) =>
    (await leadsTo(person, answers)) === 'set-password';
  const pass = (seconds: number) =>
    sql`update account set answers_held_until = answers_held_until - make_interval(secs => ${seconds})`.execute(
      service.db,
    );
  const restorations = async (person: Person) => {
    const { rows } = await sql<{ kind: string }>`
      select kind from activity join account on account.id = account_id
      where national_code = ${person.nationalCode} and kind = 'security-answers-restored'`.execute(
      service.db,
    );
    return rows.length;
  };
  /** Once an owner has said no, that neither waiting nor the sweep makes the thief's answers good. */
  const neverOpen = async (person: Person) => {
    t.equal(await restorations(person), 1, 'the owner sees it in the activity');
    t.equal(
      (await messagesTo(service, person.mobile)).filter(
        ({ purpose }) => purpose === 'security-answers-restored',
      ).length,
      1,
      'and is told',
    );
    t.equal(await leadsTo(person, thiefs), 'answers-not-accepted');
    await pass(holdSeconds + 1);
    await sweepHeldAnswers(service.db);
    t.equal(await leadsTo(person, thiefs), 'answers-not-accepted', 'nor later');
    t.same(
      (await asked(person)).questions,
      owners.map(({ question }) => question),
    );
    t.match(await accountOf(service, person), {
      previous_security_questions: null,
      previous_answers_hash: null,
      answers_held_until: null,
    });
  };

  t.test('prove nothing within 72 hours, while the owner’s are asked for and do, with a code', async (t) => {
    const person = await signUp(service);
    const email = await withEmail(service, person);
    const before = (await asked(person)).questions;
    await thiefPuts(person, thiefs);
    t.same((await asked(person)).questions, before, 'nothing shows that they were changed');
    await pass(holdSeconds - 60);
    t.same((await asked(person)).questions, before);
    t.equal(await leadsTo(person, thiefs), 'answers-not-accepted');
    const flow = await flowBy(person, owners);
    t.match(flow, { leadsTo: 'prove-another-method', methods: ['sms', 'email'] });
    t.match((await provedBy(service, person, 'sms', flow)).answer.body, { next: 'set-password' });
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 204);
    await neverOpen(person);
    t.ok((await mailTo(service, email)).some(({ purpose }) => purpose === 'security-answers-restored'));
  });

  t.test('are gone once the owner has recovered by SMS', async (t) => {
    const person = await attacked();
    await setRecoveredPassword(service, await provedRecovery(service, person), otherPassword);
    const { body } = await signIn(service, person, otherPassword);
    const { body: activity } = await service.get('/v1/me/activity', { token: body.accessToken });
    t.same(
      activity.entries.slice(0, 3).map(({ kind }: { kind: string }) => kind),
      ['signed-in-on-new-device', 'security-answers-restored', 'password-recovered'],
    );
    await neverOpen(person);
    t.ok(await opens(person, owners));
  });

  t.test('are gone once the owner has recovered at a branch', async (t) => {
    const person = await attacked();
    const { nationalCode } = person;
    const desk = await machineClient(service, ['branch-recoveries:write']);
    const printed = await service.post(
      '/v1/branch/recoveries',
      { nationalCode },
      { token: await desk.token(), headers: { 'officer-id': 'officer-1' } },
    );
    const { body } = await service.post('/v1/recoveries/redemptions', {
      nationalCode,
      code: printed.body.code,
    });
    const flow = { id: body.id, token: body.flowToken };
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 204);
    await neverOpen(person);
  });

  t.test('are gone after "it was not me"', async (t) => {
    const person = await signUp(service);
    await setRecoveredPassword(service, await provedBy(service, person, 'sms'), otherPassword);
    await thiefPuts(person, thiefs, otherPassword);
    const token = await noticeToken(service, person.mobile, 'password-recovered');
    t.equal((await cancel(service, token)).status, 204);
    await neverOpen(person);
    t.ok(await opens(person, owners), 'by which the owner unlocks the account');
  });

  t.test('are gone when a change of address is undone', async (t) => {
    const person = await signUp(service);
    const { token } = await thiefPuts(person, thiefs);
    await changeAddress(service, token, 'mobile', otherMobileOf(person.mobile));
    const link = await linkTokenAt(service, internationalOf(person.mobile));
    t.equal((await service.post('/v1/contact-changes/undo', { token: link })).status, 204);
    await neverOpen(person);
  });

  t.test('outlive neither a recovery nor a change that meet', async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const person = await signUp(service);
      const { body } = await signIn(service, person);
      const flow = await provedBy(service, person, 'questions');
      const change = { currentPassword: goodPassword, securityAnswers: thiefs };
      const [recovered, changed] = await Promise.all([
        setRecoveredPassword(service, flow, otherPassword),
        service.put('/v1/me/security-answers', change, { token: body.accessToken }),
      ]);
      t.same([recovered?.status, changed?.status].sort(), [204, 401]);
      // Whoever came first: the change ended the recovery, or the recovery the thief's session.
      if (recovered?.status !== 204) {
        await setRecoveredPassword(service, await provedRecovery(service, person), otherPassword);
      }
      await pass(holdSeconds + 1);
      t.notOk(await opens(person, thiefs));
      t.ok(await opens(person, owners));
    }
  });

  t.test('do not push the owner’s out by several changes, of which each starts the time anew', async (t) => {
    const person = await attacked();
    await pass(holdSeconds - 60);
    t.equal((await thiefPuts(person, thiefsNext)).status, 204);
    await pass(holdSeconds - 60);
    t.same(
      (await asked(person)).questions,
      owners.map(({ question }) => question),
    );
    t.equal(await leadsTo(person, thiefs), 'answers-not-accepted');
    t.equal(await leadsTo(person, thiefsNext), 'answers-not-accepted');
    t.equal(await leadsTo(person, owners), 'prove-another-method');
    await pass(61);
    t.equal(await leadsTo(person, thiefs), 'answers-not-accepted', 'the ones in between were never trusted');
    t.equal(await leadsTo(person, owners), 'answers-not-accepted');
    t.ok(await opens(person, thiefsNext));
  });

  t.test('of two changes at once neither pushes the owner’s out', async (t) => {
    const person = await signUp(service);
    const { body } = await signIn(service, person);
    const put = (answers: Answers) =>
      service.put(
        '/v1/me/security-answers',
        { currentPassword: goodPassword, securityAnswers: answers },
        { token: body.accessToken },
      );
    const answers = await Promise.all([put(thiefs), put(thiefsNext)]);
    t.same(
      answers.map(({ status }) => status),
      [204, 204],
    );
    t.equal(await leadsTo(person, owners), 'prove-another-method');
  });

  t.test('are left alone by a change of the password, which the thief can make too', async (t) => {
    const person = await signUp(service);
    const { token } = await thiefPuts(person, thiefs);
    const passwords = {
      currentPassword: goodPassword,
      newPassword: otherPassword,
      newPasswordConfirmation: otherPassword,
    };
    t.equal((await service.put('/v1/me/password', passwords, { token })).status, 204);
    t.equal(await restorations(person), 0);
    t.equal(await leadsTo(person, owners), 'prove-another-method', 'held on');
    await pass(holdSeconds + 1);
    t.ok(await opens(person, thiefs));
  });

  t.test('replace answers that others know, which open nothing alone and stay replaced', async (t) => {
    const person = await attacked();
    const waiting = await service.replica({ background: false }, { RECOVERY_HOLD_HOURS: '24' });
    const alone = await service.replica({ background: false }, { RECOVERY_METHODS: 'questions' });
    for (const [at, leadsTo] of [
      [service, 'prove-another-method'],
      [waiting, 'prove-another-method'],
      [alone, 'visit-branch'],
    ] as const) {
      const flow = await flowBy(person, owners, at);
      t.equal(flow.leadsTo, leadsTo);
      t.equal((await setRecoveredPassword(at, flow, otherPassword)).body.code, 'step-not-open');
    }
    t.equal(await restorations(person), 0);
    await pass(holdSeconds + 1);
    t.equal(await leadsTo(person, owners), 'answers-not-accepted');
    t.ok(await opens(person, thiefs));
  });

  t.test('are not overtaken by a guess at the replaced ones that was counted before', async (t) => {
    const person = await signUp(service);
    const { id, token } = await asked(person);
    const key = { id, tokenDigest: digestBearerSecret(token) };
    const counted = await countAttempt(service.db, key, { coarseNetwork: '', userAgent: '' });
    if (!counted) throw new Error('not counted');
    const { attempt } = counted;
    // As the change does, but for the flows that it ends: one begun meanwhile is not among them.
    await sql`
      update account set previous_security_questions = security_questions,
        previous_answers_hash = security_answers_hash, answers_held_until = now() + interval '72 hours'
      where national_code = ${person.nationalCode}`.execute(service.db);
    t.equal(await acceptProof(service.db, key, { attempt, permits: true }), undefined);
  });
});

t.test('new answers that nobody objected to', async (t) => {
  const service = await startTestService(t);
  const owners = await securityAnswers(service);
  const person = await signUp(service);
  const { body: session } = await signIn(service, person);
  const token = session.accessToken as string;
  const first = await accountOf(service, person);
  const change = { currentPassword: goodPassword, securityAnswers: thiefs };
  t.equal((await service.put('/v1/me/security-answers', change, { token })).status, 204);
  const flowBy = async (answers: Answers) => {
    const flow = await startRecovery(service, person.nationalCode);
    const { body } = await challenge(service, flow, 'questions');
    const { status } = await verify(service, flow, { answers });
    return { ...flow, status, questions: body.questions.map(({ id }: { id: string }) => id) };
  };

  t.test('are held for 72 hours by the clock of the database', async (t) => {
    const { rows } = await sql<{ seconds: number }>`
      select extract(epoch from answers_held_until - now())::float8 as seconds from account`.execute(
      service.db,
    );
    const [{ seconds } = { seconds: 0 }] = rows;
    t.ok(seconds > holdSeconds - 60 && seconds <= holdSeconds, `${seconds} s`);
    t.equal(await sweepHeldAnswers(service.db), 0, 'and swept no sooner');
  });

  t.test('an export names the questions that are asked until then, and no answer', async (t) => {
    const { body, text } = await service.get('/v1/me/export', { token });
    t.same(body.account.previousSecurityQuestions, first.security_questions);
    t.same(
      body.account.securityQuestions,
      thiefs.map(({ question }) => question),
    );
    t.ok(Date.parse(body.account.answersHeldUntil) > Date.now());
    t.notOk(text.includes(first.security_answers_hash));
    t.notMatch(text, /hash/i);
  });

  t.test('hold after it, also for a recovery that a password is set by', async (t) => {
    await sql`update account set answers_held_until = now()`.execute(service.db);
    t.equal((await flowBy(owners)).status, 422);
    const flow = await flowBy(thiefs);
    t.same(
      flow.questions,
      thiefs.map(({ question }) => question),
    );
    t.equal(flow.status, 200);
    t.equal((await setRecoveredPassword(service, flow, otherPassword)).status, 204);
    t.equal((await flowBy(thiefs)).status, 200, 'nothing was left to put back');
    const restored = await service.db
      .selectFrom('activity')
      .where('kind', '=', 'security-answers-restored')
      .select('id')
      .execute();
    t.same(restored, []);
  });

  t.test('the sweep forgets those before, and changes nothing else', async (t) => {
    const other = await signUp(service);
    const { body } = await signIn(service, other);
    await service.put('/v1/me/security-answers', change, { token: body.accessToken });
    await sql`update account set answers_held_until = now() where answers_held_until is not null`.execute(
      service.db,
    );
    const before = await accountOf(service, other);
    t.equal(await sweepHeldAnswers(service.db), 1);
    t.same(await accountOf(service, other), {
      ...before,
      previous_security_questions: null,
      previous_answers_hash: null,
      answers_held_until: null,
    });
  });
});

t.test('an old pepper is needed until no answers that are held rest on it', async (t) => {
  const pepper = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString('base64')}`;
  const service = await startTestService(t, { environment: { PASSWORD_PEPPERS: pepper('old', 1) } });
  const person = await signUp(service);
  const peppers = `${pepper('new', 2)},${pepper('old', 1)}`;
  const both = await service.replica({ background: false }, { PASSWORD_PEPPERS: peppers });
  const { body } = await signIn(both, person);
  const change = { currentPassword: goodPassword, securityAnswers: thiefs };
  t.equal((await both.put('/v1/me/security-answers', change, { token: body.accessToken })).status, 204);
  const answersUnder = async () =>
    (await countHashes(service.db)).flatMap(({ hash }) => /^security answers (\w+)/.exec(hash)?.[1] ?? []);
  t.same(await answersUnder(), ['new', 'old']);
  await sql`update account set answers_held_until = now()`.execute(service.db);
  await sweepHeldAnswers(service.db);
  t.same(await answersUnder(), ['new']);
});
