import { sql } from 'kysely';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { goodPassword, otherPassword, setRecoveredPassword, signUp } from '../support/journey.ts';
import { officer, startAtDesk } from '../support/officers.ts';
import {
  challenge,
  dispute,
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
  t.equal((await dispute(service, link)).status, 204);
  const desk = await officer(service);
  const { nationalCode } = person;
  const { body: printed } = await startAtDesk(service, desk, { nationalCode });
  const redemption = { nationalCode, code: printed.code };
  const { body: opened } = await service.post('/v1/recoveries/redemptions', redemption);
  const right = await rightAnswers(service);
  const secrets = {
    password: goodPassword,
    'new password': otherPassword,
    'link of the notice': link,
    'its proof': Buffer.from(link, 'base64url').subarray(16).toString('hex'),
    'printed code': printed.code,
    'printed code, as typed': printed.code.replaceAll('-', ''),
    'flow token of the branch': opened.flowToken,
    'flow token': open.token,
    'flow token of the reset': flow.token,
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
