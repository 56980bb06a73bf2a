import t from 'tap';
import { connect } from '../../src/database/connection.ts';
import { createQuotas } from '../../src/features/quotas/quotas.ts';
import { createMac } from '../../src/kernel/keyring.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { byChannel } from '../../src/messaging/channels.ts';
import { createDispatch } from '../../src/messaging/dispatch.ts';
import { exceededLimit, type LimitedMessage, type MessageLimits } from '../../src/messaging/limits.ts';
import { createProviderChains } from '../../src/messaging/providers.ts';
import { forgetQuotas } from '../support/quotas.ts';
import {
  codeMessage,
  createDatabase,
  createFakeSender,
  eventually,
  outbox,
  render,
  sendersOf,
  startWorker,
} from './support.ts';

const database = await createDatabase();
const { db } = database;
t.teardown(() => database.drop());
const quotas = createQuotas(createMac(new Secret(new Uint8Array(32)), 'quota'));
const limits: MessageLimits = {
  perDay: { ...byChannel(() => ({ all: 40 })), sms: { 98: 40, 1: 5, 1868: 5 } },
  perDestinationPerDay: 3,
  networkSharePercent: 25,
  perPersonAndNetworkPerDay: 3,
  perPersonFromOtherNetworksPerDay: 10,
  perPersonFromKnownNetworksPerDay: 9,
  perUnansweredNetworkIn30Days: 3,
  keptForOwnerPerDay: 3,
};
const { consume } = quotas;
const check = (message: Partial<LimitedMessage> = {}, under = limits) =>
  db.transaction().execute((trx) =>
    exceededLimit(
      trx,
      { consume, limits: under },
      {
        channel: 'sms',
        purpose: 'contact-code',
        address: '+989120000001',
        accountId: null,
        network: null,
        parameters: {},
        ...message,
      },
    ),
  );
const numbered = (n: number) => `+98912${String(n).padStart(7, '0')}`;

t.beforeEach(async () => {
  await forgetQuotas(db);
});

t.test('a number gets its codes of a day and not one more, however many ask at once', async (t) => {
  const verdicts = await Promise.all(Array.from({ length: 20 }, () => check()));
  t.equal(verdicts.filter((verdict) => verdict === null).length, 3);
  t.equal(verdicts.filter((verdict) => verdict === 'destination-limit').length, 17);
  t.equal(await check({ address: '+989120000002' }), null, 'others are not concerned');
  const accountId = '0198a1b2-0000-7000-8000-000000000001';
  t.equal(await check({ accountId }), null, 'nor is another account with the same number');
});

t.test(
  'a flood of codes or failed sign-ins does not keep the notice of a changed password away',
  async (t) => {
    for (let n = 0; n < 10; n += 1) {
      await check();
      await check({ purpose: 'sign-in-failures' });
    }
    t.equal(await check(), 'destination-limit');
    t.equal(await check({ purpose: 'sign-in-failures' }), 'destination-limit');
    t.equal(await check({ purpose: 'password-changed' }), null);
  },
);

t.test('codes and notices that others cause do not use up what a recovery or a dispute needs', async (t) => {
  for (let n = 0; n < 5; n += 1) {
    await check({ purpose: 'registration-code' });
    await check({ purpose: 'email-changed' });
  }
  t.equal(await check({ purpose: 'registration-code' }), 'person-network-limit');
  t.equal(await check({ purpose: 'email-changed' }), 'destination-limit');
  t.equal(await check({ purpose: 'recovery-code', parameters: { person: 'its owner' } }), null);
  t.equal(await check({ purpose: 'email-change-pending' }), null);
});

t.test('one network gets its share of the day and leaves the rest to others', async (t) => {
  let sent = 0;
  for (let n = 0; n < 30; n += 1) {
    if ((await check({ address: numbered(n), network: '192.0.2.7' })) === null) sent += 1;
  }
  t.equal(sent, 10);
  t.equal(await check({ address: numbered(90), network: '192.0.2.7' }), 'network-limit');
  t.equal(await check({ address: numbered(91), network: '192.0.2.8' }), null);
});

