import t from 'tap';
import { deriveCode } from '../../src/kernel/one-time-code.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { createKavenegarSender } from '../../src/messaging/adapters/kavenegar.ts';
import type { MessageState } from '../../src/messaging/messages.table.ts';
import type { NewMessage } from '../../src/messaging/outbox.ts';
import { json, reactions, startHttpServer } from './http-server.ts';
import {
  codeMessage,
  createDatabase,
  createFakeSender,
  createLog,
  eventually,
  keyring,
  mobile,
  outbox,
  startWorker,
} from './support.ts';

const database = await createDatabase();
const { db } = database;
t.teardown(() => database.drop());

async function enqueue(message: NewMessage): Promise<void> {
  await db.transaction().execute((trx) => outbox.enqueue(trx, message));
}

const finished: readonly MessageState[] = ['handed_over', 'failed', 'expired', 'dropped'];

/** The only message of the table, once it has come to an end. */
function ended() {
  return eventually(() =>
    db
      .selectFrom('message')
      .select(['id', 'state', 'failure', 'provider', 'attempts', 'provider_message_id'])
      .where('state', 'in', finished)
      .executeTakeFirst(),
  );
}

t.beforeEach(async () => {
  await db.deleteFrom('message').execute();
});

t.test('a message whose cause is rolled back is never sent', async (t) => {
  const provider = createFakeSender('fake');
  const worker = await startWorker(database, { sms: [provider] });
  await t.rejects(
    db.transaction().execute(async (trx) => {
      await outbox.enqueue(trx, codeMessage());
      throw new Error('the cause failed');
    }),
  );
  await enqueue(codeMessage({ destination: '+989120000001' }));
  await ended();
  await worker.stop();
  t.same(
    provider.received.map(({ to }) => to),
    ['+989120000001'],
  );
});

t.test('a message reaches its provider with the code of its challenge, in one part', async (t) => {
  const provider = createFakeSender('fake', () => ({ kind: 'sent', providerMessageId: 'p-1' }));
  const worker = await startWorker(database, { sms: [provider] });
  const message = codeMessage();
  await enqueue(message);
  t.has(await ended(), { state: 'handed_over', provider: 'fake', provider_message_id: 'p-1', attempts: 1 });
  await worker.stop();
  const code = deriveCode(keyring, 'registration', message.challengeId ?? '');
  t.has(provider.received, [{ to: mobile, code }]);
  t.ok(provider.received[0]?.text.endsWith(`\n@savabegh.example #${code}`));
});

t.test('two workers hand 100 messages over once each', async (t) => {
  const provider = createFakeSender('fake');
  const workers = await Promise.all([
    startWorker(database, { sms: [provider] }),
    startWorker(database, { sms: [provider] }),
  ]);
  await db.transaction().execute(async (trx) => {
    for (let n = 0; n < 100; n += 1) await outbox.enqueue(trx, codeMessage());
  });
  await eventually(async () => {
    const waiting = await db.selectFrom('message').select('id').where('state', '<>', 'handed_over').execute();
    return waiting.length === 0 || undefined;
  });
  await Promise.all(workers.map((worker) => worker.stop()));
  t.equal(provider.received.length, 100);
  t.equal(new Set(provider.received.map(({ reference }) => reference)).size, 100);
});

t.test('a message for nobody is dropped and looks like any other until then', async (t) => {
  const provider = createFakeSender('fake');
  const { destination: _, ...nobody } = codeMessage({ purpose: 'recovery-code' });
  await enqueue(nobody);
  const worker = await startWorker(database, { sms: [provider] });
  t.has(await ended(), { state: 'dropped', failure: 'no-destination', attempts: 1 });
  t.same(worker.health().reasons, { 'no-destination': 1 });
  await worker.stop();
  t.equal(provider.received.length, 0);
});

