import type { Secret } from '../../kernel/secret.ts';
import type { Receipt, SendResult, SmsMessage, SmsSender } from '../ports.ts';
import { createProviderClient, type HttpOutcome, toResultOfStatus } from './http.ts';
import { asId, asNumber, asObject } from './json.ts';
import { localNumber } from './numbers.ts';
import { getTemplate } from './templates.ts';

export type KavenegarSettings = Readonly<{
  url: string;
  /** Part of the path of every request. */
  apiKey: Secret<string>;
  /** The line to send from; empty: the account's default. */
  sender: string;
  /** Of messages that carry a code, `token`, and the time of the request, `token2`: tokens of the provider hold no spaces. */
  templates: Readonly<Record<string, string>>;
}>;

/** Codes of https://kavenegar.com/rest.html; every other one is a fault of our settings or request. */
const refusals: Readonly<Record<number, Exclude<SendResult['kind'], 'sent'>>> = {
  402: 'retry-later',
  409: 'retry-later',
  411: 'recipient-refused',
  418: 'out-of-credit',
  429: 'retry-later',
  451: 'retry-later',
  500: 'unknown',
};
const deliveredState = 10;
/** Failed, undelivered, cancelled, blocked. */
const notDeliveredStates = [6, 11, 13, 14];

export function createKavenegarSender(settings: KavenegarSettings): SmsSender {
  const http = createProviderClient();
  const call = (path: string, fields: Readonly<Record<string, string>>, signal: AbortSignal) =>
    http.request({
      method: 'POST',
      url: `${settings.url}/v1/${encodeURIComponent(settings.apiKey.expose())}/${path}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
      signal,
    });
  return {
    name: 'kavenegar',
    deduplicates: false,
    async send(message, signal) {
      const { path, fields } = toRequest(message, settings);
      return toSendResult(await call(path, fields, signal));
    },
    async poll(ids, signal) {
      const outcome = await call('sms/status.json', { messageid: ids.join(',') }, signal);
      return 'result' in outcome ? new Map() : toReceipts(outcome.json);
    },
    close: () => http.close(),
  };
}

function toRequest(
  message: SmsMessage,
  { sender, templates }: KavenegarSettings,
): { path: string; fields: Record<string, string> } {
  const receptor = localNumber(message.to);
  const template = getTemplate(templates, message);
  if (template !== undefined && message.code !== null) {
    const { time } = message.parameters;
    return {
      path: 'verify/lookup.json',
      fields: { receptor, token: message.code, ...(time && { token2: time }), template },
    };
  }
  return {
    path: 'sms/send.json',
    fields: {
      receptor,
      message: message.text,
      ...(sender === '' ? {} : { sender }),
      localid: localId(message.reference),
    },
  };
}

/** Our id as the 60-bit number that the provider keeps with the message, for looking it up there. */
function localId(reference: string): string {
  return BigInt(`0x${reference.replaceAll('-', '').slice(-15)}`).toString();
}

/** The provider answers refusals with HTTP 4xx or with HTTP 200; `return.status` decides where there is one. */
function toSendResult(outcome: HttpOutcome): SendResult {
  if ('result' in outcome) return outcome.result;
  const answer = asObject(outcome.json);
  const status = asNumber(asObject(answer?.return)?.status);
  if (status === undefined) return toResultOfStatus(outcome.status);
  if (status !== 200) {
    return { kind: refusals[status] ?? 'configuration-wrong', reason: `kavenegar-${status}` };
  }
  const entries = answer?.entries;
  const entry = asObject(Array.isArray(entries) ? entries[0] : entries);
  if (entry === undefined) return { kind: 'unknown', reason: 'malformed-answer' };
  const delivery = asNumber(entry.status);
  if (delivery !== undefined && notDeliveredStates.includes(delivery)) {
    return { kind: 'recipient-refused', reason: `kavenegar-delivery-${delivery}` };
  }
  return { kind: 'sent', providerMessageId: asId(entry.messageid) };
}

function toReceipts(json: unknown): ReadonlyMap<string, Receipt> {
  const entries = asObject(json)?.entries;
  const receipts = new Map<string, Receipt>();
  for (const item of Array.isArray(entries) ? entries : [entries]) {
    const entry = asObject(item);
    const id = asId(entry?.messageid);
    const state = asNumber(entry?.status);
    if (id === null || state === undefined) continue;
    if (state === deliveredState) receipts.set(id, { state: 'delivered', reason: null });
    if (notDeliveredStates.includes(state)) {
      receipts.set(id, { state: 'failed', reason: `kavenegar-delivery-${state}` });
    }
  }
  return receipts;
}