t.test('codes for one person: three a network, ten from all, nine more from known networks', async (t) => {
  const ask = (network: string, parameters = {}, of: Partial<LimitedMessage> = {}) =>
    check({ purpose: 'recovery-code', network, parameters: { person: 'somebody', ...parameters }, ...of });
  const verdicts: (string | null)[] = [];
  for (let n = 0; n < 20; n += 1) verdicts.push(await ask(`198.51.100.${n % 5}`));
  t.equal(verdicts.filter((verdict) => verdict === null).length, 10);
  t.equal(await ask('192.0.2.1'), 'other-networks-limit');
  const atHome = { isFromKnownNetwork: 1 };
  const own = await Promise.all(Array.from({ length: 12 }, () => ask('203.0.113.1', atHome)));
  t.equal(own.filter((verdict) => verdict === null).length, 9);
  t.equal(await ask('203.0.113.1', atHome), 'known-networks-limit');
  t.equal(await ask('192.0.2.1', { isFromKnownDevice: 1 }), null, 'a known device has a count of its own');
  t.equal(await ask('192.0.2.1', {}, { channel: 'email', address: 'a@b.example' }), null);
});

t.test('who is asked about is counted alike without an account, and nobody else pays for it', async (t) => {
  const ask = (network: string, address: string | null, person = 'somebody') =>
    check({ purpose: 'recovery-code', network, address, parameters: { person } });
  const decoys: (string | null)[] = [];
  for (let n = 0; n < 20; n += 1) decoys.push(await ask(`198.51.100.${n % 5}`, null));
  const known: (string | null)[] = [];
  for (let n = 0; n < 20; n += 1) known.push(await ask(`198.51.100.${n % 5}`, '+989120000001'));
  t.same(decoys, known);
  for (let n = 0; n < 60; n += 1) await ask(`192.0.2.${n}`, null, `person ${n}`);
  t.equal(await ask('192.0.2.70', null, 'the last'), 'country-limit', 'decoys have a share of their own');
  t.equal(await ask('192.0.2.71', '+989120000002', 'another'), null, 'which is not that of real messages');
  const step = (address: string | null) =>
    check({ purpose: 'sign-in-code', address, parameters: { person: 'somebody' } });
  for (let n = 0; n < 9; n += 1) await step(null);
  t.equal(await step(null), 'destination-limit', 'codes that wrong passwords led to');
  t.equal(await step('+989120000001'), null, 'the code of the right one');
});

t.test('each kind of message has a share of its own, and notices are held back by nobody', async (t) => {
  for (let n = 0; n < 41; n += 1) {
    for (const purpose of ['registration-code', 'sign-in-failures'] as const) {
      await check({ purpose, address: numbered(n), network: `198.51.100.${n}` });
    }
  }
  const used = { address: numbered(90), network: '192.0.2.9' };
  t.equal(await check({ ...used, purpose: 'registration-code' }), 'country-limit');
  t.equal(await check({ ...used, purpose: 'sign-in-failures' }), 'country-limit');
  t.equal(await check({ ...used, purpose: 'recovery-code' }), null);
  t.equal(await check({ ...used, purpose: 'contact-code' }), null);
  t.equal(await check({ ...used, purpose: 'branch-recovery-code' }), null);
  for (let n = 0; n < 50; n += 1) {
    t.equal(await check({ purpose: 'password-changed', address: numbered(n), network: '192.0.2.9' }), null);
  }
});

t.test('a country gets its messages of a day, refused ones not counted', async (t) => {
  for (let n = 0; n < 40; n += 1) t.equal(await check({ address: numbered(n) }), null);
  t.equal(await check({ address: numbered(40) }), 'country-limit');
  t.equal(await check({ channel: 'email', address: 'a@savabegh.example' }), null, 'mail has its own');
});

