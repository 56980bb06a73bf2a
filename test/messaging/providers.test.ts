import t from 'tap';
import { createCircuitBreaker } from '../../src/messaging/circuit-breaker.ts';
import type { Handover } from '../../src/messaging/ports.ts';
import { createProviderChain } from '../../src/messaging/providers.ts';
import { smsMessage } from './adapters/contract.ts';
import { createFakeSender } from './support.ts';

const anyone = { only: null, beforeEach: async () => true };

t.test('a breaker opens after five failures in a row and lets one try after each pause', async (t) => {
  let now = 0;
  const breaker = createCircuitBreaker(() => now);
  for (let n = 0; n < 4; n += 1) breaker.failed();
  breaker.succeeded();
  for (let n = 0; n < 4; n += 1) breaker.failed();
  t.equal(breaker.state(), 'closed', 'only failures in a row count');
  breaker.failed();
  t.equal(breaker.state(), 'open');
  t.equal(breaker.tryEnter(), false);
  breaker.failed();
  now = 5_000;
  t.equal(breaker.state(), 'half-open', 'late failures of earlier calls do not lengthen the pause');
  t.equal(breaker.tryEnter(), true);
  t.equal(breaker.tryEnter(), false, 'one at a time');
  breaker.abandoned();
  t.equal(breaker.tryEnter(), true, 'a try that was not made leaves its place');
  breaker.failed();
  now = 14_999;
  t.equal(breaker.tryEnter(), false, 'the second pause is twice as long');
  now = 15_000;
  t.equal(breaker.tryEnter(), true);
  breaker.succeeded();
  t.equal(breaker.state(), 'closed');
  for (let round = 0; round < 20; round += 1) {
    for (let n = 0; n < 5; n += 1) breaker.failed();
    now += 300_000;
    t.equal(breaker.tryEnter(), true, 'no pause is longer than five minutes');
  }
});

t.test('a provider that keeps failing is left alone, and its messages go elsewhere', async (t) => {
  const broken = createFakeSender('broken', () => ({ kind: 'retry-later', reason: 'x' }));
  const sound = createFakeSender('sound');
  const chain = createProviderChain([broken, sound]);
  for (let n = 0; n < 20; n += 1) t.has(await chain.handOver(smsMessage, anyone), { provider: 'sound' });
  t.equal(broken.received.length, 5);
  t.same(
    chain.health().map(({ name, breaker }) => [name, breaker]),
    [
      ['broken', 'open'],
      ['sound', 'closed'],
    ],
  );
  t.has(chain.health()[0]?.answers, { 'retry-later': 5, sent: 0 });
  t.equal(chain.health()[0]?.lastFailure?.reason, 'x');
});

t.test('refused recipients do not speak against the provider', async (t) => {
  const provider = createFakeSender('fake', () => ({ kind: 'recipient-refused', reason: 'x' }));
  const chain = createProviderChain([provider]);
  for (let n = 0; n < 20; n += 1) await chain.handOver(smsMessage, anyone);
  t.equal(provider.received.length, 20);
  t.equal(chain.health()[0]?.breaker, 'closed');
});

t.test('with every provider resting a message waits', async (t) => {
  const chain = createProviderChain([
    createFakeSender('fake', () => ({ kind: 'out-of-credit', reason: 'x' })),
  ]);
  for (let n = 0; n < 5; n += 1) await chain.handOver(smsMessage, anyone);
  t.same(await chain.handOver(smsMessage, anyone), {
    provider: null,
    deduplicates: false,
    isPolled: false,
    handover: { kind: 'retry-later', reason: 'providers-resting' },
  });
});

t.test('an adapter that throws or never ends has left the outcome open', async (t) => {
  const throwing = createFakeSender('throwing', () => {
    throw new Error('a text with 604831 in it');
  });
  const answer = await createProviderChain([throwing]).handOver(smsMessage, anyone);
  t.same(answer?.handover, { kind: 'unknown', reason: 'adapter-error' });
  const endless = createFakeSender('endless', () => new Promise<Handover>(() => {}));
  const late = await createProviderChain([endless], { timeoutMs: 50 }).handOver(smsMessage, anyone);
  t.same(late?.handover, { kind: 'unknown', reason: 'timeout' });
});

t.test('a message that is bound to a provider goes there and nowhere else', async (t) => {
  const first = createFakeSender('first');
  const second = createFakeSender('second', () => ({ kind: 'retry-later', reason: 'x' }));
  const chain = createProviderChain([first, second]);
  t.has(await chain.handOver(smsMessage, { ...anyone, only: 'second' }), { provider: 'second' });
  t.equal(first.received.length, 0);
  t.has(await chain.handOver(smsMessage, { ...anyone, only: 'gone' }), {
    provider: null,
    handover: { kind: 'unknown', reason: 'provider-not-configured' },
  });
});

t.test('a claim that has been lost is noticed before the provider is called', async (t) => {
  const provider = createFakeSender('fake');
  const chain = createProviderChain([provider]);
  t.equal(await chain.handOver(smsMessage, { only: null, beforeEach: async () => false }), null);
  t.equal(provider.received.length, 0);
});
