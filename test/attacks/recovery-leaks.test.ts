import { sql } from 'kysely';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { goodPassword, otherPassword, setRecoveredPassword, signUp } from '../support/journey.ts';
import {
  cancel,
  challenge,
  noticeToken,
  provedBy,
  rightAnswers,
  verify,
  withEmail,
  wrongAnswers,
} from '../support/recovery.ts';

t.test('rule 8: after recoveries of every kind no secret is in any log line or any row', async (t) => {
  const service = await startTestService(t, { environment: { LOG_LEVEL: 'debug' } });
  const person = await signUp(service);
  await withEmail(service, person);
  const flow = await provedBy(service, person, 'questions');
  await setRecoveredPassword(service, flow, otherPassword);
  const link = await noticeToken(service, person.mobile, 'password-recovered');
  const guessed = await wrongAnswers(service);
  const { body } = await service.post('/v1/recoveries', { nationalCode: person.nationalCode });
  const open = { id: body.id, token: body.flowToken };
  await challenge(service, open, 'questions');
  await verify(service, open, { answers: guessed });
  await cancel(service, link);
  const desk = await machineClient(service, ['branch-recoveries:write']);
  const access = await desk.token();
  const ask = (officer: string) =>
    service.post(
      '/v1/branch/recoveries',
      { nationalCode: person.nationalCode },
      { token: access, headers: { 'officer-id': officer } },
    );
  await ask('one');
  const { body: printed } = await ask('two');
  const { nationalCode } = person;
  const redeemed = await service.post('/v1/recoveries/redemptions', { nationalCode, code: printed.code });
  const branchLink = await noticeToken(service, person.mobile, 'branch-recovery-started');
  const right = await rightAnswers(service);
  const secrets = {
    password: goodPassword,
    'new password': otherPassword,
    'link of the notice': link,
    'link of the branch’s notice': branchLink,
    'its proof': Buffer.from(link, 'base64url').subarray(16).toString('hex'),
    'printed code': printed.code,
    'printed code without hyphens': printed.code.replaceAll('-', ''),
    'flow token': open.token,
    'flow token of the branch': redeemed.body.flowToken,
    ...Object.fromEntries([...right, ...guessed].map(({ answer }, n) => [`answer ${n}`, answer])),
  };
  const log = service.logLines.join('\n');
  const { rows: tables } = await sql<{ name: string }>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`.execute(service.db);
  for (const [what, secret] of Object.entries(secrets)) {
    t.ok(typeof secret === 'string' && secret.length > 4, what);
    t.notOk(log.includes(String(secret)), `${what} is in no log line`);
  }
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.raw(name)} t`.execute(
      service.db,
    );
    const text = rows.map(({ row }) => row).join('\n');
    for (const [what, secret] of Object.entries(secrets)) {
      if (text.includes(String(secret))) t.fail(`${what} is in ${name}`);
    }
  }
});
