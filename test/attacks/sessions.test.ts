import { sql } from 'kysely';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { codeAt, startChange } from '../support/contacts.ts';
import {
  goodPassword,
  otherPassword,
  provedRecovery,
  setRecoveredPassword,
  signIn,
  signUp,
} from '../support/journey.ts';

t.test('sessions under attack', async (t) => {
  const service = await startTestService(t);
  const replica = await service.replica({ background: false });
  const both = [service, replica];
  const at = (index: number) => both[index % 2] ?? service;
  const refresh = (refreshToken: string, index = 0, agent?: string) =>
    at(index).post(
      '/v1/sessions/refresh',
      { refreshToken },
      agent === undefined ? {} : { headers: { 'user-agent': agent } },
    );
  const alive = async (token: string, index = 0) => (await at(index).get('/v1/me', { token })).status === 200;
  const end = (path: string, token: string, index = 0) =>
    at(index).call('DELETE', `/v1/me/sessions${path}`, { token });

  t.test('rule 11: a refresh token used by 20 at once, on two replicas, has one successor', async (t) => {
    const { body } = await signIn(service, await signUp(service));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => refresh(body.refreshToken, index)),
    );
    const successors = new Set(answers.map(({ body }) => body.refreshToken));
    t.ok(
      answers.every(({ status }) => status === 200),
      'repetitions are harmless',
    );
    t.equal(successors.size, 1);
  });

  t.test('rule 11: a session that is being ended is not revived by a refresh at the same time', async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const { body } = await signIn(service, await signUp(service));
      const [, ended] = await Promise.all([
        refresh(body.refreshToken, 0),
        end('', body.accessToken, 1),
        refresh(body.refreshToken, 1),
      ]);
      t.equal(ended.status, 204);
      t.notOk(await alive(body.accessToken));
      t.equal((await refresh(body.refreshToken)).status, 401);
    }
  });

  t.test(
    'rule 11: ending everything waits for sign-ins under way, and no sign-in fails for it',
    async (t) => {
      const person = await signUp(service);
      const { body } = await signIn(service, person);
      const [ended, ...signIns] = await Promise.all([
        end('', body.accessToken, 1),
        ...Array.from({ length: 4 }, () => signIn(service, person)),
      ]);
      t.equal(ended.status, 204);
      t.notOk(await alive(body.accessToken));
      for (const { status, body: tokens } of signIns) {
        t.equal(status, 201);
        // Before the end or after it: the tokens of one session are good everywhere or nowhere.
        const [here, there] = [await alive(tokens.accessToken, 0), await alive(tokens.accessToken, 1)];
        t.equal(here, there);
        t.equal((await refresh(tokens.refreshToken)).status, here ? 200 : 401);
      }
    },
  );

  t.test(
    'rule 7: tokens and sessions from before a reset or a password change are worth nothing',
    async (t) => {
      const person = await signUp(service);
      const { body: before } = await signIn(service, person);
      await setRecoveredPassword(service, await provedRecovery(service, person), otherPassword);
      t.notOk(await alive(before.accessToken, 1));
      t.equal((await refresh(before.refreshToken, 1)).status, 401);

      const { body: kept } = await signIn(service, person, otherPassword);
      const { body: other } = await signIn(service, person, otherPassword);
      const change = {
        currentPassword: otherPassword,
        newPassword: 'Jw5kBsf2Gc',
        newPasswordConfirmation: 'Jw5kBsf2Gc',
      };
      const [changed, raced] = await Promise.all([
        service.put('/v1/me/password', change, { token: kept.accessToken }),
        refresh(other.refreshToken, 1),
      ]);
      t.equal(changed.status, 200);
      for (const token of [other.accessToken, raced.body.accessToken ?? '']) t.notOk(await alive(token));
      t.ok(await alive(kept.accessToken, 1), 'the session that changed it goes on');
      t.equal((await refresh(raced.body.refreshToken ?? '')).status, 401);
    },
  );

  t.test('rule 7: of two password changes at once, one counts', async (t) => {
    const person = await signUp(service);
    const sessions = await Promise.all([signIn(service, person), signIn(service, person)]);
    const passwords = ['Jw5kBsf2Gc', 'Vd8nXrt6Lm'];
    const answers = await Promise.all(
      sessions.map(({ body }, index) =>
        at(index).put(
          '/v1/me/password',
          {
            currentPassword: goodPassword,
            newPassword: passwords[index],
            newPasswordConfirmation: passwords[index],
          },
          { token: body.accessToken },
        ),
      ),
    );
    t.same(answers.map(({ status }) => status).sort(), [200, 401]);
    const winner = answers.findIndex(({ status }) => status === 200);
    t.equal((await signIn(service, person, passwords[winner])).status, 201);
    t.equal((await signIn(service, person, passwords[1 - winner])).status, 401);
  });

  t.test(
    'rule 5: whose session it is comes from the token, never from an id that somebody names',
    async (t) => {
      const { body: victim } = await signIn(service, await signUp(service));
      const { body: thief } = await signIn(service, await signUp(service));
      const { sid } = JSON.parse(Buffer.from(victim.accessToken.split('.')[1], 'base64url').toString());
      t.equal((await end(`/${sid}`, thief.accessToken)).status, 404);
      t.equal((await end('?except=current', thief.accessToken)).status, 204);
      t.ok(await alive(victim.accessToken));
      t.equal((await end(`/${sid}`, victim.refreshToken)).status, 401, 'only an access token ends sessions');
      t.ok(await alive(victim.accessToken));
    },
  );

  t.test('an account that is disabled in the middle of something goes no step further', async (t) => {
    const person = await signUp(service);
    const { body } = await signIn(service, person);
    const { body: change } = await startChange(service, body.accessToken, 'email', 'mid@example.org');
    const code = await codeAt(service, 'mid@example.org');
    const [, ...answers] = await Promise.all([
      service.db
        .updateTable('account')
        .set({ disabled_at: new Date() })
        .where('national_code', '=', person.nationalCode)
        .execute(),
      ...Array.from({ length: 3 }, (_, index) => refresh(body.refreshToken, index)),
    ]);
    const path = `/v1/me/email-changes/${change.id}/verification`;
    t.equal((await service.post(path, { code }, { token: body.accessToken })).status, 401);
    t.equal((await service.get('/v1/me/export', { token: body.accessToken })).status, 401);
    for (const { body } of answers) {
      t.notOk(await alive(body.accessToken ?? ''));
      t.equal((await refresh(body.refreshToken ?? '')).status, 401);
    }
  });

  t.test('life times are settings, and those of the session that was begun under them', async (t) => {
    const short = await service.replica(
      { background: false },
      { SESSION_IDLE_HOURS: '1', SESSION_LIFETIME_HOURS: '2' },
    );
    const { body } = await signIn(short, await signUp(service));
    t.ok(Math.abs(Date.parse(body.sessionExpiresAt) - Date.now() - 2 * 3_600_000) < 60_000);
    const age = (minutes: number) =>
      sql`update session set idle_expires_at = idle_expires_at - make_interval(mins => ${minutes}),
        expires_at = expires_at - make_interval(mins => ${minutes})`.execute(service.db);
    await age(59);
    const { body: refreshed, status } = await short.post('/v1/sessions/refresh', {
      refreshToken: body.refreshToken,
    });
    t.equal(status, 200);
    await age(60);
    t.notOk(await alive(refreshed.accessToken), 'idle for an hour');
    t.equal((await refresh(refreshed.refreshToken)).status, 401);
    await t.rejects(
      service.replica({}, { SESSION_IDLE_HOURS: '3', SESSION_LIFETIME_HOURS: '2' }),
      /SESSION_IDLE_HOURS must not be more/,
    );
  });
});
