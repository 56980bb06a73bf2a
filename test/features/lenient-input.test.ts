import t from 'tap';
import { startTestService } from '../support/app.ts';
import {
  codeSentTo,
  goodPassword,
  insuredPerson,
  provedRecovery,
  securityAnswers,
  setRecoveredPassword,
  signIn,
  signUp,
  startRegistration,
  verifiedRegistration,
} from '../support/journey.ts';

const persian = (text: string) => text.replace(/[0-9]/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'[Number(digit)] ?? '');
const arabic = (text: string) => text.replace(/[0-9]/g, (digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)] ?? '');
const blankMarks = (text: string) => ` \u200f${text}\u200e\r\n`;

t.test('a password is the same on every keyboard, from sign-up to recovery', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service, persian(goodPassword));
  for (const typed of [goodPassword, arabic(goodPassword), blankMarks(goodPassword)])
    t.equal((await signIn(service, person, typed)).status, 201, JSON.stringify(typed));
  const { body } = await signIn(service, person);

  const changed = await service.put(
    '/v1/me/password',
    {
      currentPassword: arabic(goodPassword),
      newPassword: blankMarks('Hx3pRdn8Yb'),
      newPasswordConfirmation: persian('Hx3pRdn8Yb'),
    },
    { token: body.accessToken },
  );
  t.equal(changed.status, 200, changed.text);
  t.equal((await signIn(service, person, 'Hx3pRdn8Yb')).status, 201);

  const flow = await provedRecovery(service, person);
  const reused = await setRecoveredPassword(service, flow, persian('Hx3pRdn8Yb'));
  t.match(reused.body.errors, [{ code: 'password-used-before' }], 'in other digits it is no other password');
  t.equal((await setRecoveredPassword(service, flow, ' Wd5kMzv6Qt\n')).status, 200);
  t.equal((await signIn(service, person, 'Wd۵kMzv۶Qt')).status, 201);

  const evaluation = await service.post('/v1/password-policy/evaluations', {
    password: persian(`\n${goodPassword} `),
  });
  t.same(evaluation.body.violations, []);
  t.equal(evaluation.body.acceptable, true);
});

t.test(
  'a code is taken as a sentence that holds it, and an address with what a clipboard adds',
  async (t) => {
    const service = await startTestService(t);
    const person = await insuredPerson(service);
    const flow = await startRegistration(service, person);
    const verify = (code: string) =>
      service.post(`/v1/registrations/${flow.id}/verification`, { code }, { token: flow.flowToken });
    const code = await codeSentTo(service, person.mobile);
    const { body } = await service.get(
      `/dev/messages.json?destination=${encodeURIComponent(`+98${person.mobile.slice(1)}`)}`,
    );
    const [message] = body.messages;
    t.match(await verify(`${code} 000000`), { status: 400 }, 'two codes are none, and no guess');
    t.equal((await verify(message.text)).status, 200, message.text);

    const long = await complete(`${'a'.repeat(65)}@example.org`);
    t.match(long, { status: 400, body: { errors: [{ pointer: '/email', code: 'email' }] } });
    const completed = await complete('\u200e Maryam@Bücher.example\n');
    t.equal(completed.status, 201, completed.text);
    const rows = await service.db.selectFrom('contact_flow').select('destination').execute();
    t.same(rows, [{ destination: 'Maryam@xn--bcher-kva.example' }]);

    async function complete(email: string) {
      return service.post(
        `/v1/registrations/${flow.id}/completion`,
        {
          password: goodPassword,
          passwordConfirmation: goodPassword,
          securityAnswers: await securityAnswers(service),
          email,
        },
        { token: flow.flowToken },
      );
    }
  },
);

t.test('answers are right in another usual spelling', async (t) => {
  const service = await startTestService(t);
  const person = await insuredPerson(service);
  const questions = (await securityAnswers(service)).map(({ question }) => question);
  const [one, two, three] = questions as [string, string, string];
  const flow = await verifiedRegistration(service, person);
  const completed = await service.post(
    `/v1/registrations/${flow.id}/completion`,
    {
      password: goodPassword,
      passwordConfirmation: goodPassword,
      securityAnswers: [
        { question: one, answer: 'آبِ می‌خانهٔ ۱۲' },
        { question: two, answer: 'مؤسسهٔ رضائی' },
        { question: three, answer: 'José, Café' },
      ],
    },
    { token: flow.flowToken },
  );
  t.equal(completed.status, 201, completed.text);
  const start = await service.post('/v1/recoveries', { nationalCode: person.nationalCode });
  const token = start.body.flowToken;
  const challenge = await service.post(
    `/v1/recoveries/${start.body.id}/challenge`,
    { method: 'questions' },
    { token },
  );
  t.equal(challenge.status, 200, challenge.text);
  const proved = await service.post(
    `/v1/recoveries/${start.body.id}/verification`,
    {
      answers: [
        { question: three, answer: 'ＪＯＳＥ ｃａｆｅ' },
        { question: two, answer: 'موسسه\u200cی رضايي' },
        { question: one, answer: 'اب ميخانه 12.' },
      ],
    },
    { token },
  );
  t.match(proved, { status: 200, body: { next: 'set-password' } });
});
