import t from 'tap';
import { createKeyring } from '../../src/kernel/keyring.ts';
import { deriveCode } from '../../src/kernel/one-time-code.ts';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import { goodPassword, insuredPerson, signUp, wrongCode } from '../support/journey.ts';

/** An answer with what differs at every call (ids, tokens, instants) blotted out, and nothing else. */
function fingerprint({ status, headers, text }: Answer): object {
  const blotted = text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
    .replace(/"flowToken":"[\w-]{43}"/, '"flowToken":"TOKEN"')
    .replace(/09\d\d•••\d{4}/, 'MASK');
  const varying = ['date', 'x-request-id', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'];
  const kept = [...headers].filter(([name]) => !varying.includes(name));
  // A countdown may have moved by a second or two between two people.
  const countdown = Math.round(Number(headers.get('retry-after') ?? 0) / 10);
  const body =
    countdown > 0 ? blotted.replace(/[0-9۰-۹]+(?= ثانیه)|(?<="retryAfterSeconds":)\d+/g, 'SOON') : blotted;
  return { status, body, countdown, headers: Object.fromEntries(kept) };
}

/** Every step of a recovery, and of signing in, as somebody sees them who knows nothing but a national code. */
async function outsidersView(service: TestService, nationalCode: string): Promise<object[]> {
  const seen: Answer[] = [];
  const see = async (answer: Promise<Answer>): Promise<Answer> => {
    seen.push(await answer);
    return answer;
  };
  const { body } = await see(service.post('/v1/recoveries', { nationalCode }));
  const flow = { token: body.flowToken };
  await see(
    service.put(
      `/v1/recoveries/${body.id}/password`,
      { newPassword: 'x', newPasswordConfirmation: 'x' },
      flow,
    ),
  );
  await see(service.post(`/v1/recoveries/${body.id}/verification`, { code: '000000' }, flow));
  await see(service.post(`/v1/recoveries/${body.id}/challenge`, { method: 'sms' }, flow));
  await see(service.post(`/v1/recoveries/${body.id}/challenge`, { method: 'sms' }, flow));
  const message = await service.db
    .selectFrom('message')
    .orderBy('id', 'desc')
    .select('challenge_id')
    .executeTakeFirst();
  // A guess that is wrong for certain, whichever code was sent.
  const code = deriveCode(createKeyring(service.config.secretKeys), 'recovery', message?.challenge_id ?? '');
  for (let guess = 0; guess < 7; guess += 1) {
    await see(service.post(`/v1/recoveries/${body.id}/verification`, { code: wrongCode(code) }, flow));
  }
  await see(
    service.put(
      `/v1/recoveries/${body.id}/password`,
      { newPassword: 'x', newPasswordConfirmation: 'x' },
      flow,
    ),
  );
  for (let guess = 0; guess < 21; guess += 1) {
    await see(service.post('/v1/sessions', { nationalCode, password: `${goodPassword}x` }));
  }
  await see(service.post('/v1/sessions', { nationalCode, password: '' }));
  await see(service.post('/v1/sessions', { nationalCode, password: 'x'.repeat(1000) }));
  return seen.map(fingerprint);
}

t.test(
  'rule 1: unknown, registered, disabled and merely insured people are answered alike, byte for byte',
  async (t) => {
    const service = await startTestService(t);
    const registered = await signUp(service);
    const disabled = await signUp(service);
    await service.db
      .updateTable('account')
      .set({ state: 'disabled' })
      .where('national_code', '=', disabled.nationalCode)
      .execute();
    const insured = await insuredPerson(service);
    const expected = await outsidersView(service, '0684159414');
    for (const [who, { nationalCode }] of Object.entries({ registered, disabled, insured })) {
      t.same(await outsidersView(service, nationalCode), expected, who);
    }
  },
);

t.test(
  'rule 1: the address shown to who is unknown is the same at every call and on every replica',
  async (t) => {
    const service = await startTestService(t);
    const replica = await service.replica();
    const masks = new Set<string>();
    for (const at of [service, replica, service, replica]) {
      const { body } = await at.post('/v1/recoveries', { nationalCode: '0684159414' });
      masks.add(body.methods[0].destination);
    }
    t.equal(masks.size, 1);
  },
);

t.test('rule 1: starting to sign up says the same about everybody', async (t) => {
  const service = await startTestService(t);
  const registered = await signUp(service);
  const start = async (nationalCode: string, birthDate: string) =>
    fingerprint(await service.post('/v1/registrations', { nationalCode, birthDate, mobile: '09121234567' }));
  const unknown = await start('0684159414', '1370-01-01');
  t.same(await start(registered.nationalCode, registered.birthDate), unknown);
  t.same(await start((await insuredPerson(service)).nationalCode, '1350-02-02'), unknown);
});

t.test('that an account is disabled is told only after the right password', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  await service.db.updateTable('account').set({ state: 'disabled' }).execute();
  const wrong = await service.post('/v1/sessions', {
    nationalCode: person.nationalCode,
    password: 'Wrong7Words',
  });
  t.equal(wrong.body.code, 'credentials-not-accepted');
  const right = await service.post('/v1/sessions', {
    nationalCode: person.nationalCode,
    password: goodPassword,
  });
  t.equal(right.status, 403);
  t.equal(right.body.code, 'account-disabled');
});
