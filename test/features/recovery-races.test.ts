import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import t from 'tap';
import { createKeyring } from '../../src/kernel/keyring.ts';
import { completeNationalCode } from '../../src/kernel/national-code.ts';
import { deriveCode } from '../../src/kernel/one-time-code.ts';
import { startTestService, type TestService, testEnvironment } from '../support/app.ts';
import { otherPassword, type RecoveryFlow, signUp } from '../support/journey.ts';
import { accountOf, challenge, verify } from '../support/recovery.ts';

/** Few of each in every run; README.md has the line that does 1,000 and 500. */
const raceFlows = Number(process.env.RECOVERY_RACE_FLOWS ?? 20);
const resets = Number(process.env.RECOVERY_RESETS ?? 40);
const clientsAFlow = 10;
const clientsAtOnce = 8;

/** So many accounts like that of somebody who signed up, each with a session. */
async function manyAccounts(service: TestService, count: number): Promise<string[]> {
  const { id } = await accountOf(service, await signUp(service));
  const codes = Array.from(
    { length: count },
    (_, n) => completeNationalCode(String(400_000_000 + n * 7)) ?? '',
  );
  await sql`
    with person as (
      insert into insured_person (national_code, first_name, last_name) select code, 'علی', 'احمدی'
      from unnest(${codes}::text[]) as code returning id, national_code
    ), opened as (
      insert into account (insured_person_id, national_code, mobile, email, locale, password_hash, security_questions, security_answers_hash)
      select person.id, person.national_code, '+98912' || substr(person.national_code, 1, 7),
        'a' || person.national_code || '@example.ir', locale, password_hash,
        security_questions, security_answers_hash
      from person, account where account.id = ${id} returning id
    )
    insert into session (account_id, refresh_seed, user_agent, network, idle_expires_at, expires_at)
    select id, 'seed', 'test', '127.0.0.0/24', now() + interval '1 hour', now() + interval '1 hour' from opened
  `.execute(service.db);
  return codes;
}

/** A recovery whose code is on its way, from a network of its own: nothing here is about how often one may ask. */
async function openRecovery(
  service: TestService,
  nationalCode: string,
): Promise<RecoveryFlow & { code: string }> {
  const network = `198.18.${Number(nationalCode.slice(0, 3)) % 256}.${Number(nationalCode.slice(5, 8)) % 256}`;
  const headers = { 'x-forwarded-for': network };
  const { body } = await service.post('/v1/recoveries', { nationalCode }, { headers });
  const flow = { id: body.id, token: body.flowToken };
  await challenge(service, flow, 'sms');
  const row = await service.db
    .selectFrom('recovery')
    .where('id', '=', flow.id)
    .select('challenge_id as challengeId')
    .executeTakeFirstOrThrow();
  return {
    ...flow,
    code: deriveCode(createKeyring(service.config.secretKeys), 'recovery', row.challengeId ?? ''),
  };
}

