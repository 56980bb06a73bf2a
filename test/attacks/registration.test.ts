import { sql } from 'kysely';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import {
  codeSentTo,
  goodPassword,
  insuredPerson,
  messagesTo,
  securityAnswers,
  signIn,
  signUp,
  startRecovery,
  startRegistration,
  verifiedRegistration,
  wrongCode,
} from '../support/journey.ts';
import { ageQuotas } from '../support/quotas.ts';

type Flow = { id: string; flowToken: string };

t.test('signing up under attack', async (t) => {
  const service = await startTestService(t);
  const replica = await service.replica({ background: false });
  const answers = await securityAnswers(service);
  const step = (flow: Flow, name: string, body: object | undefined, at = service) =>
    at.post(`/v1/registrations/${flow.id}/${name}`, body, { token: flow.flowToken });
  const verify = (flow: Flow, code: string, at = service) => step(flow, 'verification', { code }, at);
  const completion = {
    password: goodPassword,
    passwordConfirmation: goodPassword,
    securityAnswers: answers,
  };
  const complete = (flow: Flow, more: object = {}, at = service) =>
    step(flow, 'completion', { ...completion, ...more }, at);
  const accountOf = (nationalCode: string) =>
    service.db
      .selectFrom('account')
      .where('national_code', '=', nationalCode)
      .select(['id', 'mobile'])
      .executeTakeFirst();

  t.test('rule 5: steps are not skipped, re-ordered or replayed', async (t) => {
    const person = await insuredPerson(service);
    const flow = await startRegistration(service, person);
    t.equal((await complete(flow)).status, 409, 'completion before the proof');
    const code = await codeSentTo(service, person.mobile);
    t.equal((await verify(flow, code)).status, 200);
    t.equal((await verify(flow, code)).status, 409, 'the proof again');
    t.equal((await step(flow, 'code', undefined)).status, 409, 'a new code after the proof');
    t.equal((await complete(flow)).status, 201);
    for (const late of [
      await complete(flow),
      await verify(flow, code),
      await step(flow, 'code', undefined),
    ]) {
      t.equal(late.body.code, 'step-done', 'after the end nothing is open');
    }
  });

  t.test('rule 2: ten flows that say the same are no more guesses than one quota has', async (t) => {
    const person = await insuredPerson(service);
    const statuses: number[] = [];
    let last: { flow: Flow; code: string } | undefined;
    for (let n = 0; n < 3; n += 1) {
      const flow = await startRegistration(service, person);
      const code = await codeSentTo(service, person.mobile);
      last = { flow, code };
      for (let guess = 0; guess < 4; guess += 1) {
        statuses.push((await verify(flow, wrongCode(code), guess % 2 ? replica : service)).status);
      }
    }
    t.same(statuses, [...Array(10).fill(422), 429, 429]);
    if (!last) throw new Error('no flow');
    for (let again = 0; again < 6; again += 1) {
      t.equal((await verify(last.flow, last.code)).body.code, 'too-many-failed-proofs', 'the right one too');
    }
    await ageQuotas(service.db, 24 * 3600 + 1);
    t.equal((await verify(last.flow, last.code)).status, 200, 'what was not judged has cost nothing');
  });

  t.test('rule 5: a flow opens by its own token alone, and later calls name nobody', async (t) => {
    const [one, two] = [await insuredPerson(service), await insuredPerson(service)];
    const a = await verifiedRegistration(service, one);
    const b = await startRegistration(service, two);
    t.equal((await complete({ id: a.id, flowToken: b.flowToken })).status, 401, 'A by B’s token');
    t.equal((await complete({ id: b.id, flowToken: a.flowToken })).status, 401, 'B by A’s token');
    t.equal(
      (await service.post(`/v1/registrations/${a.id}/completion`, completion)).status,
      401,
      'the id alone',
    );
    const recovery = await startRecovery(service, one.nationalCode);
    t.equal(
      (await complete({ id: recovery.id, flowToken: recovery.token })).status,
      401,
      'of another purpose',
    );
    for (const more of [{ nationalCode: two.nationalCode }, { mobile: two.mobile }, { accountId: a.id }]) {
      t.equal((await complete(a, more)).status, 400, Object.keys(more).join());
    }
    t.equal((await verify(b, await codeSentTo(service, one.mobile))).status, 422, 'A’s code in B');
    t.equal((await complete(a)).status, 201);
    t.equal(await accountOf(two.nationalCode), undefined);
  });

  t.test(
    'rule 4: of 40 guesses at once on two replicas five are judged; 20 completions make one account',
    async (t) => {
      const person = await insuredPerson(service);
      const flow = await startRegistration(service, person);
      const code = await codeSentTo(service, person.mobile);
      const guesses = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          verify(flow, wrongCode(code), index % 2 ? service : replica),
        ),
      );
      t.same(new Set(guesses.map(({ status }) => status)), new Set([422]));
      t.equal((await verify(flow, code)).status, 422);

      const next = await verifiedRegistration(service, person);
      const made = await Promise.all(
        Array.from({ length: 20 }, (_, index) => complete(next, {}, index % 2 ? service : replica)),
      );
      t.equal(made.filter(({ status }) => status === 201).length, 1);
    },
  );

  t.test('nobody is signed up by anybody else, and an unfinished sign-up keeps nobody out', async (t) => {
    const victim = await insuredPerson(service);
    const attacker = await insuredPerson(service);
    const attempts = [];
    for (let more = 0; more < 3; more += 1) {
      attempts.push(await startRegistration(service, { ...victim, mobile: attacker.mobile }));
    }
    const refused = await verify(attempts.at(-1), await codeSentTo(service, attacker.mobile));
    t.equal(refused.body.code, 'details-do-not-match');
    const flow = await verifiedRegistration(service, victim);
    t.equal((await complete(flow)).status, 201);
    t.equal((await accountOf(victim.nationalCode))?.mobile, `+98${victim.mobile.slice(1)}`);
    for (const late of attempts.slice(0, -1)) {
      const answer = await verify(late, wrongCode('000000'));
      t.ok([401, 422].includes(answer.status));
    }
  });

  t.test(
    'rule 1: that somebody has an account is told to nobody’s mobile but their own; the owner learns of it',
    async (t) => {
      const person = await signUp(service);
      const stranger = await insuredPerson(service);
      const ask = async (details: typeof person) => {
        const flow = await startRegistration(service, details);
        const { status, body } = await verify(flow, await codeSentTo(service, details.mobile));
        return { status, ...body, requestId: '' };
      };
      const registered = await ask({ ...person, mobile: stranger.mobile });
      const unregistered = await ask({ ...(await insuredPerson(service)), mobile: stranger.mobile });
      t.same(registered, unregistered);
      t.notOk(
        (await messagesTo(service, person.mobile)).some(
          ({ purpose }) => purpose === 'registration-attempted',
        ),
      );
      t.equal((await ask(person)).code, 'already-registered');
      t.equal((await messagesTo(service, person.mobile))[0]?.purpose, 'registration-attempted');
    },
  );

  t.test('a flow and its permission end in time, and a newer code replaces the older one', async (t) => {
    const person = await insuredPerson(service);
    const flow = await startRegistration(service, person);
    const old = await codeSentTo(service, person.mobile);
    await sql`update registration set challenge_expires_at = now(), sent_at = sent_at - interval '61 seconds'
      where id = ${flow.id}`.execute(service.db);
    t.equal((await verify(flow, old)).status, 422, 'an expired code');
    t.equal((await step(flow, 'code', undefined)).status, 200);
    const fresh = await codeSentTo(service, person.mobile);
    if (fresh !== old) t.equal((await verify(flow, old)).status, 422, 'the older code');
    t.equal((await verify(flow, fresh)).status, 200);
    await sql`update registration set expires_at = now() where id = ${flow.id}`.execute(service.db);
    t.equal((await complete(flow)).status, 401, 'the permission is over');
  });

  t.test('completion raced by a sign-in never leaves half an account', async (t) => {
    const person = await insuredPerson(service);
    const flow = await verifiedRegistration(service, person);
    const [made, ...early] = await Promise.all([
      complete(flow),
      ...Array.from({ length: 4 }, () => signIn(replica, person)),
    ]);
    t.equal(made.status, 201);
    for (const { status } of early) t.ok([201, 401].includes(status));
    t.equal((await signIn(service, person)).status, 201);
  });
});
