import { byChannel, type Channel } from './channels.ts';
import {
  type BreakerState,
  type CircuitBreaker,
  createCircuitBreaker,
  type Leave,
} from './circuit-breaker.ts';
import type { MessageBy, Sender, Senders, SendResult } from './ports.ts';

/** A provider that has not answered by then is taken to have left the outcome open. */
const answerTimeoutMs = 10_000;
/** For the adapter to say, after that, whether the message had left at all. */
const graceMs = 250;

export type ProviderHealth = Readonly<{
  name: string;
  breaker: BreakerState;
  /** Answers of each kind since the process started. */
  answers: Readonly<Record<SendResult['kind'], number>>;
  /** Why the provider last failed, and when; `null` if it never did. */
  lastFailure: Readonly<{ reason: string; at: string }> | null;
}>;

export type ChainResult = Readonly<{
  /** Who gave the answer; `null` if nobody was asked. */
  provider: string | null;
  deduplicates: boolean;
  isPolled: boolean;
  result: SendResult;
}>;

export type SendOptions = Readonly<{
  /** The only provider that may be asked: an earlier attempt there left open whether it took the message. */
  only: string | null;
  /** Told of each provider before it is called; `false` gives the message up to whoever has claimed it since. */
  beforeEach(provider: string): Promise<boolean>;
}>;

/** The providers of one channel, in order of use. */
export type ProviderChain<Message> = Readonly<{
  /** Who would be asked first now; `null`: nobody. */
  preferred(): string | null;
  /** `null` when the message was given up in `beforeEach`. */
  send(message: Message, options: SendOptions): Promise<ChainResult | null>;
  health(): readonly ProviderHealth[];
  close(): Promise<void>;
}>;

export type ProviderChains = { readonly [C in Channel]: ProviderChain<MessageBy<C>> };

type Provider<Message> = {
  readonly sender: Sender<Message>;
  readonly breaker: CircuitBreaker;
  readonly answers: Record<SendResult['kind'], number>;
  lastFailure: { reason: string; at: string } | null;
  /** When the last word was that nobody knows; `null`: it was another. */
  unknownSince: number | null;
};

/**
 * How long a provider is asked last after its last word was `unknown`. What it left open is repeated there meanwhile, and
 * only there: any other word clears it.
 */
const doubtMs = 300_000;

/** Told of what an adapter threw, which it should not have. */
type OnAdapterError = (provider: string, error: unknown) => void;

export type ChainOptions = Readonly<{ timeoutMs?: number; now?: () => number; onError?: OnAdapterError }>;

export function createProviderChains(senders: Senders, options?: ChainOptions): ProviderChains {
  return byChannel((channel) => createProviderChain<never>(senders[channel], options));
}

export function createProviderChain<Message>(
  senders: readonly Sender<Message>[],
  { timeoutMs = answerTimeoutMs, now = Date.now, onError = () => {} }: ChainOptions = {},
): ProviderChain<Message> {
  const providers = senders.map(
    (sender): Provider<Message> => ({
      sender,
      breaker: createCircuitBreaker(),
      answers: {
        sent: 0,
        'retry-later': 0,
        'recipient-refused': 0,
        'configuration-wrong': 0,
        'out-of-credit': 0,
        unknown: 0,
      },
      lastFailure: null,
      unknownSince: null,
    }),
  );

  /** In order of use, those last whose last word was that nobody knows: “send again” is not to meet the same fate. */
  const inOrder = () => {
    const isDoubtful = ({ unknownSince }: Provider<Message>) =>
      unknownSince !== null && now() - unknownSince < doubtMs;
    return [...providers.filter((item) => !isDoubtful(item)), ...providers.filter(isDoubtful)];
  };

  const call = async (provider: Provider<Message>, leave: Leave, message: Message): Promise<SendResult> => {
    const result = await withTimeout(provider.sender, message, { timeoutMs, onError });
    provider.answers[result.kind] += 1;
    provider.unknownSince = result.kind === 'unknown' ? now() : null;
    // A refused recipient says nothing against the provider.
    if (result.kind === 'sent' || result.kind === 'recipient-refused') {
      leave.succeeded();
    } else {
      leave.failed();
      provider.lastFailure = { reason: result.reason, at: new Date(now()).toISOString() };
    }
    return result;
  };

  return {
    preferred: () => inOrder().find(({ breaker }) => breaker.state() !== 'open')?.sender.name ?? null,
    async send(message, { only, beforeEach }) {
      const candidates = inOrder().filter(({ sender }) => only === null || sender.name === only);
      if (only !== null && candidates.length === 0) {
        // Nobody was asked, and nobody else may be: it waits for its provider until it is too late.
        return answer(null, { kind: 'retry-later', reason: 'provider-not-configured' });
      }
      let last = answer(null, { kind: 'retry-later', reason: 'providers-resting' });
      for (const provider of candidates) {
        const leave = provider.breaker.tryEnter();
        if (leave === null) continue;
        let mayCall = false;
        try {
          mayCall = await beforeEach(provider.sender.name);
        } finally {
          if (!mayCall) leave.abandoned();
        }
        if (!mayCall) return null;
        last = answer(provider.sender, await call(provider, leave, message));
        if (!fallsOver(last.result)) return last;
      }
      return last;
    },
    health: () =>
      providers.map(({ sender, breaker, answers, lastFailure }) => ({
        name: sender.name,
        breaker: breaker.state(),
        answers: { ...answers },
        lastFailure,
      })),
    async close() {
      await Promise.allSettled(providers.map(({ sender }) => sender.close?.()));
    },
  };
}

function answer(sender: Sender<never> | null, result: SendResult): ChainResult {
  return {
    provider: sender?.name ?? null,
    deduplicates: sender?.deduplicates ?? false,
    isPolled: sender?.poll !== undefined,
    result,
  };
}

/** Only answers that are sure not to have sent anything may lead to another provider. */
function fallsOver({ kind }: SendResult): boolean {
  return kind === 'retry-later' || kind === 'configuration-wrong' || kind === 'out-of-credit';
}

/** Holds adapters to the time limit and to not throwing, whatever their libraries do. */
async function withTimeout<Message>(
  sender: Sender<Message>,
  message: Message,
  { timeoutMs, onError }: Readonly<{ timeoutMs: number; onError: OnAdapterError }>,
): Promise<SendResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<SendResult>((resolve) => {
    timer = setTimeout(resolve, timeoutMs + graceMs, { kind: 'unknown', reason: 'timeout' });
  });
  try {
    return await Promise.race([sender.send(message, AbortSignal.timeout(timeoutMs)), late]);
  } catch (error) {
    onError(sender.name, error);
    return { kind: 'unknown', reason: 'adapter-error' };
  } finally {
    clearTimeout(timer);
  }
}
