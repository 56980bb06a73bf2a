import t from 'tap';
import { toCause } from '../../src/kernel/cause.ts';
import { createCircuitBreaker } from '../../src/messaging/circuit-breaker.ts';
import type { SendResult } from '../../src/messaging/ports.ts';
import { createProviderChain } from '../../src/messaging/providers.ts';
import { smsMessage } from './adapters/contract.ts';
import { createFakeSender } from './support.ts';

const anyone = { only: null, beforeEach: async () => true };

function testBreaker() {
  let now = 0;
  const breaker = createCircuitBreaker(() => now);
  const enter = () => {
    const leave = breaker.tryEnter();
    if (leave === null) throw new Error('the provider is left alone');
    return leave;
  };
  return {
    ...breaker,
    enter,
    fail(times: number) {
      for (let n = 0; n < times; n += 1) enter().failed();
    },
    setTime(milliseconds: number) {
      now = milliseconds;
    },
  };
}

t.test('a breaker opens after five failures in a row and lets one try after each pause', async (t) => {
  const { tryEnter, enter, fail, state, setTime } = testBreaker();
  fail(4);
  enter().succeeded();
  fail(4);
  t.equal(state(), 'closed', 'only failures in a row count');
  fail(1);
  t.equal(state(), 'open');
  t.equal(tryEnter(), null);
  setTime(5_000);
  t.equal(state(), 'half-open');
  const notMade = enter();
  t.equal(tryEnter(), null, 'one at a time');
  notMade.abandoned();
  enter().failed();
  setTime(14_999);
  t.equal(tryEnter(), null, 'the second pause is twice as long');
  setTime(15_000);
  enter().succeeded();
  t.equal(state(), 'closed');
  for (let round = 1; round <= 20; round += 1) {
    fail(state() === 'closed' ? 5 : 1);
    setTime(15_000 + round * 300_000);
    t.equal(state(), 'half-open', 'no pause is longer than five minutes');
  }
});

t.test('calls from before a breaker opened have no say in its trial', async (t) => {
  for (const end of ['failed', 'succeeded', 'abandoned'] as const) {
    const { tryEnter, enter, fail, state, setTime } = testBreaker();
    const early = enter();
    fail(5);
    setTime(5_000);
    const trial = enter();
    early[end]();
    t.equal(state(), 'half-open', `${end}: neither another pause nor the end of it`);
    t.equal(tryEnter(), null, 'the trial is still under way');
    trial.succeeded();
    t.equal(state(), 'closed');
  }
});

t.test('a provider that keeps failing is left alone, and its messages go elsewhere', async (t) => {
  const broken = createFakeSender('broken', () => ({ kind: 'retry-later', reason: 'x' }));
  const sound = createFakeSender('sound');
  const chain = createProviderChain([broken, sound]);
  for (let n = 0; n < 20; n += 1) t.has(await chain.send(smsMessage, anyone), { provider: 'sound' });
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
  for (let n = 0; n < 20; n += 1) await chain.send(smsMessage, anyone);
  t.equal(provider.received.length, 20);
  t.equal(chain.health()[0]?.breaker, 'closed');
});

t.test('with every provider resting a message waits', async (t) => {
  const chain = createProviderChain([
    createFakeSender('fake', () => ({ kind: 'out-of-credit', reason: 'x' })),
  ]);
  for (let n = 0; n < 5; n += 1) await chain.send(smsMessage, anyone);
  t.same(await chain.send(smsMessage, anyone), {
    provider: null,
    deduplicates: false,
    isPolled: false,
    result: { kind: 'retry-later', reason: 'providers-resting' },
  });
});

t.test('an adapter that throws or never ends has left the outcome open', async (t) => {
  const throwing = createFakeSender('throwing', () => {
    throw new Error('a text with 604831 in it');
  });
  const errors: unknown[] = [];
  const onError = (provider: string, error: unknown) => errors.push([provider, toCause(error)]);
  const answer = await createProviderChain([throwing], { onError }).send(smsMessage, anyone);
  t.match(errors, [['throwing', { type: 'Error', at: /providers\.test/ }]]);
  t.notMatch(JSON.stringify(errors), '604831', 'no text of a message is in what is logged');
  t.same(answer?.result, { kind: 'unknown', reason: 'adapter-error' });
  const endless = createFakeSender('endless', () => new Promise<SendResult>(() => {}));
  const late = await createProviderChain([endless], { timeoutMs: 50 }).send(smsMessage, anyone);
  t.same(late?.result, { kind: 'unknown', reason: 'timeout' });
});

t.test('what is sent again goes to a provider whose last word was not that nobody knows', async (t) => {
  let time = 0;
  let word: SendResult = { kind: 'unknown', reason: 'malformed-answer' };
  const first = createFakeSender('first', () => word);
  const second = createFakeSender('second');
  const chain = createProviderChain([first, second], { now: () => time });
  t.has(await chain.send(smsMessage, anyone), { provider: 'first', result: { kind: 'unknown' } });
  t.equal(chain.preferred(), 'second');
  t.has(await chain.send(smsMessage, anyone), { provider: 'second', result: { kind: 'sent' } });
  t.has(await chain.send(smsMessage, { ...anyone, only: 'first' }), { provider: 'first' }, 'its own repeat');
  word = { kind: 'sent', providerMessageId: null };
  await chain.send(smsMessage, { ...anyone, only: 'first' });
  t.equal(chain.preferred(), 'first', 'another word clears it');
  word = { kind: 'unknown', reason: 'http-500' };
  await chain.send(smsMessage, anyone);
  t.equal(chain.preferred(), 'second');
  time += 300_001;
  t.equal(chain.preferred(), 'first', 'and so does time');
});

t.test('a message that is bound to a provider goes there and nowhere else', async (t) => {
  const first = createFakeSender('first');
  const second = createFakeSender('second', () => ({ kind: 'retry-later', reason: 'x' }));
  const chain = createProviderChain([first, second]);
  t.has(await chain.send(smsMessage, { ...anyone, only: 'second' }), { provider: 'second' });
  t.equal(first.received.length, 0);
  t.has(await chain.send(smsMessage, { ...anyone, only: 'gone' }), {
    provider: null,
    result: { kind: 'retry-later', reason: 'provider-not-configured' },
  });
});

t.test('a claim that has been lost is noticed before the provider is called', async (t) => {
  const provider = createFakeSender('fake');
  const chain = createProviderChain([provider]);
  t.equal(await chain.send(smsMessage, { only: null, beforeEach: async () => false }), null);
  t.equal(provider.received.length, 0);
});
