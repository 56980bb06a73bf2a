import { sql } from 'kysely';
import t from 'tap';
import { activityKinds, cleanUpOldActivity, recordActivity } from '../../src/features/activity/activity.ts';
import { startTestService } from '../support/app.ts';
import { signIn, signUp } from '../support/journey.ts';

t.test('the activity of an account', async (t) => {
  const service = await startTestService(t);
  const agent = {
    'user-agent': 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36',
  };
  const person = await signUp(service);
  await signIn(service, person, 'Wrong7Words');
  const { body: session } = await service.post(
    '/v1/sessions',
    { nationalCode: person.nationalCode, password: 'Tq7vLmz4Wk' },
    { headers: agent },
  );
  const token = session.accessToken;
  const { account_id: accountId } = await service.db
    .selectFrom('session')
    .select('account_id')
    .executeTakeFirstOrThrow();

  t.test('says what, when, from where and how it ended, newest first', async (t) => {
    const { status, body, headers } = await service.get('/v1/me/activity', { token });
    t.equal(status, 200);
    t.equal(headers.get('cache-control'), 'no-store');
    t.same(
      body.entries.map(({ kind, outcome }: { kind: string; outcome: string }) => `${kind} ${outcome}`),
      ['signed-in-on-new-device succeeded', 'sign-in-failed refused', 'account-created succeeded'],
    );
    t.match(body.entries[0], {
      network: '127.0.0.0/24',
      device: 'Chrome, Android',
      title: 'ورود',
      by: 'person',
    });
    t.ok(Math.abs(Date.parse(body.entries[0].occurredAt) - Date.now()) < 60_000);
    t.equal(body.nextCursor, null);
  });

  t.test('has a title for every kind, in both languages', async (t) => {
    for (const kind of Object.keys(activityKinds) as (keyof typeof activityKinds)[]) {
      const origin = { coarseNetwork: '', userAgent: '' };
      await recordActivity(service.db, {
        accountId,
        kind,
        outcome: 'succeeded',
        origin,
        actor: 'operator:x',
      });
    }
    for (const [language, letters] of [
      ['fa', /^[\p{Script=Arabic}\p{M}\s\u200c،\d]+$/u],
      ['en', /^[\w\s’,-]+$/],
    ] as const) {
      const { body } = await service.get('/v1/me/activity?limit=100', {
        token,
        headers: { 'accept-language': language },
      });
      t.equal(body.entries.length, Object.keys(activityKinds).length + 3);
      for (const { kind, title } of body.entries) t.match(title, letters, `${kind} in ${language}`);
      t.equal(body.entries[0].by, 'organisation');
      t.notMatch(JSON.stringify(body), 'operator:x', 'names of staff stay inside');
    }
  });

  t.test('comes page by page, every entry once, also while new ones are written', async (t) => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await service.get(`/v1/me/activity?limit=4${query}`, { token });
      seen.push(...body.entries.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
      await signIn(service, person, 'Wrong7Words');
    } while (cursor);
    t.equal(new Set(seen).size, seen.length);
    t.equal(seen.length, Object.keys(activityKinds).length + 3);
  });

  t.test('is nobody else’s to see, and ends with the session', async (t) => {
    const { body: other } = await signIn(service, await signUp(service));
    const { body } = await service.get('/v1/me/activity', { token: other.accessToken });
    t.same(
      body.entries.map(({ kind }: { kind: string }) => kind),
      ['signed-in-on-new-device', 'account-created'],
    );
    t.equal((await service.get('/v1/me/activity')).status, 401);
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=x', "cursor=' or 1=1"]) {
      t.equal((await service.get(`/v1/me/activity?${query}`, { token })).status, 400, query);
    }
    await service.call('DELETE', '/v1/me/sessions', { token: other.accessToken });
    t.equal((await service.get('/v1/me/activity', { token: other.accessToken })).status, 401);
  });

  t.test('is kept for two years', async (t) => {
    const old = sql<string>`uuidv7(interval '-731 days')`;
    await sql`insert into activity (id, account_id, kind, outcome, network, user_agent)
      values (${old}, ${accountId}, 'signed-in', 'succeeded', '', '')`.execute(service.db);
    t.equal(await cleanUpOldActivity(service.db, 730), 1);
    t.equal(await cleanUpOldActivity(service.db, 730), 0);
  });
});
