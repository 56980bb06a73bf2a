import type { Updateable } from 'kysely';
import t from 'tap';
import type { AccountTable } from '../../src/features/accounts/accounts.table.ts';
import { securityQuestions } from '../../src/features/security-questions/index.ts';
import { createKeyring } from '../../src/kernel/keyring.ts';
import { deriveCode } from '../../src/kernel/one-time-code.ts';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import { changeAddress } from '../support/contacts.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { goodPassword, insuredPerson, signIn, signUp, wrongCode } from '../support/journey.ts';
import { forgetQuotas } from '../support/quotas.ts';
import { type Method, noticeToken, provedBy, withEmail } from '../support/recovery.ts';

const anyThree = securityQuestions.slice(5, 8).map(({ id }) => ({ question: id, answer: 'نه این' }));

/** Every step of a recovery by this method as somebody sees it who knows nothing but a national code. */
async function outsidersView(service: TestService, nationalCode: string, method: Method): Promise<object[]> {
  const seen: Answer[] = [];
  const see = async (answer: Promise<Answer>): Promise<Answer> => {
    seen.push(await answer);
    return answer;
  };
  const { body } = await see(service.post('/v1/recoveries', { nationalCode }));
  const flow = { token: body.flowToken };
  const password = { newPassword: 'x', newPasswordConfirmation: 'x' };
  const path = `/v1/recoveries/${body.id}`;
  await see(service.put(`${path}/password`, password, flow));
  await see(service.post(`${path}/verification`, { code: '000000' }, flow));
  await see(service.post(`${path}/challenge`, { method }, flow));
  await see(service.post(`${path}/challenge`, { method }, flow));
  const row = await service.db
    .selectFrom('recovery')
    .where('id', '=', body.id)
    .select('challenge_id')
    .executeTakeFirst();
  // A guess that is wrong for certain, whichever code was sent.
  const code = deriveCode(createKeyring(service.config.secretKeys), 'recovery', row?.challenge_id ?? '');
  const wrong = method === 'questions' ? { answers: anyThree } : { code: wrongCode(code) };
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

for (const method of ['sms', 'email', 'questions'] as const) {
  t.test(
    `rule 1: by ${method}, people who are unknown, registered, with and without e-mail, disabled, locked, barred, under a change and merely insured are answered alike, byte for byte`,
    async (t) => {
      const service = await startTestService(t);
      const newcomer = async (set: Updateable<AccountTable> = {}) => {
        const person = await signUp(service);
        if (Object.keys(set).length > 0) {
          const account = service.db.updateTable('account').set(set);
          await account.where('national_code', '=', person.nationalCode).execute();
        }
        return person;
      };
      const changed = await newcomer();
      const { body } = await signIn(service, changed);
      await changeAddress(service, body.accessToken, 'email', 'changed@example.org');
      const people = {
        registered: await newcomer(),
        'with e-mail': await newcomer({ email: 'somebody@example.org' }),
        disabled: await newcomer({ disabled_at: new Date() }),
        locked: await newcomer({ lock: 'locked' }),
        'locked with a barred mobile': await newcomer({ lock: 'locked-two', barred_kinds: ['mobile'] }),
        'with barred answers': await newcomer({ barred_kinds: ['answers'] }),
        'with other questions': await newcomer({
          security_questions: securityQuestions.slice(5, 8).map(({ id }) => id),
        }),
        'under a change': changed,
        insured: await insuredPerson(service),
      };
      const expected = await outsidersView(service, '0684159414', method);
      for (const [who, { nationalCode }] of Object.entries(people)) {
        t.same(await outsidersView(service, nationalCode, method), expected, who);
      }
    },
  );
}

t.test(
  'rule 1: the same person is answered alike before and after signing up, and after adding an address',
  async (t) => {
    const service = await startTestService(t);
    const person = await insuredPerson(service);
    const views = [];
    for (const step of ['before', 'signed up', 'with e-mail', 'with other questions']) {
      if (step === 'signed up') await signUp(service, goodPassword, person);
      if (step === 'with e-mail') await withEmail(service, person);
      if (step === 'with other questions') {
        const others = securityQuestions.slice(9, 12).map(({ id }) => id);
        const account = service.db.updateTable('account').set({ security_questions: others });
        await account.where('national_code', '=', person.nationalCode).execute();
      }
      await forgetQuotas(service.db);
      const view = [];
      for (const method of ['sms', 'email', 'questions'] as const) {
        view.push(...(await outsidersView(service, person.nationalCode, method)));
        await forgetQuotas(service.db);
      }
      views.push(view);
    }
    const [before, ...later] = views;
    for (const view of later) t.same(view, before);
  },
);

t.test('rule 1: a known number cannot be held against what is shown: nothing is', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const email = await withEmail(service, person);
  const { body, text } = await service.post('/v1/recoveries', { nationalCode: person.nationalCode });
  t.same(body.methods, [{ method: 'sms' }, { method: 'email' }, { method: 'questions' }]);
  const { text: asked } = await service.post(
    `/v1/recoveries/${body.id}/challenge`,
    { method: 'questions' },
    { token: body.flowToken },
  );
  const { body: sent } = await service.post(
    `/v1/recoveries/${body.id}/challenge`,
    { method: 'sms' },
    { token: body.flowToken },
  );
  t.same(Object.keys(sent).sort(), ['attemptsLeft', 'expiresAt', 'method', 'resendInSeconds']);
  for (const secret of [person.mobile.slice(-2), email.slice(0, 3), '•', 'childhood']) {
    const shown = `${text}${asked}`.replaceAll(body.id, '').replaceAll(body.flowToken, '');
    t.notOk(shown.replace(/"(expiresAt|[a-zA-Z]*At)":"[^"]*"/g, '').includes(secret), secret);
  }
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
