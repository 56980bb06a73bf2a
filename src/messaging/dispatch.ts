import { setTimeout } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database/schema.ts';
import { byChannel, type Channel, channels, getAddressRules, type TextForm } from './channels.ts';
import { keptForOwner, type LimitedMessage } from './limits.ts';
import {
  type ClaimedMessage,
  claimMessage,
  extendClaim,
  markKeptForOwner,
  recordEnd,
  recordSent,
  requeue,
} from './messages.repository.ts';
import type { MessageWith, SendResult } from './ports.ts';
import type { ChainResult, ProviderChain, ProviderChains, SendOptions } from './providers.ts';
import type { Rendered, RenderMessage } from './render.ts';

/** Longer than a provider may take to answer, so that nobody repeats what is still under way. */
const claimSeconds = 25;
const maxAttempts = 25;
/** Between attempts; the last one is repeated. */
const pausesSeconds = [2, 5, 15, 30, 60, 120, 300, 600, 1800, 3600];
/**
 * Before a message that a provider may already have is handed to it again: late, for a slow provider to
 * recover, and with the same code, so that whoever gets it twice is not led astray. Each repeat costs a
 * message and none may lose one; after these the message is given up, unless the provider sees repeats.
 */
const pausesAfterUnknownSeconds = [20, 40, 80];

/**
 * Whether a mobile is still the one of the account's owner: asked before a code or a link leaves for it. `later`: nobody
 * can tell right now, and until then nothing leaves.
 */
export type MayReceiveSecrets = (message: SecretMessage, mobile: string) => Promise<'yes' | 'no' | 'later'>;

export type SecretMessage = Pick<ClaimedMessage, 'purpose' | 'accountId' | 'parameters'>;

const registerUnavailable = 'register-unavailable';
/** Before whose mobile it is is asked again. */
const pauseForRegisterSeconds = 30;

export type DispatchOutcome = 'sent' | 'requeued' | 'failed' | 'expired' | 'dropped' | 'claimed-elsewhere';
export type DispatchEvent = Readonly<{
  messageId: string;
  channel: Channel;
  purpose: string;
  attempt: number;
  outcome: DispatchOutcome;
  provider: string | null;
  /** Why it was not sent, in our words. */
  reason: string | null;
  /** What the provider or the connection said, as it is noted with the message. */
  detail: string | null;
  /** From the cause to the provider's yes; `null` for other outcomes. */
  seconds: number | null;
}>;

export type DispatchDeps = Readonly<{
  db: Kysely<Database>;
  render: RenderMessage;
  chains: ProviderChains;
  /** Whether this message is beyond a limit, which one; counts it in the same transaction as the claim. */
  exceededLimit(trx: Transaction<Database>, message: LimitedMessage): Promise<string | null>;
  mayReceiveSecrets: MayReceiveSecrets;
  /** Told why no text could be made of a message. */
  onNotRenderable?: (messageId: string, error: unknown) => void;
  /** Told what became of each attempt; for logs and counters. */
  onOutcome(event: DispatchEvent): void;
}>;

type Verdict = Readonly<{
  outcome: DispatchOutcome;
  provider?: string | null;
  reason?: string;
  detail?: string;
  seconds?: number | null;
}>;

/** Hands over the message with this id, if it is due and nobody else is at it. */
export type Dispatch = (messageId: string) => Promise<void>;

export function createDispatch(deps: DispatchDeps): Dispatch {
  return async (messageId) => {
    const claim = await takeUp(deps, messageId);
    if (claim === null) return;
    const { message } = claim;
    const verdict = await dispatchClaimed(deps, claim);
    const { outcome, provider = null, reason = null, detail = null, seconds = null } = verdict;
    deps.onOutcome({
      messageId,
      channel: message.channel,
      purpose: message.purpose,
      attempt: message.attempt,
      outcome,
      provider,
      reason,
      detail,
      seconds,
    });
  };
}

/** Where it is to go or, if it ends here, why. */
type TakenUp = Readonly<{ message: ClaimedMessage }> &
  (Readonly<{ address: string; dropped?: never }> | Readonly<{ dropped: string }>);

/**
 * Claims the message and, the first time, counts it: both or neither, so that what cannot be counted is not
 * sent, and repeats are not counted again. One beyond a limit ends here: whoever took it up once more after a
 * death would not count it, and send it.
 */
function takeUp({ db, chains, exceededLimit }: DispatchDeps, messageId: string): Promise<TakenUp | null> {
  const preferred = byChannel((channel) => chains[channel].preferred());
  return db.transaction().execute(async (trx) => {
    const message = await claimMessage(trx, messageId, claimSeconds, preferred);
    if (message === null) return null;
    const counts = message.attempt === 1 && !message.isLate;
    const exceeded = counts ? await exceededLimit(trx, message) : null;
    const drop = async (why: string): Promise<TakenUp> => {
      await recordEnd(trx, message, { state: 'dropped', failure: why, provider: message.boundTo });
      return { message, dropped: why };
    };
    const { address } = message;
    // Counted all the same: the work that follows a request is to say as little as its answer.
    if (address === null) return drop('no-destination');
    if (exceeded === keptForOwner) {
      // Written down with the claim: also whoever takes it up after a death is to ask the register.
      return { message: { ...message, parameters: await markKeptForOwner(trx, message) }, address };
    }
    return exceeded === null ? { message, address } : drop(exceeded);
  });
}

