import { sql } from 'kysely';
import t from 'tap';
import { cleanUpDecoyActivity } from '../../src/features/activity/activity.ts';
import { createQuotas } from '../../src/features/quotas/quotas.ts';
import { cleanUpRecoveries } from '../../src/features/recovery/index.ts';
import { createMac } from '../../src/kernel/keyring.ts';
import { completeNationalCode } from '../../src/kernel/national-code.ts';
import { cleanUpMessages } from '../../src/messaging/index.ts';
import { startTestService } from '../support/app.ts';
import { signUp } from '../support/journey.ts';
import { age } from '../support/recovery.ts';

const flowsARound = 100;

t.test('a flood of recoveries of made-up people leaves nothing behind', async (t) => {
  const service = await startTestService(t, { environment: { TRUSTED_PROXIES: '127.0.0.1' } });
  const { db } = service;
  const quotas = createQuotas(createMac(service.config.identifierKey, 'quota'));
  await signUp(service);
  const count = async () => {
    const { rows } = await sql<Record<string, number>>`
      select (select count(*) from recovery)::integer as recovery, (select count(*) from quota)::integer as quota,
        (select count(*) from message)::integer as message, (select count(*) from activity)::integer as activity`.execute(
      db,
    );
    return rows[0];
  };

  /** Each from a network of its own, as far as the limits let it go. */
  const flood = async (round: number) => {
    const one = async (n: number) => {
      const headers = { 'x-forwarded-for': `198.${18 + round}.${n >> 8}.${n & 255}` };
      const nationalCode = completeNationalCode(String(300_000_000 + (round * flowsARound + n) * 7)) ?? '';
      const { body } = await service.post('/v1/recoveries', { nationalCode }, { headers });
      const flow = { token: body.flowToken, headers };
      await service.post(`/v1/recoveries/${body.id}/challenge`, { method: 'sms' }, flow);
      await service.post(`/v1/recoveries/${body.id}/verification`, { code: '123456' }, flow);
    };
    for (let n = 0; n < flowsARound; n += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => one(n + index)));
    }
  };
  const cleanUpEverything = async () => {
    await cleanUpRecoveries(db);
    await quotas.cleanUp(db);
    await cleanUpDecoyActivity(db);
    await cleanUpMessages(db);
  };
  const waitForDelivery = async () => {
    for (let tries = 0; tries < 600; tries += 1) {
      const { rows } = await sql`select from message where state in ('queued', 'sending')`.execute(db);
      if (rows.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('messages are still under way');
  };

  /** A week later, as the cleanup of every minute leaves it. */
  const aWeekLater = async () => {
    await age(service, 7 * 24 * 3600 + 1);
    await sql`update activity set occurred_at = occurred_at - interval '2 minutes' where account_id is null`.execute(
      db,
    );
    await cleanUpEverything();
  };

  await waitForDelivery();
  await aWeekLater();
  const before = await count();
  t.ok((before?.message ?? 0) > 0 && (before?.activity ?? 0) > 0, 'what the account has of its own');
  for (const round of [0, 1]) {
    await flood(round);
    await waitForDelivery();
    const after = await count();
    t.ok((after?.recovery ?? 0) >= flowsARound, `round ${round}: ${JSON.stringify(after)}`);
    await aWeekLater();
    const left = await count();
    t.equal(left?.recovery, 0);
    t.equal(
      left?.quota,
      before?.quota,
      'those of the sign-up of the one account that exists live for thirty days',
    );
    t.equal(left?.activity, before?.activity, 'the entries of the one account that exists');
    t.equal(left?.message, before?.message, 'and its messages');
  }
});
