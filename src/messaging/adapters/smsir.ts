import type { Secret } from '../../kernel/secret.ts';
import type { Receipt, SendResult, SmsMessage, SmsSender } from '../ports.ts';
import { createProviderClient, type HttpOutcome, toResultOfStatus } from './http.ts';
import { asId, asNumber, asObject } from './json.ts';
import { localNumber } from './numbers.ts';
import { getTemplate } from './templates.ts';

export type SmsirSettings = Readonly<{
  url: string;
  apiKey: Secret<string>;
  /** The line that texts without a template are sent from; empty: there are none. */
  line: string;
  /** Ids of templates whose parameters are named as ours, in capitals: `CODE`, `AT`. */
  templates: Readonly<Record<string, string>>;
}>;

/** `status` of an answer (https://sms.ir/rest-api); every other one is a fault of our settings or request. */
const refusals: Readonly<Record<number, Exclude<SendResult['kind'], 'sent'>>> = {
  0: 'unknown',
  20: 'retry-later',
  102: 'out-of-credit',
  104: 'recipient-refused',
  115: 'recipient-refused',
};
/** `deliveryState`: reached the phone. */
const deliveredState = 1;
/** Did not reach the phone, did not reach the operator, error, blacklist. */
const notDeliveredStates = [2, 4, 6, 7];

export function createSmsirSender(settings: SmsirSettings): SmsSender {
  const http = createProviderClient();
  const headers = { 'x-api-key': settings.apiKey.expose() };
  return {
    name: 'smsir',
    deduplicates: false,
    async send(message, signal) {
      const request = toRequest(message, settings);
      if (request === null) return { kind: 'configuration-wrong', reason: 'no-template-and-no-line' };
      const outcome = await http.request({
        method: 'POST',
        url: `${settings.url}/v1/${request.path}`,
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(request.body),
        signal,
      });
      return toSendResult(outcome);
    },
    async poll(ids, signal) {
      const receipts = new Map<string, Receipt>();
      for (const id of ids) {
        const url = `${settings.url}/v1/send/${encodeURIComponent(id)}`;
        const outcome = await http.request({ method: 'GET', url, headers, signal });
        const receipt = 'result' in outcome ? null : toReceipt(outcome.json);
        if (receipt !== null) receipts.set(id, receipt);
      }
      return receipts;
    },
    close: () => http.close(),
  };
}

function toRequest(message: SmsMessage, { line, templates }: SmsirSettings) {
  const mobile = localNumber(message.to);
  const template = getTemplate(templates, message);
  if (template !== undefined) {
    const parameters = Object.entries(message.parameters).map(([name, value]) => ({
      name: name.toUpperCase(),
      value,
    }));
    return { path: 'send/verify', body: { mobile, templateId: Number(template), parameters } };
  }
  if (line === '') return null;
  return {
    path: 'send/bulk',
    body: { lineNumber: Number(line), messageText: message.text, mobiles: [mobile] },
  };
}

function toSendResult(outcome: HttpOutcome): SendResult {
  if ('result' in outcome) return outcome.result;
  const answer = asObject(outcome.json);
  const status = asNumber(answer?.status);
  if (status === undefined) return toResultOfStatus(outcome.status);
  if (status !== 1) {
    return { kind: refusals[status] ?? 'configuration-wrong', reason: `smsir-${status}` };
  }
  const data = asObject(answer?.data);
  if (data === undefined) return { kind: 'unknown', reason: 'malformed-answer' };
  const ids = data.messageIds;
  return { kind: 'sent', providerMessageId: asId(Array.isArray(ids) ? ids[0] : data.messageId) };
}

function toReceipt(json: unknown): Receipt | null {
  const state = asNumber(asObject(asObject(json)?.data)?.deliveryState);
  if (state === deliveredState) return { state: 'delivered', reason: null };
  if (state === undefined || !notDeliveredStates.includes(state)) return null;
  return { state: 'failed', reason: `smsir-delivery-${state}` };
}
