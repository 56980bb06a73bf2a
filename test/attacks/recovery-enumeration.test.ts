import { sql } from 'kysely';
import t from 'tap';
import { decoyOf } from '../../src/features/recovery/decoy.ts';
import { securityQuestions } from '../../src/features/security-questions/index.ts';
import { createKeyring, createMac } from '../../src/kernel/keyring.ts';
import { completeNationalCode } from '../../src/kernel/national-code.ts';
import { deriveCode } from '../../src/kernel/one-time-code.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { goodPassword, insuredPerson, signUp, wrongCode } from '../support/journey.ts';
import { type Method, noticeToken, provedBy, withEmail } from '../support/recovery.ts';

const known = securityQuestions.flatMap(({ id, text }) => [id, text.fa]);
/** Which questions a person chose is theirs; that they are three, and of the catalogue, is not. */
function withoutQuestions(answer: Answer): Answer {
  return {
    ...answer,
    text: known.reduce((text, part) => text.replaceAll(`"${part}"`, '"OF THE CATALOGUE"'), answer.text),
  };
}

/** Every step of a recovery by this method as somebody sees it who knows nothing but a national code. */
async function outsidersView(service: TestService, nationalCode: string, method: Method): Promise<object[]> {
  const seen: Answer[] = [];
  const see = async (answer: Promise<Answer>): Promise<Answer> => {
    seen.push(withoutQuestions(await answer));
    return answer;
  };
  const { body } = await see(service.post('/v1/recoveries', { nationalCode }));
  const flow = { token: body.flowToken };
  const password = { newPassword: 'x', newPasswordConfirmation: 'x' };
  const path = `/v1/recoveries/${body.id}`;
  await see(service.put(`${path}/password`, password, flow));
  await see(service.post(`${path}/verification`, { code: '000000' }, flow));
  const first = await see(service.post(`${path}/challenge`, { method }, flow));
  await see(service.post(`${path}/challenge`, { method }, flow));
  const row = await service.db
    .selectFrom('recovery')
    .where('id', '=', body.id)
    .select('challenge_id')
    .executeTakeFirst();
  // A guess that is wrong for certain, whichever code was sent.
  const code = deriveCode(createKeyring(service.config.secretKeys), 'recovery', row?.challenge_id ?? '');
  const answers = (first.body.questions ?? []).map(({ id }: { id: string }) => ({
    question: id,
    answer: 'نه این',
  }));
  const wrong = method === 'questions' ? { answers } : { code: wrongCode(code) };
  for (let guess = 0; guess < 7; guess += 1) await see(service.post(`${path}/verification`, wrong, flow));
  await see(service.post(`${path}/challenge`, { method: 'questions' }, flow));
  for (let guess = 0; guess < 5; guess += 1) {
    await see(service.post(`${path}/verification`, { code: wrongCode(code) }, flow));
  }
  await see(service.put(`${path}/password`, password, flow));
  const again = await see(service.post('/v1/recoveries', { nationalCode }));
  await see(
    service.post(`/v1/recoveries/${again.body.id}/challenge`, { method }, { token: again.body.flowToken }),
  );
  await see(service.post('/v1/recoveries/redemptions', { nationalCode, code: 'AAAA-AAAA-AAAA-AAAA' }));
  for (let guess = 0; guess < 21; guess += 1) {
    await see(service.post('/v1/sessions', { nationalCode, password: `${goodPassword}x` }));
  }
  await see(service.post('/v1/sessions', { nationalCode, password: '' }));
  await see(service.post('/v1/sessions', { nationalCode, password: 'x'.repeat(1000) }));
  return seen.map(fingerprint);
}

