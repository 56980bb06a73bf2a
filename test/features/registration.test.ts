import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import t from 'tap';
import type { OwnershipAnswer } from '../../src/features/mobile-ownership/index.ts';
import { startTestService } from '../support/app.ts';
import {
  codeSentTo,
  goodPassword,
  insuredPerson,
  messagesTo,
  otherPassword,
  securityAnswers,
  signIn,
  signUp,
  startRegistration,
  verifiedRegistration,
  wrongCode,
} from '../support/journey.ts';
import { codesThatLeft } from '../support/sent-messages.ts';

t.test('a registration', async (t) => {
  let ownership: OwnershipAnswer | null = null;
  const service = await startTestService(t, {
    overrides: {
      mobileOwnership: {
        asksAbout: () => true,
        check: async (person, mobile) =>
          ownership ?? (mobile.slice(-4) === person.value.slice(-4) ? 'matched' : 'not-matched'),
      },
    },
  });
  const verify = (flow: { id: string; flowToken: string }, code: string) =>
    service.post(`/v1/registrations/${flow.id}/verification`, { code }, { token: flow.flowToken });
  const complete = async (
    flow: { id: string; flowToken: string },
    password = goodPassword,
    confirmation = password,
  ) =>
    service.post(
      `/v1/registrations/${flow.id}/completion`,
      { password, passwordConfirmation: confirmation, securityAnswers: await securityAnswers(service) },
      { token: flow.flowToken },
    );
  const accountsOf = async (nationalCode: string) =>
    (await service.db.selectFrom('account').where('national_code', '=', nationalCode).select('id').execute())
      .length;

  t.test(
    'takes digits of three scripts, spaces and every spelling of a mobile for the same person',
    async (t) => {
      const person = await insuredPerson(service);
      const persian = (text: string) => text.replace(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? '');
      const arabic = (text: string) => text.replace(/\d/g, (digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)] ?? '');
      const { status, body } = await service.post('/v1/registrations', {
        nationalCode: `${persian(person.nationalCode.slice(0, 5))}\u200c ${person.nationalCode.slice(5)}`,
        birthDate: persian(person.birthDate.replaceAll('-', '/')),
        mobile: arabic(`0098 ${person.mobile.slice(1)}`),
      });
      t.equal(status, 201);
      const code = await codeSentTo(service, person.mobile);
      t.equal((await verify(body, persian(`${code.slice(0, 3)} ${code.slice(3)}`))).status, 200);
    },
  );

  t.test('of a person who is not in the register is refused once the mobile is proved', async (t) => {
    const person = { nationalCode: '0684159414', birthDate: '1370-01-01', mobile: '09121119414' };
    const flow = await startRegistration(service, person);
    const { status, body } = await verify(flow, await codeSentTo(service, person.mobile));
    t.equal(status, 422);
    t.equal(body.code, 'details-do-not-match');
    t.match(body.detail, /کارفرما.*شعبه/, 'and says whom to go to');
    t.equal((await verify(flow, '000000')).status, 401, 'the flow has ended');
  });

  t.test(
    'with a wrong birth date, or with somebody else’s mobile, is refused in the same words',
    async (t) => {
      const person = await insuredPerson(service);
      const other = await insuredPerson(service);
      const wrongDate = { ...person, birthDate: '1340-05-05' };
      const wrongMobile = { ...person, mobile: other.mobile };
      const answers = [];
      for (const attempt of [wrongDate, wrongMobile]) {
        const flow = await startRegistration(service, attempt);
        const { status, body } = await verify(flow, await codeSentTo(service, attempt.mobile));
        answers.push({ status, ...body, requestId: '' });
      }
      t.equal(answers[0].code, 'details-do-not-match');
      t.same(answers[0], answers[1]);
      t.equal(await accountsOf(person.nationalCode), 0);
    },
  );

  t.test('waits while the ownership register does not answer: the code stays good', async (t) => {
    const person = await insuredPerson(service);
    const flow = await startRegistration(service, person);
    const code = await codeSentTo(service, person.mobile);
    ownership = 'unavailable';
    for (let retry = 0; retry < 7; retry += 1) {
      const { status, body, headers } = await verify(flow, code);
      t.equal(status, 503);
      t.equal(body.code, 'ownership-unavailable');
      t.equal(headers.get('retry-after'), '30');
    }
    ownership = null;
    t.equal((await verify(flow, code)).status, 200);
  });

  t.test(
    'of somebody registered is told so only to that person’s own mobile, and the owner is told',
    async (t) => {
      const person = await signUp(service);
      const flow = await startRegistration(service, person);
      const { status, body } = await verify(flow, await codeSentTo(service, person.mobile));
      t.equal(status, 409);
      t.equal(body.code, 'already-registered');
      t.equal((await messagesTo(service, person.mobile))[0]?.purpose, 'registration-attempted');

      const stranger = { ...person, mobile: (await insuredPerson(service)).mobile };
      const attempt = await startRegistration(service, stranger);
      const answer = await verify(attempt, await codeSentTo(service, stranger.mobile));
      t.equal(answer.body.code, 'details-do-not-match');
    },
  );

  t.test('holds nothing for anybody before it is completed', async (t) => {
    const person = await insuredPerson(service);
    const early = await verifiedRegistration(service, person);
    const late = await verifiedRegistration(service, person);
    t.equal((await complete(late)).status, 201);
    t.equal((await complete(early)).body.code, 'already-registered');
    t.equal(await accountsOf(person.nationalCode), 1);
  });

  t.test('completed by ten at once creates one account', async (t) => {
    const person = await insuredPerson(service);
    const flow = await verifiedRegistration(service, person);
    const answers = await Promise.all(Array.from({ length: 10 }, () => complete(flow)));
    t.equal(answers.filter(({ status }) => status === 201).length, 1);
    t.equal(await accountsOf(person.nationalCode), 1);
  });

  t.test('accepts a code used by 20 at once one time', async (t) => {
    const flow = await (async () => {
      const person = await insuredPerson(service);
      return {
        ...(await startRegistration(service, person)),
        code: await codeSentTo(service, person.mobile),
      };
    })();
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(flow, flow.code)));
    t.equal(answers.filter(({ status }) => status === 200).length, 1);
  });

  t.test('refuses the right code after five wrong ones, and sends it again after a pause', async (t) => {
    const person = await insuredPerson(service);
    const flow = await startRegistration(service, person);
    const code = await codeSentTo(service, person.mobile);
    for (let guess = 0; guess < 5; guess += 1) t.equal((await verify(flow, wrongCode(code))).status, 422);
    t.equal((await verify(flow, code)).status, 422);
    const resend = () =>
      service.post(`/v1/registrations/${flow.id}/code`, undefined, { token: flow.flowToken });
    t.equal((await resend()).body.code, 'resend-too-early');
    await sql`update registration set sent_at = sent_at - interval '61 seconds'`.execute(service.db);
    const resent = await resend();
    t.equal(resent.status, 200, resent.text);
    t.equal(resent.body.attemptsLeft, 5, 'a burnt code is replaced');
    t.equal((await verify(flow, await codeSentTo(service, person.mobile))).status, 200);
  });

  t.test('cannot be completed before the mobile is proved, and refused input leaves it open', async (t) => {
    const person = await insuredPerson(service);
    const flow = await startRegistration(service, person);
    t.equal((await complete(flow)).status, 409);
    await verify(flow, await codeSentTo(service, person.mobile));
    t.equal((await complete(flow, 'short')).body.code, 'password-refused');
    t.equal((await complete(flow, goodPassword, otherPassword)).status, 422);
    const fewAnswers = await service.post(
      `/v1/registrations/${flow.id}/completion`,
      { password: goodPassword, passwordConfirmation: goodPassword, securityAnswers: [] },
      { token: flow.flowToken },
    );
    t.ok([400, 422].includes(fewAnswers.status));
    t.equal((await complete(flow)).status, 201);
    t.equal((await signIn(service, person)).status, 201);
  });

  t.test('sends a number three codes a day from one network, whoever asks, and says nothing', async (t) => {
    const { mobile } = await insuredPerson(service);
    const start = () =>
      service.post('/v1/registrations', { nationalCode: '0684159414', birthDate: '1370-01-01', mobile });
    for (let send = 0; send < 11; send += 1) t.equal((await start()).status, 201);
    t.equal(await codesThatLeft(service, { mobile }, 'registration-code'), 3);
  });

  t.test('of a foreign national goes by insurance number, and so does signing in', async (t) => {
    const insuranceNumber = '0049137055';
    const mobile = '09121237055';
    const foreigner = {
      insurance_number: insuranceNumber,
      first_name: 'نورالله',
      last_name: 'حیدری',
      father_name: null,
      birth_date: '1991-04-04',
    };
    await service.db
      .insertInto('insured_person')
      .values({ ...foreigner, national_code: null })
      .execute();
    const start = (body: object) =>
      service.post('/v1/registrations', { birthDate: '1370-01-15', mobile, ...body });
    const { body: flow } = await start({ insuranceNumber: '۰۰۴۹۱۳۷۰۵۵' });
    t.equal((await verify(flow, await codeSentTo(service, mobile))).status, 200);
    const userName = `Kv${insuranceNumber}Tq`;
    const refused = await complete(flow, userName);
    t.match(refused.body.errors, [{ pointer: '/password', code: 'password-has-national-code' }]);
    const [answer, ...others] = await securityAnswers(service);
    const telling = await service.post(
      `/v1/registrations/${flow.id}/completion`,
      {
        password: goodPassword,
        passwordConfirmation: goodPassword,
        securityAnswers: [{ ...answer, answer: userName }, ...others],
      },
      { token: flow.flowToken },
    );
    t.match(telling.body.errors, [{ code: 'answer-has-national-code' }]);
    t.equal((await complete(flow)).status, 201);
    const signedIn = await service.post('/v1/sessions', { insuranceNumber, password: goodPassword });
    t.equal(signedIn.status, 201);
    const { body: profile } = await service.get('/v1/me', { token: signedIn.body.accessToken });
    t.match(profile, { nationalCode: null, insuranceNumber, lastName: 'حیدری' });
    const ofAccount = { token: signedIn.body.accessToken };
    const passwords = { newPassword: userName, newPasswordConfirmation: userName };
    const changed = await service.put(
      '/v1/me/password',
      { currentPassword: goodPassword, ...passwords },
      ofAccount,
    );
    t.match(changed.body.errors, [{ pointer: '/newPassword', code: 'password-has-national-code' }]);
    const answered = await service.put(
      '/v1/me/security-answers',
      { currentPassword: goodPassword, securityAnswers: [{ ...answer, answer: userName }, ...others] },
      ofAccount,
    );
    t.match(answered.body.errors, [{ code: 'answer-has-national-code' }]);
    const again = await start({ insuranceNumber });
    t.equal((await verify(again.body, await codeSentTo(service, mobile))).body.code, 'already-registered');
    for (const body of [{}, { insuranceNumber: '123' }, { insuranceNumber, nationalCode: '0499370899' }]) {
      t.equal((await start(body)).status, 400, JSON.stringify(body));
      const { status } = await service.post('/v1/sessions', { ...body, password: goodPassword });
      t.equal(status, 400);
    }
  });

  t.test(
    'that no inquiry can be made for is refused before a code is sent, with the way to a branch',
    async (t) => {
      const asked: unknown[] = [];
      const inquiry = createServer((request, response) => {
        asked.push(request.url);
        response.end();
      }).listen(0, '127.0.0.1');
      await once(inquiry, 'listening');
      t.teardown(() => inquiry.close());
      const real = await startTestService(t, {
        environment: {
          MOBILE_OWNERSHIP: 'zohal',
          MOBILE_OWNERSHIP_URL: `http://127.0.0.1:${(inquiry.address() as AddressInfo).port}`,
          MOBILE_OWNERSHIP_TOKEN: 'inquiry-token',
        },
      });
      const mobile = '09121237055';
      const claimed = { insuranceNumber: '0049137055', birthDate: '1370-01-15', mobile };
      const { status, body } = await real.post('/v1/registrations', claimed, {
        headers: { 'accept-language': 'en' },
      });
      t.equal(status, 422);
      t.match(body, { code: 'ownership-not-askable', detail: /visit a branch/ });
      t.same(await messagesTo(real, mobile), []);
      t.same(await real.db.selectFrom('registration').select('id').execute(), [], 'nothing has begun');
      t.same(asked, [], 'nobody was asked');
      const person = await insuredPerson(real);
      t.ok((await startRegistration(real, person)).flowToken, 'who has a national code goes on');
    },
  );

  t.test('by insurance number is not for those who have a national code', async (t) => {
    const person = await insuredPerson(service);
    const insuranceNumber = `77${person.nationalCode.slice(2)}`;
    await service.db
      .updateTable('insured_person')
      .set({ insurance_number: insuranceNumber })
      .where('national_code', '=', person.nationalCode)
      .execute();
    const { birthDate, mobile } = person;
    const { body: flow } = await service.post('/v1/registrations', { insuranceNumber, birthDate, mobile });
    const answer = await verify(flow, await codeSentTo(service, mobile));
    t.equal(answer.body.code, 'details-do-not-match');
  });
});