t.test('a message that comes too late to be of use expires', async (t) => {
  const provider = createFakeSender('fake');
  await enqueue(codeMessage({ usefulForSeconds: 0 }));
  const worker = await startWorker(database, { sms: [provider] });
  t.has(await ended(), { state: 'expired', failure: 'too-late' });
  await worker.stop();
  t.equal(provider.received.length, 0);
});

t.test('a provider that cannot now leaves the message to the next one', async (t) => {
  for (const kind of ['retry-later', 'configuration-wrong', 'out-of-credit'] as const) {
    await db.deleteFrom('message').execute();
    const first = createFakeSender('first', () => ({ kind, reason: 'x-1' }));
    const second = createFakeSender('second');
    const worker = await startWorker(database, { sms: [first, second] });
    await enqueue(codeMessage());
    t.has(await ended(), { state: 'handed_over', provider: 'second' }, kind);
    await worker.stop();
    t.equal(first.received.length, 1);
    t.equal(second.received.length, 1);
  }
});

t.test('a refused recipient ends the message, without asking anybody else', async (t) => {
  const first = createFakeSender('first', () => ({ kind: 'recipient-refused', reason: 'x-2' }));
  const second = createFakeSender('second');
  const worker = await startWorker(database, { sms: [first, second] });
  await enqueue(codeMessage());
  t.has(await ended(), { state: 'failed', failure: 'recipient-refused: x-2', provider: 'first' });
  t.same(worker.health().reasons, { 'recipient-refused': 1 }, 'counted by our words: gateways have many');
  await worker.stop();
  t.equal(second.received.length, 0);
});

/** Ends the pause of the message that waits, and returns how long it would have been, in seconds. */
async function skipPause(changes: { useful_until?: Date } = {}): Promise<number> {
  const { due_at } = await eventually(() =>
    db
      .selectFrom('message')
      .select('due_at')
      .where('state', '=', 'queued')
      .where('due_at', '>', new Date(Date.now() + 1_000))
      .executeTakeFirst(),
  );
  await db
    .updateTable('message')
    .set({ due_at: new Date(0), ...changes })
    .execute();
  await database.pool.query(
    'select graphile_worker.add_job($1, json_build_object($2::text, id)) from message',
    ['deliver_message', 'messageId'],
  );
  return (due_at.getTime() - Date.now()) / 1000;
}

t.test('after an open outcome the same provider is asked again, late, and never another one', async (t) => {
  const first = createFakeSender('first', () => ({ kind: 'unknown', reason: 'timeout' }));
  const second = createFakeSender('second');
  const worker = await startWorker(database, { sms: [first, second] });
  await enqueue(codeMessage());
  const pauses = [await skipPause(), await skipPause(), await skipPause()];
  pauses.forEach((pause, index) => {
    const least = [20, 40, 80][index] ?? 0;
    t.ok(pause > least * 0.85 && pause < least * 1.15, `pause ${index + 1}: ${pause}`);
  });
  t.has(await ended(), { state: 'failed', failure: 'unknown: timeout', provider: 'first', attempts: 4 });
  await worker.stop();
  t.equal(new Set(first.received.map(({ text }) => text)).size, 1, 'each repeat carries the same code');
  t.equal(second.received.length, 0);
});

t.test('an open outcome waits for its provider, also when that is configured no more', async (t) => {
  const gone = createFakeSender('gone', () => ({ kind: 'unknown', reason: 'timeout' }));
  const before = await startWorker(database, { sms: [gone] });
  await enqueue(codeMessage());
  await eventually(() =>
    db.selectFrom('message').select('id').where('failure', '=', 'unknown: timeout').executeTakeFirst(),
  );
  await before.stop();
  const other = createFakeSender('other');
  const worker = await startWorker(database, { sms: [other] });
  for (let attempt = 0; attempt < 5; attempt += 1) await skipPause();
  await skipPause({ useful_until: new Date(0) });
  t.has(await ended(), { state: 'failed', failure: 'unknown: too-late', provider: 'gone' });
  await worker.stop();
  t.equal(other.received.length, 0);
});

