import { sql } from 'kysely';
import t from 'tap';
import { cancelPendingFlows } from '../../src/composition/revocation.ts';
import { countHashes } from '../../src/features/accounts/index.ts';
import { trustRipeChanges } from '../../src/features/contacts/index.ts';
import { securityQuestions } from '../../src/features/security-questions/index.ts';
import { createOutbox } from '../../src/messaging/index.ts';
import { startTestService, type TestService } from '../support/app.ts';
import {
  goodPassword,
  otherPassword,
  type Person,
  provedRecovery,
  securityAnswers,
  setRecoveredPassword,
  signIn,
  signUp,
  startRecovery,
} from '../support/journey.ts';
import { forgetQuotas } from '../support/quotas.ts';
import { age, challenge, dispute, noticeToken, provedBy, verify } from '../support/recovery.ts';

type Answers = readonly { question: string; answer: string }[];

const hours = 3600;
/** Answers to three questions of the catalogue that `signUp` does not choose. */
const answersFrom = (place: number, words: readonly string[]): Answers =>
  words.map((answer, index) => ({ question: securityQuestions[place + index]?.id ?? '', answer }));
const thiefs = answersFrom(3, ['نردبان چوبی', 'پل سنگی', 'بادبادک آبی']);
const thiefsNext = answersFrom(6, ['چراغ نفتی', 'صندوق مسی', 'گلدان شکسته']);

const putAnswers = (service: TestService, token: string, securityAnswers: Answers, password = goodPassword) =>
  service.put('/v1/me/security-answers', { currentPassword: password, securityAnswers }, { token });

t.test('answers that a thief with the password sets', async (t) => {
  const service = await startTestService(t, { overrides: { background: false } });
  // More recoveries are started here than one network may.
  t.beforeEach(() => forgetQuotas(service.db));
  const owners = await securityAnswers(service);
  const thiefPuts = async (person: Person, answers: Answers, password = goodPassword) => {
    const { body } = await signIn(service, person, password);
    t.equal((await putAnswers(service, body.accessToken, answers, password)).status, 202);
    return body.accessToken as string;
  };
  const leadsTo = async (person: Person, answers: Answers): Promise<string> => {
    const flow = await startRecovery(service, person.nationalCode);
    await challenge(service, flow, 'questions');
    const { body } = await verify(service, flow, { answers: [...answers] });
    return body.next ?? body.code;
  };
  /** Every notice leaves at once; then time passes. */
  const pass = async (seconds: number) => {
    await sql`update message set state = 'handed_over', handed_over_at = now() where state = 'queued'`.execute(
      service.db,
    );
    await age(service, seconds);
    await trustRipeChanges({ db: service.db, outbox: createOutbox(), cancelPendingFlows });
  };

  t.test('prove nothing for 72 hours, while the owner’s go on doing so', async (t) => {
    const person = await signUp(service);
    await thiefPuts(person, thiefs);
    await pass(72 * hours - 60);
    t.equal(await leadsTo(person, thiefs), 'answers-not-accepted');
    t.equal(await leadsTo(person, owners), 'set-password');
    await pass(120);
    t.equal(await leadsTo(person, thiefs), 'set-password', 'nobody said a word in three days');
  });

  t.test('are gone for good after any new password of the owner', async (t) => {
    const bySms = await signUp(service);
    await thiefPuts(bySms, thiefs);
    const recovered = await setRecoveredPassword(
      service,
      await provedRecovery(service, bySms),
      otherPassword,
    );
    t.same(recovered.body, { cancelledChanges: ['answers'] }, 'and the owner is told so');
    const byAnswers = await signUp(service);
    await thiefPuts(byAnswers, thiefs);
    await setRecoveredPassword(service, await provedBy(service, byAnswers, 'questions'), otherPassword);
    const byChange = await signUp(service);
    const token = await thiefPuts(byChange, thiefs);
    const passwords = {
      currentPassword: goodPassword,
      newPassword: otherPassword,
      newPasswordConfirmation: otherPassword,
    };
    t.equal((await service.put('/v1/me/password', passwords, { token })).status, 200);
    await pass(100 * hours);
    for (const person of [bySms, byAnswers, byChange]) {
      t.equal(await leadsTo(person, thiefs), 'answers-not-accepted');
      t.equal(await leadsTo(person, owners), 'set-password');
    }
  });

  t.test('are gone after "it was not me"', async (t) => {
    const person = await signUp(service);
    await thiefPuts(person, thiefs);
    const token = await noticeToken(service, person.mobile, 'answers-change-pending');
    t.equal((await dispute(service, token)).status, 204);
    await pass(100 * hours);
    t.equal(await leadsTo(person, thiefs), 'answers-not-accepted');
    t.equal(await leadsTo(person, owners), 'set-password', 'by which the owner unlocks the account');
  });

  t.test('outlive neither a recovery nor a change that meet', async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const person = await signUp(service);
      const { body } = await signIn(service, person);
      const flow = await provedBy(service, person, 'questions');
      const [recovered, changed] = await Promise.all([
        setRecoveredPassword(service, flow, otherPassword),
        putAnswers(service, body.accessToken, thiefs),
      ]);
      t.equal(recovered?.status, 200);
      t.ok([202, 401].includes(changed?.status ?? 0), 'before it, and cancelled, or refused after it');
      await pass(100 * hours);
      t.equal(await leadsTo(person, thiefs), 'answers-not-accepted');
      t.equal(await leadsTo(person, owners), 'set-password');
    }
  });

  t.test('start the time anew with each change, and only the last ones count', async (t) => {
    const person = await signUp(service);
    await thiefPuts(person, thiefs);
    await pass(71 * hours);
    await thiefPuts(person, thiefsNext);
    await pass(71 * hours);
    t.equal(await leadsTo(person, owners), 'set-password');
    await pass(2 * hours);
    t.equal(await leadsTo(person, thiefs), 'answers-not-accepted', 'the ones in between were never trusted');
    t.equal(await leadsTo(person, thiefsNext), 'set-password');
  });

  t.test('of two changes at once one is pending', async (t) => {
    const person = await signUp(service);
    const { body } = await signIn(service, person);
    const both = await Promise.all(
      [thiefs, thiefsNext].map((each) => putAnswers(service, body.accessToken, each)),
    );
    t.same(
      both.map(({ status }) => status),
      [202, 202],
    );
    const { body: changes } = await service.get('/v1/me/contact-changes', { token: body.accessToken });
    t.equal(changes.pending.length, 1);
    t.equal(await leadsTo(person, owners), 'set-password');
  });
});

t.test('an old pepper is needed until no answers that are pending rest on it', async (t) => {
  const pepper = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString('base64')}`;
  const service = await startTestService(t, { environment: { PASSWORD_PEPPERS: pepper('old', 1) } });
  const person = await signUp(service);
  const peppers = `${pepper('new', 2)},${pepper('old', 1)}`;
  const both = await service.replica({ background: false }, { PASSWORD_PEPPERS: peppers });
  const { body } = await signIn(both, person);
  t.equal((await putAnswers(both, body.accessToken, thiefs)).status, 202);
  const answersUnder = async () =>
    (await countHashes(service.db)).flatMap(({ hash }) => /^security answers (\w+)/.exec(hash)?.[1] ?? []);
  t.same(await answersUnder(), ['new', 'old']);
});
