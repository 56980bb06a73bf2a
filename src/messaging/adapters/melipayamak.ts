import type { Secret } from '../../kernel/secret.ts';
import type { Receipt, SendResult, SmsMessage, SmsSender } from '../ports.ts';
import { createProviderClient, type HttpOutcome, toResultOfStatus } from './http.ts';
import { asNumber, asObject } from './json.ts';
import { localNumber } from './numbers.ts';
import { getTemplate } from './templates.ts';

export type MelipayamakSettings = Readonly<{
  url: string;
  username: string;
  password: Secret<string>;
  /** The line that texts without a template are sent from; empty: there are none. */
  line: string;
  /** `bodyId` of each template; its arguments are our parameters in their order. */
  templates: Readonly<Record<string, string>>;
}>;

/** Values above it are ids of messages; all others are codes of refusals. */
const largestCode = 1000;
/** Every other code is a fault of our settings or request. */
const refusals: Readonly<Record<number, Exclude<SendResult['kind'], 'sent'>>> = {
  [-6]: 'unknown',
  [-1]: 'retry-later',
  2: 'out-of-credit',
  11: 'retry-later',
  16: 'recipient-refused',
  35: 'recipient-refused',
};
const deliveredState = 1;
/** Not delivered, error of the network, did not reach the network, blacklist, filtered, not accepted. */
const notDeliveredStates = [2, 3, 16, 35, 300, 500];

export function createMelipayamakSender(settings: MelipayamakSettings): SmsSender {
  const http = createProviderClient();
  const call = (operation: string, fields: Readonly<Record<string, string>>, signal: AbortSignal) =>
    http.request({
      method: 'POST',
      url: `${settings.url}/api/SendSMS/${operation}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        username: settings.username,
        password: settings.password.expose(),
        ...fields,
      }).toString(),
      signal,
    });
  return {
    name: 'melipayamak',
    deduplicates: false,
    async send(message, signal) {
      const request = toRequest(message, settings);
      if (request === null) return { kind: 'configuration-wrong', reason: 'no-template-and-no-line' };
      return toSendResult(await call(request.operation, request.fields, signal));
    },
    async poll(ids, signal) {
      const receipts = new Map<string, Receipt>();
      for (const recId of ids) {
        const outcome = await call('GetDeliveries2', { recId }, signal);
        const receipt = 'result' in outcome ? null : toReceipt(outcome.json);
        if (receipt !== null) receipts.set(recId, receipt);
      }
      return receipts;
    },
    close: () => http.close(),
  };
}

function toRequest(
  message: SmsMessage,
  { line, templates }: MelipayamakSettings,
): { operation: string; fields: Record<string, string> } | null {
  const to = localNumber(message.to);
  const bodyId = getTemplate(templates, message);
  if (bodyId !== undefined) {
    const text = Object.values(message.parameters).join(';');
    return { operation: 'BaseServiceNumber', fields: { to, bodyId, text } };
  }
  if (line === '') return null;
  return { operation: 'SendSMS', fields: { to, from: line, text: message.text, isFlash: 'false' } };
}

function toSendResult(outcome: HttpOutcome): SendResult {
  if ('result' in outcome) return outcome.result;
  const text = asObject(outcome.json)?.Value;
  // Ids have up to 19 digits, more than a number holds.
  if (typeof text === 'string' && /^\d{4,20}$/.test(text) && BigInt(text) > BigInt(largestCode)) {
    return { kind: 'sent', providerMessageId: text };
  }
  const value = asNumber(text);
  if (value === undefined) return toResultOfStatus(outcome.status);
  if (value > largestCode) return { kind: 'sent', providerMessageId: String(value) };
  return { kind: refusals[value] ?? 'configuration-wrong', reason: `melipayamak-${value}` };
}

function toReceipt(json: unknown): Receipt | null {
  const state = asNumber(asObject(json)?.Value);
  if (state === deliveredState) return { state: 'delivered', reason: null };
  if (state === undefined || !notDeliveredStates.includes(state)) return null;
  return { state: 'failed', reason: `melipayamak-delivery-${state}` };
}