t.test('a provider that sees repeats is asked until it says what became of the message', async (t) => {
  const gateway = {
    ...createFakeSender('gateway', (_message, count) =>
      count < 8 ? { kind: 'unknown', reason: 'timeout' } : { kind: 'sent', providerMessageId: 'g-1' },
    ),
    deduplicates: true,
  };
  const worker = await startWorker(database, { sms: [gateway] });
  await enqueue(codeMessage());
  for (let repeat = 1; repeat < 5; repeat += 1) await skipPause();
  t.match(
    await db.selectFrom('message').select(['state', 'failure']).executeTakeFirst(),
    { state: /queued|sending/ },
    'not given up',
  );
  await worker.stop();
});

t.test('a message of a worker that died in the middle is repeated by the same provider', async (t) => {
  await enqueue(codeMessage());
  // What a worker leaves behind that was killed while "second" had not answered yet.
  await db
    .updateTable('message')
    .set({ state: 'sending', attempts: 1, provider: 'second', due_at: new Date(Date.now() - 1_000) })
    .execute();
  const first = createFakeSender('first');
  const second = createFakeSender('second');
  const worker = await startWorker(database, { sms: [first, second] });
  t.has(await ended(), { state: 'handed_over', provider: 'second', attempts: 2 });
  await worker.stop();
  t.equal(first.received.length, 0);
  t.equal(second.received.length, 1);
});

t.test('a message whose queue job is lost is found again', async (t) => {
  await enqueue(codeMessage());
  await db
    .updateTable('message')
    .set({ due_at: new Date(Date.now() - 60_000) })
    .execute();
  await database.pool.query('delete from graphile_worker._private_jobs');
  const provider = createFakeSender('fake');
  const worker = await startWorker(database, { sms: [provider] });
  t.has(await ended(), { state: 'handed_over' });
  await worker.stop();
});

t.test('a log of a whole delivery holds no destination, code or text', async (t) => {
  const { log, text } = createLog();
  const answers = ['retry-later', 'sent'] as const;
  const provider = createFakeSender('fake', (_message, count) =>
    answers[count - 1] === 'sent'
      ? { kind: 'sent', providerMessageId: null }
      : { kind: 'retry-later', reason: 'x' },
  );
  const worker = await startWorker(database, { sms: [provider], log });
  const message = codeMessage();
  await enqueue(message);
  await ended();
  await worker.stop();
  t.match(text(), 'sent');
  t.notMatch(text(), mobile.slice(3));
  t.notMatch(text(), deriveCode(keyring, 'registration', message.challengeId ?? ''));
  t.notMatch(text(), 'سوابق');
});

t.test('a log of failing deliveries by a real adapter holds no key of the provider either', async (t) => {
  const { log, text } = createLog();
  const server = await startHttpServer();
  const apiKey = 'provider-key-for-tests';
  const sender = createKavenegarSender({
    url: server.url,
    apiKey: new Secret(apiKey),
    sender: '',
    templates: {},
  });
  const worker = await startWorker(database, { sms: [sender], log });
  const message = codeMessage();
  const echo = json(403, { return: { status: 403, message: `${apiKey} ${mobile}` } });
  for (const reaction of [echo, reactions.reset, reactions.html]) {
    server.reactWith(reaction);
    await db.deleteFrom('message').execute();
    await enqueue(message);
    await eventually(() =>
      db.selectFrom('message').select('id').where('failure', 'is not', null).executeTakeFirst(),
    );
  }
  await worker.stop();
  await server.close();
  t.match(text(), 'kavenegar-403');
  t.match(text(), 'malformed-answer');
  for (const secret of [
    apiKey,
    mobile.slice(3),
    deriveCode(keyring, 'registration', message.challengeId ?? ''),
  ]) {
    t.notOk(text().includes(secret));
  }
});
