import { sql } from 'kysely';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import {
  changeAddress,
  codeAt,
  internationalOf,
  messagesAt,
  otherMobileOf,
  startChange,
} from '../support/contacts.ts';
import {
  goodPassword,
  otherPassword,
  provedRecovery,
  setRecoveredPassword,
  signIn,
  signUp,
  wrongCode,
} from '../support/journey.ts';
import { dispute, noticeToken } from '../support/recovery.ts';

t.test('changes of addresses under attack', async (t) => {
  const service = await startTestService(t);
  const replica = await service.replica({ background: false });
  const signedIn = async () => {
    const person = await signUp(service);
    const { body } = await signIn(service, person);
    return { ...person, token: body.accessToken as string };
  };
  const verify = (token: string, kind: string, id: string, code: string, at = service) =>
    at.post(`/v1/me/${kind}-changes/${id}/verification`, { code }, { token });
  const account = (nationalCode: string) =>
    service.db
      .selectFrom('account')
      .where('national_code', '=', nationalCode)
      .select(['mobile', 'email'])
      .executeTakeFirstOrThrow();

  t.test('rule 5: a change is its own account’s, its own kind’s and its own code’s', async (t) => {
    const [owner, thief] = [await signedIn(), await signedIn()];
    const next = otherMobileOf(owner.mobile);
    const { body: change } = await startChange(service, owner.token, 'mobile', next);
    const code = await codeAt(service, internationalOf(next));
    t.equal((await verify(thief.token, 'mobile', change.id, code)).body.code, 'contact-change-not-open');
    t.equal((await verify(owner.token, 'email', change.id, code)).body.code, 'contact-change-not-open');
    t.equal((await verify('x', 'mobile', change.id, code)).status, 401);
    const { body: other } = await startChange(service, owner.token, 'email', 'x@example.org');
    t.equal((await verify(owner.token, 'email', other.id, code)).body.code, 'code-not-accepted');
    const named = await service.post(
      `/v1/me/mobile-changes/${change.id}/verification`,
      { code, mobile: otherMobileOf(thief.mobile) },
      { token: owner.token },
    );
    t.equal(named.status, 400, 'no later call names a destination');
    t.equal((await verify(owner.token, 'mobile', change.id, code)).status, 200);
    t.equal((await account(thief.nationalCode)).mobile, internationalOf(thief.mobile));
  });

  t.test('rule 4: of 30 guesses at once on two replicas five are judged', async (t) => {
    const owner = await signedIn();
    const { body: change } = await startChange(service, owner.token, 'email', 'guess@example.org');
    const code = await codeAt(service, 'guess@example.org');
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        verify(owner.token, 'email', change.id, wrongCode(code), index % 2 ? service : replica),
      ),
    );
    t.ok(answers.every(({ status }) => status === 422));
    t.equal(
      (await verify(owner.token, 'email', change.id, code)).status,
      422,
      'the right one comes too late',
    );
    t.equal((await account(owner.nationalCode)).email, null);
  });

  t.test(
    'opening a link, by GET or HEAD, changes nothing, and the page runs nothing from outside',
    async (t) => {
      const owner = await signedIn();
      await changeAddress(service, owner.token, 'email', `x.${owner.nationalCode}@example.org`);
      const link = await noticeToken(service, owner.mobile, 'email-change-pending');
      for (const method of ['GET', 'HEAD']) {
        for (const path of [
          `/notice#dispute=${link}`,
          `/notice?dispute=${link}`,
          `/v1/disputes?token=${link}`,
        ]) {
          const { status } = await fetch(`${service.origin}${path}`, { method });
          t.equal(status, path.startsWith('/notice') ? 200 : 405, `${method} ${path.slice(0, 30)}`);
        }
      }
      t.equal((await service.get('/v1/me', { token: owner.token })).status, 200);
      const { text, headers } = await service.get('/notice');
      t.notMatch(text, /https?:|src=|href="(?!\?lang=)/);
      t.notMatch(headers.get('content-security-policy'), /unsafe|https?:|\*/);
      t.equal(headers.get('referrer-policy'), 'no-referrer');
      t.equal(headers.get('cache-control'), 'no-store');
    },
  );

  t.test('rule 7: what was under way outlives neither a reset nor a dispute', async (t) => {
    const owner = await signedIn();
    const { body: first } = await startChange(service, owner.token, 'email', 'first@example.org');
    await changeAddress(service, owner.token, 'mobile', otherMobileOf(owner.mobile));
    const link = await noticeToken(service, owner.mobile, 'mobile-change-pending');
    t.equal((await dispute(service, link)).status, 204);
    await setRecoveredPassword(service, await provedRecovery(service, owner), otherPassword);
    const { body: session } = await signIn(service, owner, otherPassword);
    const late = await codeAt(service, 'first@example.org');
    t.equal((await verify(session.accessToken, 'email', first.id, late)).status, 404, 'a dispute');

    const { body: second } = await startChange(
      service,
      session.accessToken,
      'email',
      'second@example.org',
      otherPassword,
    );
    await setRecoveredPassword(service, await provedRecovery(service, owner), 'Jw5kBsf2Gc');
    const { body: again } = await signIn(service, owner, 'Jw5kBsf2Gc');
    const code = await codeAt(service, 'second@example.org');
    t.equal((await verify(again.accessToken, 'email', second.id, code)).status, 404, 'a reset');
  });

  t.test('rule 6: recoveries go to the trusted address whatever is pending', async (t) => {
    const owner = await signedIn();
    const flow = await provedRecovery(service, owner);
    const thiefs = otherMobileOf(owner.mobile);
    await changeAddress(service, owner.token, 'mobile', thiefs);
    const { body } = await service.post('/v1/recoveries', { nationalCode: owner.nationalCode });
    const next = { token: body.flowToken };
    const before = (await messagesAt(service, internationalOf(thiefs))).length;
    await service.post(`/v1/recoveries/${body.id}/challenge`, { method: 'sms' }, next);
    t.equal((await messagesAt(service, internationalOf(owner.mobile)))[0]?.purpose, 'recovery-code');
    t.equal((await messagesAt(service, internationalOf(thiefs))).length, before);
    t.equal(
      (await setRecoveredPassword(service, flow, otherPassword)).status,
      200,
      'a change ends no recovery',
    );
  });

  t.test('no link reaches an address that a thief has added', async (t) => {
    const owner = await signedIn();
    const thiefs = otherMobileOf(owner.mobile);
    await changeAddress(service, owner.token, 'mobile', thiefs);
    await changeAddress(service, owner.token, 'email', 'thief@example.org');
    for (const address of [internationalOf(thiefs), 'thief@example.org']) {
      t.notOk(
        (await messagesAt(service, address)).some(({ text }) => text.includes('#dispute')),
        address,
      );
    }
    t.ok(await noticeToken(service, owner.mobile, 'email-change-pending'), 'it goes to the owner’s own');
  });

  t.test('rule 1: an address that another account uses is answered like any other', async (t) => {
    const [one, two] = [await signedIn(), await signedIn()];
    await changeAddress(service, one.token, 'email', 'shared@example.org');
    const shape = ({ status, body }: { status: number; body: Record<string, unknown> }) => ({
      status,
      keys: Object.keys(body).sort(),
    });
    const taken = await startChange(service, two.token, 'email', 'shared@example.org');
    const free = await startChange(service, two.token, 'email', 'free@example.org');
    t.same(shape(taken), shape(free));
  });

  t.test('rule 2: many changes are no more guesses than one quota has', async (t) => {
    const owner = await signedIn();
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      const address = `n${n}.${owner.nationalCode}@example.org`;
      const { body: change } = await startChange(service, owner.token, 'email', address);
      const code = wrongCode(await codeAt(service, address));
      for (let guess = 0; guess < 4; guess += 1) {
        const path = `/v1/me/email-changes/${change.id}/verification`;
        statuses.push((await service.post(path, { code }, { token: owner.token })).status);
      }
    }
    t.same(statuses, [...Array(10).fill(422), 429, 429]);
  });

  t.test('rule 2: a stolen session does not guess the password at the routes that ask for it', async (t) => {
    const owner = await signedIn();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        startChange(
          index % 2 ? service : replica,
          owner.token,
          'email',
          'x@example.org',
          `Wrong${index}Words`,
        ),
      ),
    );
    t.equal(answers.filter(({ body }) => body.code === 'current-password-not-accepted').length, 10);
    t.equal(answers.filter(({ status }) => status === 429).length, 20);
    t.equal((await startChange(service, owner.token, 'email', 'x@example.org', goodPassword)).status, 429);
    const { body: elsewhere } = await signIn(service, owner);
    t.equal(
      (await startChange(service, elsewhere.accessToken, 'email', 'x@example.org')).status,
      201,
      'the owner’s other sessions are not locked out',
    );
  });
});

t.test('rule 8: no code and no link of a change is in any row or log line', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const { body: session } = await signIn(service, person);
  const next = otherMobileOf(person.mobile);
  await changeAddress(service, session.accessToken, 'mobile', next);
  await changeAddress(service, session.accessToken, 'email', 'leak@example.org');
  const secrets = {
    'code by SMS': await codeAt(service, internationalOf(next)),
    'code by e-mail': await codeAt(service, 'leak@example.org'),
    link: await noticeToken(service, person.mobile, 'email-change-pending'),
  };
  await dispute(service, secrets.link);
  const { rows: tables } = await sql<{ name: string }>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`.execute(service.db);
  let text = service.logLines.join('\n');
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.raw(name)} t`.execute(
      service.db,
    );
    text += rows.map(({ row }) => row).join('\n');
  }
  for (const [what, secret] of Object.entries(secrets)) {
    t.notMatch(text, new RegExp(`(?<![\\d.:a-f-])${secret}(?![\\d.:a-f-])`), what);
  }
  const log = service.logLines.join('\n');
  for (const personal of [next.slice(1), person.mobile.slice(1), 'leak@example.org']) {
    t.notOk(log.includes(personal));
  }
});