async function dispatchClaimed(deps: DispatchDeps, claim: TakenUp): Promise<Verdict> {
  const { message } = claim;
  const end = async (state: 'failed' | 'expired' | 'dropped', reason: string): Promise<Verdict> => {
    await recordEnd(deps.db, message, { state, failure: reason, provider: message.boundTo });
    return { outcome: state, provider: message.boundTo, reason };
  };
  // Waiting for the register is no attempt: the message is given up when it is of no use any more.
  if (message.attempt > maxAttempts && message.failure !== registerUnavailable) {
    return end('failed', 'too-many-attempts');
  }
  // Rendered also for nobody: the work that follows a request is to say as little as its answer.
  const send = prepare(deps, message);
  if (claim.dropped !== undefined) return { outcome: 'dropped', reason: claim.dropped };
  if (send === null) return end('failed', 'not-renderable');
  if (message.isLate) {
    return message.boundTo === null ? end('expired', 'too-late') : end('failed', 'unknown: too-late');
  }
  const { address } = claim;
  const word = await askForSecrets(deps, message, address);
  if (word === 'no') return end('dropped', 'mobile-not-owned');
  if (word === 'later') {
    const { unknownAnswers, boundTo } = message;
    const failure = registerUnavailable;
    await requeue(deps.db, message, {
      failure,
      unknownAnswers,
      boundTo,
      pauseSeconds: pauseForRegisterSeconds,
    });
    return { outcome: 'requeued', reason: failure };
  }
  if (word === 'claimed-elsewhere') return { outcome: 'claimed-elsewhere' };
  const answer = await send(address, {
    only: message.boundTo,
    async beforeEach(provider) {
      // The claim itself has noted the first one.
      return provider === message.provider || extendClaim(deps.db, message, provider, claimSeconds);
    },
  });
  if (answer === null) return { outcome: 'claimed-elsewhere' };
  return whileDatabaseReturns(() => record(deps.db, message, answer));
}

/** The register may take its time: the claim is kept for what follows. */
async function askForSecrets(
  { db, mayReceiveSecrets }: DispatchDeps,
  message: ClaimedMessage,
  address: string,
): Promise<'yes' | 'no' | 'later' | 'claimed-elsewhere'> {
  const { channel, challengeId, provider } = message;
  if (!getAddressRules(channel).hasRegister || challengeId === null) return 'yes';
  const startedAt = performance.now();
  const word = await mayReceiveSecrets(message, address);
  if (word !== 'yes' || performance.now() - startedAt < quickAnswerMs) return word;
  return (await extendClaim(db, message, provider ?? '', claimSeconds)) ? 'yes' : 'claimed-elsewhere';
}

/** A claim outlives an answer that comes so soon. */
const quickAnswerMs = 2_000;

type Send = (address: string, options: SendOptions) => Promise<ChainResult | null>;

/** `null` for a row that no text can be made of, which no attempt would cure. */
function prepare(deps: DispatchDeps, message: ClaimedMessage): Send | null {
  try {
    const { channel } = message;
    return prepareAs(channels[channel].texts, deps.chains[channel], message, deps.render(message));
  } catch (error) {
    deps.onNotRenderable?.(message.id, error);
    return null;
  }
}

function prepareAs<Form extends TextForm>(
  form: Form,
  chain: ProviderChain<MessageWith[Form]>,
  message: ClaimedMessage,
  rendered: Rendered,
): Send {
  const addressTo = compose[form](message, rendered);
  return (to, options) => chain.send(addressTo(to), options);
}

type Compose<Message> = (message: ClaimedMessage, rendered: Rendered) => (to: string) => Message;

const compose: { readonly [Form in TextForm]: Compose<MessageWith[Form]> } = {
  sms({ id: reference, purpose, locale }, { code, sms }) {
    const text = sms();
    return (to) => ({ reference, to, purpose, locale, code, ...text });
  },
  email({ id: reference }, { email }) {
    const mail = email();
    return (to) => ({ reference, to, ...mail });
  },
};

async function record(
  db: Kysely<Database>,
  message: ClaimedMessage,
  { provider, deduplicates, isPolled, result }: ChainResult,
): Promise<Verdict> {
  if (result.kind === 'sent') {
    const { providerMessageId } = result;
    const seconds = await recordSent(db, message, { provider, providerMessageId, isPolled });
    return { outcome: 'sent', provider, seconds };
  }
  const { kind: reason, reason: detail } = result;
  const failure = `${reason}: ${detail}`;
  const unknownAnswers = message.unknownAnswers + (reason === 'unknown' ? 1 : 0);
  if (isFinal(result, unknownAnswers, deduplicates)) {
    await recordEnd(db, message, { state: 'failed', failure, provider });
    return { outcome: 'failed', provider, reason, detail };
  }
  await requeue(db, message, {
    failure,
    unknownAnswers,
    boundTo: reason === 'unknown' ? provider : message.boundTo,
    pauseSeconds: pauseAfter(reason, message.attempt, unknownAnswers),
  });
  return { outcome: 'requeued', provider, reason, detail };
}

function isFinal({ kind }: SendResult, unknownAnswers: number, deduplicates: boolean): boolean {
  if (kind === 'recipient-refused') return true;
  return kind === 'unknown' && unknownAnswers > pausesAfterUnknownSeconds.length && !deduplicates;
}

/** Spread, so that what failed together does not return together. */
function pauseAfter(kind: SendResult['kind'], attempt: number, unknownAnswers: number): number {
  const [pauses, index] =
    kind === 'unknown' ? [pausesAfterUnknownSeconds, unknownAnswers] : [pausesSeconds, attempt];
  const pause = pauses[Math.min(index, pauses.length) - 1] ?? 0;
  return pause * (0.9 + 0.2 * Math.random());
}

const longestRecordingMs = 12_000;
const recordPauseMs = 250;

/**
 * What a provider said must not be forgotten because the database restarts just then: the message would be
 * repeated. Ends before the claim does; if the database stays away for longer, the message is repeated.
 */
async function whileDatabaseReturns<T>(write: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + longestRecordingMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await setTimeout(recordPauseMs);
    }
  }
}
