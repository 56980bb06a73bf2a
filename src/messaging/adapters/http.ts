import { createHttpClient, type HttpRequest, toJson } from '../../outgoing-http/http-client.ts';
import type { SendResult } from '../ports.ts';

/** `json` is `undefined` where the answer is not JSON. */
export type ProviderResponse = Readonly<{ status: number; json: unknown }>;

/** Either an answer, or what its absence means for a message. */
export type HttpOutcome = ProviderResponse | Readonly<{ result: SendResult }>;

/** HTTP for adapters: one that never left may be sent by another provider, one that left without an answer may not. */
export function createProviderClient() {
  const client = createHttpClient();
  return {
    async request(request: HttpRequest): Promise<HttpOutcome> {
      const outcome = await client.request({ ...request, readsErrorBodies: true });
      if ('status' in outcome) return { status: outcome.status, json: toJson(outcome.body) };
      const kind = outcome.hasLeft ? 'unknown' : 'retry-later';
      return { result: { kind, reason: outcome.failure } };
    },
    async close(): Promise<void> {
      client.close();
    },
  };
}

/**
 * What an answer means whose body says nothing that we understand. Gateways answer 502 and 504, and broken
 * providers 500, also after they have passed a message on.
 */
export function toResultOfStatus(status: number): SendResult {
  const reason = `http-${status}`;
  if (status === 429 || status === 503) return { kind: 'retry-later', reason };
  // A redirect that is not followed, or a request that was turned away.
  if (status >= 300 && status < 500) return { kind: 'configuration-wrong', reason };
  return { kind: 'unknown', reason: status < 300 ? 'malformed-answer' : reason };
}