t.test('only served countries are written to, and in Iran only mobiles', async (t) => {
  t.equal(await check({ address: '+442071234567' }), 'country-not-served');
  t.equal(await check({ address: '+982188881111' }), 'country-not-served');
  t.equal(await check({ address: '+98909007012345' }), 'country-not-served');
  t.equal(await check({ address: '+12025550123' }), null);
  t.equal(await check({ address: '+18685550123' }), null);
});

t.test('a message beyond a limit is dropped, and the operator sees why', async (t) => {
  const provider = createFakeSender('fake');
  const worker = await startWorker(database, {
    sms: [provider],
    exceededLimit: (trx, message) => exceededLimit(trx, { consume, limits }, message),
  });
  for (let n = 0; n < 5; n += 1) await db.transaction().execute((trx) => outbox.enqueue(trx, codeMessage()));
  await eventually(async () => {
    const open = await db
      .selectFrom('message')
      .select('id')
      .where('state', 'in', ['queued', 'sending'])
      .execute();
    return open.length === 0 || undefined;
  });
  t.equal(provider.received.length, 3);
  t.same(worker.health().reasons, { 'person-network-limit': 2 });
  await worker.stop();
});

t.test('a message beyond a limit stays dropped when its worker dies at once', async (t) => {
  await db.deleteFrom('message').execute();
  await db.transaction().execute((trx) => outbox.enqueue(trx, codeMessage()));
  const { id } = await db.selectFrom('message').select('id').executeTakeFirstOrThrow();
  const provider = createFakeSender('fake');
  const chains = createProviderChains(sendersOf({ sms: [provider] }));
  const deps = {
    render,
    chains,
    mayReceiveSecrets: async () => 'yes' as const,
    onOutcome() {},
  };

  const dying = connect({ url: database.url, poolSize: 1 });
  await createDispatch({
    ...deps,
    db: dying.db,
    exceededLimit: async () => 'destination-limit',
    // After the claim and before anything is noted.
    render(message) {
      dying.close();
      return render(message);
    },
  })(id).catch(() => {});
  await db
    .updateTable('message')
    .set({ due_at: new Date(0) })
    .execute();
  await createDispatch({ ...deps, db, exceededLimit: async () => null })(id);
  t.match(await db.selectFrom('message').select(['state', 'failure']).executeTakeFirst(), {
    state: 'dropped',
    failure: 'destination-limit',
  });
  t.equal(provider.received.length, 0);
});

t.test('where a limit cannot be counted, nothing is sent', async (t) => {
  await db.deleteFrom('message').execute();
  const provider = createFakeSender('fake');
  let asked = 0;
  const worker = await startWorker(database, {
    sms: [provider],
    async exceededLimit() {
      asked += 1;
      throw new Error('the database is away');
    },
  });
  await db.transaction().execute((trx) => outbox.enqueue(trx, codeMessage()));
  await eventually(() => asked > 0 || undefined);
  await db
    .updateTable('message')
    .set({ due_at: new Date(0) })
    .execute();
  await eventually(() => asked > 1 || undefined);
  await worker.stop();
  t.equal(provider.received.length, 0);
});

t.test('a repeat after a provider was busy is not counted again', async (t) => {
  await db.deleteFrom('message').execute();
  const provider = createFakeSender('fake', (_message, count) =>
    count < 4 ? { kind: 'retry-later', reason: 'busy' } : { kind: 'sent', providerMessageId: null },
  );
  let asked = 0;
  const worker = await startWorker(database, {
    sms: [provider],
    async exceededLimit() {
      asked += 1;
      return null;
    },
  });
  await db.transaction().execute((trx) => outbox.enqueue(trx, codeMessage()));
  await eventually(async () => {
    await db
      .updateTable('message')
      .set({ due_at: new Date(0) })
      .where('state', '=', 'queued')
      .execute();
    return provider.received.length === 4 || undefined;
  });
  await worker.stop();
  t.equal(asked, 1);
});
