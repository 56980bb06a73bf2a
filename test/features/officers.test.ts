import t from 'tap';
import { parseBranchCode } from '../../src/kernel/branch-code.ts';
import { startTestService } from '../support/app.ts';
import { codeAt, messagesAt } from '../support/contacts.ts';
import { messagesTo, setRecoveredPassword, signUp, startRecovery } from '../support/journey.ts';
import { branch, grant, officersOf, toPersonId } from '../support/officers.ts';
import { accountOf, age, challenge, provedBy, rightAnswers, verify, withEmail } from '../support/recovery.ts';

t.test('an operator grants the role for a branch, and takes it away', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const officers = officersOf(service);
  const other = parseBranchCode('۰۵۰۰');
  if (!other) throw new Error('Persian digits are digits');
  t.equal(await officers.revoke(toPersonId(person), 'admin'), 'unchanged');
  await grant(service, person);
  t.equal(await officers.grant(toPersonId(person), other, 'second'), 'changed', 'moves');
  t.equal(await officers.grant(toPersonId(person), other, 'second'), 'unchanged');
  t.match(await officers.list(null), [
    { branch: '0500', userName: person.nationalCode, grantedBy: 'operator:second' },
  ]);
  t.same(await officers.list(parseBranchCode(branch)), []);
  t.equal(await officers.revoke(toPersonId(person), 'admin'), 'changed');
  t.same(await officers.list(null), []);
  for (const bad of ['', '412', '04123', '04a2', '0412 5']) t.equal(parseBranchCode(bad), null, bad);

  const { id } = await accountOf(service, person);
  const entries = await service.db
    .selectFrom('activity')
    .where('account_id', '=', id)
    .where('kind', 'like', 'officer-%')
    .select(['kind', 'actor'])
    .orderBy('id')
    .execute();
  t.same(entries, [
    { kind: 'officer-role-granted', actor: 'operator:admin' },
    { kind: 'officer-role-granted', actor: 'operator:second' },
    { kind: 'officer-role-revoked', actor: 'operator:admin' },
  ]);
  const told = (await messagesTo(service, person.mobile)).filter(({ purpose }) =>
    purpose.startsWith('officer-'),
  );
  t.same(
    told.map(({ purpose }) => purpose),
    ['officer-role-revoked', 'officer-role-granted', 'officer-role-granted'],
  );
});

t.test('an account with a role recovers by two methods, and answers are none of them', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const email = await withEmail(service, person);
  await grant(service, person);

  const answered = await provedBy(service, person, 'questions');
  t.equal(answered.answer.status, 200);
  t.same(answered.answer.body, { next: 'prove-another-method', methods: ['sms', 'email'] });
  const both = await provedBy(service, person, 'sms', answered);
  t.same(
    both.answer.body,
    { next: 'prove-another-method', methods: ['email'] },
    'answers and SMS are not enough',
  );
  t.equal((await setRecoveredPassword(service, both, 'Jw5kBsf2Gc')).status, 409);
  await age(service, 61);
  t.equal((await challenge(service, both, 'email')).status, 200);
  const done = await verify(service, both, { code: await codeAt(service, email) });
  t.match(done.body, { next: 'set-password' });
  t.equal((await setRecoveredPassword(service, both, 'Jw5kBsf2Gc')).status, 200);
  t.ok((await messagesAt(service, email)).length > 0);
});

t.test('a role that is granted while a proof is on its way counts', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const flow = await startRecovery(service, person.nationalCode);
  await challenge(service, flow, 'questions');
  await grant(service, person);
  const { body } = await verify(service, flow, { answers: await rightAnswers(service) });
  t.match(body, { next: 'prove-another-method' });
});
