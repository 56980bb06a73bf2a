import { createHmac } from 'node:crypto';
import { equalInConstantTime } from '../../kernel/keyring.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Channel } from '../channels.ts';
import type { MessageBy, PostedReceipt, PostedRequest, Sender, SendResult } from '../ports.ts';
import { createProviderClient, type HttpOutcome, toResultOfStatus } from './http.ts';
import { asId, asObject, type JsonObject } from './json.ts';

/**
 * Any gateway of one's own. Both sides sign as https://www.standardwebhooks.com has it, with one key:
 * `webhook-signature: v1,base64(HMAC-SHA256(key, "{webhook-id}.{webhook-timestamp}.{body}"))`. The id of a
 * message is the same in every repeat, so that the gateway can send it once.
 *
 * Answers: `{"result": "sent", "id": "…"}` or another result of ours with a `reason`; without a body the
 * HTTP status speaks. Receipts are posted back: `{"id": "…", "state": "delivered" | "failed", "reason"?}`.
 */
export type WebhookSettings = Readonly<{ url: string; secret: Secret<Uint8Array> }>;

const toleranceSeconds = 300;
const refusals = ['retry-later', 'recipient-refused', 'configuration-wrong', 'out-of-credit'] as const;

export function createWebhookSender<C extends Channel>(
  channel: C,
  { url, secret }: WebhookSettings,
  now: () => number = Date.now,
): Sender<MessageBy<C>> {
  const http = createProviderClient();
  return {
    name: 'webhook',
    deduplicates: true,
    async send(message, signal) {
      const { reference: id, ...content } = message;
      const body = JSON.stringify({ id, channel, ...content });
      const timestamp = String(Math.floor(now() / 1000));
      const outcome = await http.request({
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${signature(secret, id, timestamp, body).toString('base64')}`,
        },
        body,
        signal,
      });
      return toSendResult(outcome, id);
    },
    readPosted: (request) => readPosted(request, secret, now()),
    close: () => http.close(),
  };
}

function signature(secret: Secret<Uint8Array>, id: string, timestamp: string, body: string): Buffer {
  return createHmac('sha256', secret.expose()).update(`${id}.${timestamp}.${body}`, 'utf8').digest();
}

/** Without an id of its own the gateway's receipts name ours. */
function toSendResult(outcome: HttpOutcome, ownId: string): SendResult {
  if ('result' in outcome) return outcome.result;
  const answer = asObject(outcome.json);
  if (answer === undefined) return toResultOfStatus(outcome.status);
  const refusal = refusals.find((kind) => kind === answer.result);
  if (refusal !== undefined) return { kind: refusal, reason: asId(answer.reason) ?? 'webhook' };
  if (outcome.status >= 300 || answer.result !== 'sent') return toResultOfStatus(outcome.status);
  return { kind: 'sent', providerMessageId: asId(answer.id) ?? ownId };
}

function readPosted(
  { headers, body }: PostedRequest,
  secret: Secret<Uint8Array>,
  now: number,
): PostedReceipt | null {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const given = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof given !== 'string') return null;
  if (!(Math.abs(now / 1000 - Number(timestamp)) <= toleranceSeconds)) return null;
  const expected = signature(secret, id, timestamp, body);
  const isGenuine = given.split(' ').some((candidate) => {
    const [version, value = ''] = candidate.split(',');
    return version === 'v1' && equalInConstantTime(Buffer.from(value, 'base64'), expected);
  });
  return isGenuine ? postedReceipt(readJson(body)) : null;
}

function readJson(body: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function postedReceipt(receipt: JsonObject | undefined): PostedReceipt | null {
  const providerMessageId = asId(receipt?.id);
  if (providerMessageId === null) return null;
  const { state } = receipt ?? {};
  if (state !== 'delivered' && state !== 'failed') return { providerMessageId, receipt: null };
  return { providerMessageId, receipt: { state, reason: asId(receipt?.reason) } };
}
