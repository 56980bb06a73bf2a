import t from 'tap';
import { type Locale, locales, toLater } from '../../src/kernel/locale.ts';
import { type Answer, startTestService } from '../support/app.ts';
import {
  challengedRecovery,
  codeSentTo,
  goodPassword,
  insuredPerson,
  provedRecovery,
  signIn,
  signUp,
  startRegistration,
  verifiedRegistration,
  wrongCode,
} from '../support/journey.ts';
import { challenge, wrongAnswers } from '../support/recovery.ts';

const service = await startTestService(t);
const speaking = (locale: Locale) => ({ 'accept-language': locale });
const placesOf = ({ body }: Answer): string[] =>
  body.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`);

t.test('a bad password and bad answers are told in one response, at sign-up', async (t) => {
  const person = await insuredPerson(service);
  const flow = await verifiedRegistration(service, person);
  const complete = (locale: Locale) =>
    service.post(
      `/v1/registrations/${flow.id}/completion`,
      {
        password: 'short',
        passwordConfirmation: 'shorter',
        securityAnswers: [
          { question: 'childhood-toy', answer: 'x' },
          { question: 'childhood-toy', answer: 'عروسک پارچه‌ای' },
          { question: 'mothers-maiden-name', answer: 'کوچهٔ یاس' },
        ],
      },
      { token: flow.flowToken, headers: speaking(locale) },
    );
  for (const locale of locales) {
    const refused = await complete(locale);
    t.match(refused, { status: 422, body: { code: 'password-refused' } });
    const places = placesOf(refused);
    for (const place of [
      '/password password-too-short',
      '/passwordConfirmation password-mismatch',
      '/securityAnswers/0/answer answer-too-short',
      '/securityAnswers/1/question question-repeated',
      '/securityAnswers/2/question question-unknown',
    ])
      t.ok(places.includes(place), `${place} in ${places.join(', ')}`);
    for (const { detail } of refused.body.errors) {
      t.match(detail, locale === 'fa' ? /[\u0600-\u06ff]/ : /^[A-Z][\x20-\x7e’“”…–]+$/, detail);
    }
  }
});

t.test('all that is wrong with a recovered password is told in one response', async (t) => {
  const person = await signUp(service);
  const flow = await provedRecovery(service, person);
  const refused = await service.put(
    `/v1/recoveries/${flow.id}/password`,
    { newPassword: 'short', newPasswordConfirmation: 'shorter' },
    { token: flow.token },
  );
  t.match(refused, { status: 422, body: { code: 'password-refused' } });
  const places = placesOf(refused);
  t.ok(places.includes('/newPassword password-too-short'), places.join(', '));
  t.ok(places.includes('/newPassword password-needs-upper-case'), places.join(', '));
  t.ok(places.includes('/newPasswordConfirmation password-mismatch'), places.join(', '));
  const missing = await service.put(`/v1/recoveries/${flow.id}/password`, {}, { token: flow.token });
  t.same(placesOf(missing), ['/newPassword required', '/newPasswordConfirmation required']);
});

/** The same wrong guess until none is left; the last refusal, and the one before it. */
async function guessToTheEnd(guess: (locale: Locale) => Promise<Answer>, locale: Locale) {
  let before: Answer | undefined;
  for (let times = 0; times < 10; times += 1) {
    const answer = await guess(locale);
    if (answer.body.attemptsLeft === 0) return { before, last: answer };
    before = answer;
  }
  throw new Error('guesses never end');
}

t.test('the last wrong guess says what to do instead of guessing on', async (t) => {
  const said = {
    'code-not-accepted': { fa: /کد تازه بگیرید/, en: /ask for a new one/ },
    'answers-not-accepted': { fa: /روش دیگری انتخاب کنید/, en: /choose another method/ },
  };
  const flows: Record<string, () => Promise<(locale: Locale) => Promise<Answer>>> = {
    'sign-up': async () => {
      const person = await insuredPerson(service);
      const flow = await startRegistration(service, person);
      const code = wrongCode(await codeSentTo(service, person.mobile));
      return (locale) =>
        service.post(
          `/v1/registrations/${flow.id}/verification`,
          { code },
          { token: flow.flowToken, headers: speaking(locale) },
        );
    },
    'recovery by code': async () => {
      const { id, token, code } = await challengedRecovery(service, await signUp(service));
      return (locale) =>
        service.post(
          `/v1/recoveries/${id}/verification`,
          { code: wrongCode(code) },
          { token, headers: speaking(locale) },
        );
    },
    'recovery by answers, on a device of one’s own': async () => {
      const person = await signUp(service);
      const { deviceToken } = (await signIn(service, person)).body;
      const device = { 'device-token': deviceToken };
      const { body } = await service.post(
        '/v1/recoveries',
        { nationalCode: person.nationalCode },
        { headers: device },
      );
      await challenge(service, { id: body.id, token: body.flowToken }, 'questions');
      const answers = await wrongAnswers(service);
      return (locale) =>
        service.post(
          `/v1/recoveries/${body.id}/verification`,
          { answers },
          { token: body.flowToken, headers: { ...device, ...speaking(locale) } },
        );
    },
    'a new mobile': async () => {
      const person = await signUp(service);
      const { accessToken } = (await signIn(service, person)).body;
      const mobile = `0919555${person.mobile.slice(-4)}`;
      const { body } = await service.post(
        '/v1/me/mobile-changes',
        { currentPassword: goodPassword, mobile },
        { token: accessToken },
      );
      const code = wrongCode(await codeSentTo(service, mobile));
      return (locale) =>
        service.post(
          `/v1/me/mobile-changes/${body.id}/verification`,
          { code },
          { token: accessToken, headers: speaking(locale) },
        );
    },
  };
  for (const [name, begin] of Object.entries(flows)) {
    for (const locale of locales) {
      const { before, last } = await guessToTheEnd(await begin(), locale);
      const code = last.body.code as keyof typeof said;
      t.match(last, { status: 422, body: { attemptsLeft: 0 } }, name);
      t.match(last.body.detail, said[code][locale], `${name}, ${locale}`);
      t.not(last.body.detail, before?.body.detail, `${name}: not what is said while guesses are left`);
    }
  }
});

t.test('whoever has used something up is told what was counted, and from when on to try again', async (t) => {
  const counted: Readonly<Record<string, Readonly<Record<Locale, RegExp>>>> = {
    'resend-too-early': { fa: /پیام پیشین/, en: /A message is on its way/ },
    'too-many-at-desk': { fa: /برای دیگران/, en: /looked up or helped/ },
    'too-many-changes': { fa: /سه بار تغییر/, en: /changed this three times/ },
    'too-many-client-requests': { fa: /این برنامه در یک دقیقه/, en: /This client .* within a minute/ },
    'too-many-exports': { fa: /داده‌های حساب/, en: /data of the account/ },
    'too-many-failed-proofs': { fa: /کدها یا پاسخ‌های نادرست/, en: /wrong codes or answers/ },
    'too-many-messages': { fa: /این درخواست یا این حساب .* کد/, en: /codes .* for this request or account/ },
    'too-many-requests': { fa: /شبکهٔ شما در این دقیقه/, en: /your network within a minute/ },
    'too-many-wrong-passwords': { fa: /گذرواژهٔ کنونی/, en: /current password/ },
  };
  const kinds = [...service.app.problemCatalogue.values()].filter(({ status }) => status === 429);
  t.same(kinds.map(({ code }) => code).sort(), Object.keys(counted));
  for (const { code, detail } of kinds) {
    for (const locale of locales) {
      t.match(detail[locale], counted[code]?.[locale] ?? /^$/, `${code}, ${locale}`);
      t.match(detail[locale], '{later}', `${code}, ${locale}: when again`);
    }
  }
});

t.test('when again is said as people say it, and never too early', async (t) => {
  const said: [number, string, string][] = [
    [1, '۱ ثانیهٔ دیگر', 'in 1 second'],
    [59, '۵۹ ثانیهٔ دیگر', 'in 59 seconds'],
    [121, '۳ دقیقهٔ دیگر', 'in 3 minutes'],
    [3600, '۶۰ دقیقهٔ دیگر', 'in 60 minutes'],
    [86_399, '۲۴ ساعت دیگر', 'in 24 hours'],
    [2_592_000, '۳۰ روز دیگر', 'in 30 days'],
  ];
  for (const [seconds, fa, en] of said) t.same([toLater(seconds, 'fa'), toLater(seconds, 'en')], [fa, en]);

  const person = await insuredPerson(service);
  const flow = await startRegistration(service, person);
  const early = await service.post(`/v1/registrations/${flow.id}/code`, undefined, {
    token: flow.flowToken,
    headers: speaking('en'),
  });
  t.match(early, { status: 429, body: { code: 'resend-too-early', detail: /in \d+ seconds?\.$/ } });
});
