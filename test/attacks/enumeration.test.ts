import t from 'tap';
import { startTestService } from '../support/app.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { goodPassword, insuredPerson, signUp } from '../support/journey.ts';

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
  await service.db.updateTable('account').set({ disabled_at: new Date() }).execute();
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
