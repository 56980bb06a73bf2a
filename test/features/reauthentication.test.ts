import t from 'tap';
import { requireFreshSession } from '../../src/features/sessions/index.ts';
import { startTestService } from '../support/app.ts';
import { goodPassword, otherPassword, signIn, signUp } from '../support/journey.ts';
import { ageSessions, kindsOf, refreshFrom } from '../support/sessions.ts';

const service = await startTestService(t);
const reauthenticate = (token: string, currentPassword: unknown) =>
  service.post('/v1/me/reauthentication', { currentPassword }, { token });
const exported = async (token: string) => (await service.get('/v1/me/export', { token })).status;
const getPrincipal = (token: string) => service.app.accessTokens.people.verify(token);

t.test(
  'a session is fresh for five minutes after signing in, and after giving the password again',
  async (t) => {
    const person = await signUp(service);
    const { body } = await signIn(service, person);
    const token = body.accessToken;
    await ageSessions(service, '4 minutes 50 seconds', 'alive');
    t.equal(await exported(token), 200);
    await t.resolves(requireFreshSession(service.db, await getPrincipal(token)));
    await ageSessions(service, '11 seconds', 'alive');
    t.equal(await exported(token), 403);
    await t.rejects(requireFreshSession(service.db, await getPrincipal(token)), {
      message: 'fresh-sign-in-needed',
    });

    const { body: refreshed } = await refreshFrom(service, body.refreshToken);
    t.equal(await exported(refreshed.accessToken), 403, 'a refresh is no sign-in');
    const wrong = await reauthenticate(token, 'Wrong7Words');
    t.equal(wrong.status, 422);
    t.equal(wrong.body.code, 'current-password-not-accepted');
    t.equal(await exported(token), 403);
    t.equal((await reauthenticate(token, goodPassword)).status, 204);
    t.equal(await exported(token), 200);
    t.ok((await kindsOf(service, person)).includes('reauthenticated'));
    await ageSessions(service, '301 seconds', 'alive');
    t.equal(await exported(token), 403);
  },
);

t.test('it is that session alone, with the password of that account', async (t) => {
  const person = await signUp(service);
  const { body: here } = await signIn(service, person);
  const { body: elsewhere } = await signIn(service, person);
  await ageSessions(service, '6 minutes', 'alive');
  t.equal((await reauthenticate(here.accessToken, goodPassword)).status, 204);
  t.equal(await exported(here.accessToken), 200);
  t.equal(await exported(elsewhere.accessToken), 403);
  for (const password of [null, 7, ['x'], { $ne: '' }]) {
    t.equal((await reauthenticate(elsewhere.accessToken, password)).status, 400);
  }
  t.equal((await service.post('/v1/me/reauthentication', { currentPassword: goodPassword })).status, 401);
  await service.call('DELETE', '/v1/me/sessions/current', { token: here.accessToken });
  t.equal((await reauthenticate(here.accessToken, goodPassword)).status, 401, 'not one that has ended');
  await t.rejects(requireFreshSession(service.db, await getPrincipal(here.accessToken)), {
    message: 'not-authenticated',
  });
});

t.test('guesses are counted with those at the current password', async (t) => {
  const { body } = await signIn(service, await signUp(service));
  const statuses: number[] = [];
  for (let guess = 0; guess < 12; guess += 1) {
    statuses.push((await reauthenticate(body.accessToken, 'Wrong7Words')).status);
  }
  t.same([...new Set(statuses)], [422, 429]);
  t.equal((await reauthenticate(body.accessToken, goodPassword)).status, 429);
  const change = {
    currentPassword: goodPassword,
    newPassword: otherPassword,
    newPasswordConfirmation: otherPassword,
  };
  t.equal((await service.put('/v1/me/password', change, { token: body.accessToken })).status, 429);
});