// Everybody with an address, and nobody with one: so that the answers can be held against each other whole.
for (const [method, percent] of [
  ['sms', '0'],
  ['email', '100'],
  ['questions', '0'],
] as const) {
  t.test(
    `rule 1: by ${method}, people who are unknown, registered, disabled, locked, under a change of answers and merely insured are answered alike, byte for byte`,
    async (t) => {
      const service = await startTestService(t, { environment: { RECOVERY_DECOY_EMAIL_PERCENT: percent } });
      const newcomer = async () => {
        const person = await signUp(service);
        if (percent === '100') await withEmail(service, person);
        return person;
      };
      const registered = await newcomer();
      const disabled = await newcomer();
      await service.db
        .updateTable('account')
        .set({ state: 'disabled' })
        .where('national_code', '=', disabled.nationalCode)
        .execute();
      const locked = await newcomer();
      await service.db
        .updateTable('account')
        .set({ state: 'locked', compromised_methods: ['sms'] })
        .where('national_code', '=', locked.nationalCode)
        .execute();
      const changed = await newcomer();
      await service.db
        .updateTable('account')
        .set((eb) => ({
          security_questions: securityQuestions.slice(3, 6).map(({ id }) => id),
          previous_security_questions: eb.ref('security_questions'),
          previous_answers_hash: eb.ref('security_answers_hash'),
          answers_held_until: sql<Date>`now() + interval '1 day'`,
        }))
        .where('national_code', '=', changed.nationalCode)
        .execute();
      const insured = await insuredPerson(service);
      const expected = await outsidersView(service, '0684159414', method);
      for (const [who, { nationalCode }] of Object.entries({
        registered,
        disabled,
        locked,
        changed,
        insured,
      })) {
        t.same(await outsidersView(service, nationalCode, method), expected, who);
      }
    },
  );
}

t.test(
  'rule 1: what is shown to who is unknown is the same at every call and on every replica',
  async (t) => {
    const service = await startTestService(t);
    const replica = await service.replica();
    for (const nationalCode of ['0684159414', '0067749828', '0650451252']) {
      const shown = new Set<string>();
      for (const at of [service, replica, service, replica]) {
        const { body } = await at.post('/v1/recoveries', { nationalCode });
        const { body: challenge } = await at.post(
          `/v1/recoveries/${body.id}/challenge`,
          { method: 'questions' },
          { token: body.flowToken },
        );
        shown.add(JSON.stringify([body.methods, challenge.questions]));
      }
      t.equal(shown.size, 1);
    }
  },
);

t.test('rule 1: decoys are distributed like real people, also in which methods there are', async (t) => {
  const mac = createMac(new Secret(new Uint8Array(32).fill(7)), 'decoy');
  const people = 4000;
  const counts = new Map<string, number>();
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  const share = (name: string) => (counts.get(name) ?? 0) / people;
  for (let n = 0; n < people; n += 1) {
    const code = completeNationalCode(String(100_000_000 + n * 7)) ?? '';
    const decoy = decoyOf(mac, Buffer.from(code), 40);
    t.same(decoyOf(mac, Buffer.from(code), 40), decoy);
    count(`digits ${decoy.mobile.slice(-2)}`);
    if (decoy.email) {
      count('with email');
      count(`initial ${decoy.email[0]}`);
    }
    if (!/^09•••••••\d\d$/.test(decoy.mobile)) t.fail(decoy.mobile);
    for (const id of decoy.questions) count(id);
  }
  const within = (name: string, expected: number) =>
    t.ok(
      Math.abs(share(name) - expected) < 4 * Math.sqrt((expected * (1 - expected)) / people),
      `${name} ${share(name)}`,
    );
  within('with email', 0.4);
  for (const digits of ['00', '07', '50', '99']) within(`digits ${digits}`, 0.01);
  within('initial m', 0.4 * 0.975 * (170 / 995));
  within('initial •', 0.4 * 0.008);
  for (const { id } of securityQuestions) within(id, 3 / securityQuestions.length);
  t.equal(decoyOf(mac, Buffer.from('1'), 0).email, null);
  t.ok(decoyOf(mac, Buffer.from('1'), 100).email);
});

t.test('rule 1: the answer is the same while no provider can be reached', async (t) => {
  const service = await startTestService(t, { overrides: { background: false } });
  const person = await signUp(service);
  const view = async (nationalCode: string) => {
    const { body } = await service.post('/v1/recoveries', { nationalCode });
    return fingerprint(
      await service.post(`/v1/recoveries/${body.id}/challenge`, { method: 'sms' }, { token: body.flowToken }),
    );
  };
  t.same(await view(person.nationalCode), await view('0684159414'));
});

t.test('rule 6: no digest of a destination, answer or code reaches a client', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const flow = await provedBy(service, person, 'questions');
  t.same(Object.keys(flow.answer.body).sort(), ['next', 'permissionExpiresAt']);
  const { body } = await service.post('/v1/recoveries', { nationalCode: person.nationalCode });
  t.same(Object.keys(body).sort(), ['expiresAt', 'flowToken', 'id', 'methods']);
  await t.rejects(noticeToken(service, person.mobile, 'password-recovered'), 'no notice before a reset');
});