/** At whichever replica is alive. */
async function setRecoveredPassword(flow: RecoveryFlow, origin: string): Promise<number> {
  const response = await fetch(`${origin}/v1/recoveries/${flow.id}/password`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${flow.token}` },
    body: JSON.stringify({ newPassword: otherPassword, newPasswordConfirmation: otherPassword }),
  });
  await response.arrayBuffer();
  return response.status;
}

async function inTurns<T>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await act(item);
    }),
  );
}

const behindProxy = { TRUSTED_PROXIES: '127.0.0.1' };
t.setTimeout(120_000 + (raceFlows + resets) * 500);

t.test(
  `${raceFlows} flows, each code submitted by ${clientsAFlow} clients at once over two replicas: ${raceFlows} successes`,
  { timeout: 0 },
  async (t) => {
    const service = await startTestService(t, { overrides: { background: false }, environment: behindProxy });
    const replica = await service.replica({ background: false });
    let accepted = 0;
    let flowsWithOne = 0;
    await inTurns(await manyAccounts(service, raceFlows), 4, async (nationalCode) => {
      const { code, ...flow } = await openRecovery(service, nationalCode);
      const answers = await Promise.all(
        Array.from({ length: clientsAFlow }, (_, n) => verify(n % 2 ? replica : service, flow, { code })),
      );
      // Beyond what a network may fail at nothing is said of a code, right or wrong.
      const successes = answers.filter(({ body }) => body.next === 'set-password').length;
      accepted += successes;
      flowsWithOne += successes === 1 ? 1 : 0;
    });
    t.equal(accepted, raceFlows);
    t.equal(flowsWithOne, raceFlows, 'one a flow');
  },
);

type Replica = Readonly<{ child: ChildProcess; origin: string }>;

/** About how long a reset takes, so that deaths are spread over one. */
const resetMs = 40;

/** A replica that is killed in the middle of resets, after a random number of them, and started again. */
function mortalReplica(environment: Record<string, string>) {
  const someResets = () => clientsAtOnce + Math.floor(Math.random() * 2 * clientsAtOnce);
  let untilDeath = someResets();
  const deaths: Promise<void>[] = [];
  const start = async (): Promise<Replica> => {
    const child = fork(new URL('../support/serve.ts', import.meta.url), {
      env: { ...process.env, ...environment, LOG_LEVEL: 'silent' },
    });
    const [origin] = await once(child, 'message');
    return { child, origin };
  };
  const kill = async (replica: Promise<Replica>) => {
    const { child } = await replica;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  let current = start();
  const dieSoon = async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * resetMs));
    current = kill(current).then(start);
  };
  return {
    /** As soon as it is alive, for one reset. */
    async origin() {
      const { origin } = await current;
      untilDeath -= 1;
      if (untilDeath === 0) {
        untilDeath = someResets();
        deaths.push(dieSoon());
      }
      return origin;
    },
    kills: () => deaths.length,
    async stop() {
      await Promise.all(deaths);
      await kill(current);
    },
  };
}

/** What is left of each account's reset, by account. */
async function outcomes(service: TestService): Promise<Map<string, string>> {
  const { rows } = await sql<{ nationalCode: string; state: string }>`
    select national_code as "nationalCode", concat_ws(' ',
      case when account.password_hash = first.password_hash then 'old' else 'new' end || ' password',
      (select count(*) from recovery where account_id = account.id), 'flows',
      (select count(*) from session where account_id = account.id), 'sessions',
      (select count(*) from activity where account_id = account.id and kind = 'password-recovered'), 'activities',
      (select count(*) from account_event where account_id = account.id and cause = 'recovery'), 'events',
      (select count(*) from message where account_id = account.id and purpose like 'password-recovered%'), 'notices',
      (select count(*) from password_history where account_id = account.id), 'remembered') as state
    from account, (select id, password_hash from account order by id limit 1) as first
    where account.id <> first.id`.execute(service.db);
  return new Map(rows.map(({ nationalCode, state }) => [nationalCode, state]));
}
const before = 'old password 1 flows 1 sessions 0 activities 0 events 0 notices 0 remembered';
const after = 'new password 0 flows 0 sessions 1 activities 1 events 2 notices 1 remembered';

t.test(
  `death of a replica at random moments of ${resets} resets: every account is wholly before or wholly after`,
  { timeout: 0 },
  async (t) => {
    const { DATABASE_URL, ...secrets } = testEnvironment('');
    const environment = { ...secrets, ...behindProxy };
    const service = await startTestService(t, { environment, overrides: { background: false } });
    const flows = new Map<string, RecoveryFlow>();
    await inTurns(await manyAccounts(service, resets), 4, async (nationalCode) => {
      const { code, ...flow } = await openRecovery(service, nationalCode);
      if ((await verify(service, flow, { code })).status !== 200) throw new Error('not proved');
      flows.set(nationalCode, flow);
    });
    const replica = mortalReplica({ ...environment, DATABASE_URL: service.databaseUrl });
    const answered = new Map<string, number | 'died'>();
    await inTurns([...flows], clientsAtOnce, async ([nationalCode, flow]) => {
      const answer = await setRecoveredPassword(flow, await replica.origin()).catch(() => 'died' as const);
      answered.set(nationalCode, answer);
    });
    await replica.stop();

    const left = await outcomes(service);
    const states = new Map<string, number>();
    for (const state of left.values()) states.set(state, (states.get(state) ?? 0) + 1);
    t.comment({ kills: replica.kills(), ...Object.fromEntries(states) });
    t.equal(left.size, resets);
    t.same(
      [...states.keys()].filter((state) => state !== before && state !== after),
      [],
      'nothing in between',
    );
    for (const [nationalCode, answer] of answered) {
      if (answer === 200 && left.get(nationalCode) !== after) t.fail('told that it was done, and it was not');
      if (answer !== 200 && answer !== 'died') t.fail(`answered ${answer}`);
    }
    t.ok(replica.kills() > 0);

    // Whoever was left before can still go on: the permission was not used up.
    for (const [nationalCode, state] of left) {
      const flow = flows.get(nationalCode);
      if (state === before && flow) t.equal(await setRecoveredPassword(flow, service.origin), 200);
    }
    await service.replica({ background: true });
    for (let tries = 0; tries < 600; tries += 1) {
      const { rows } = await sql`select from message where state in ('queued', 'sending') limit 1`.execute(
        service.db,
      );
      if (rows.length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { rows: notices } = await sql<{ told: number }>`
      select count(distinct account_id)::integer as told from message
      where purpose = 'password-recovered' and channel = 'email' and state in ('handed_over', 'delivered')`.execute(
      service.db,
    );
    t.equal(notices[0]?.told, resets, 'no notice was lost');
  },
);
