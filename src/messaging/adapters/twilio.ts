import { createHmac } from 'node:crypto';
import { equalInConstantTime } from '../../kernel/keyring.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { PostedReceipt, PostedRequest, SendResult, SmsSender } from '../ports.ts';
import { createProviderClient, type HttpOutcome, toResultOfStatus } from './http.ts';
import { asId, asNumber, asObject } from './json.ts';

export type TwilioSettings = Readonly<{
  url: string;
  accountSid: string;
  authToken: Secret<string>;
  /** A number in E.164, or the SID (`MG…`) of a messaging service. */
  sender: string;
}>;

/** `code` of https://www.twilio.com/docs/api/errors; every other one is a fault of our settings or request. */
const refusals: Readonly<Record<number, Exclude<SendResult['kind'], 'sent'>>> = {
  20429: 'retry-later',
  14107: 'retry-later',
  21211: 'recipient-refused',
  21610: 'recipient-refused',
  21612: 'recipient-refused',
  21614: 'recipient-refused',
  30001: 'retry-later',
  30002: 'out-of-credit',
};
const failedStates = ['failed', 'undelivered', 'canceled'];

/** @param receiptUrl where the provider posts receipts to; it is part of what the provider signs */
export function createTwilioSender(settings: TwilioSettings, receiptUrl: string): SmsSender {
  const http = createProviderClient();
  const { accountSid, authToken, sender } = settings;
  const credentials = Buffer.from(`${accountSid}:${authToken.expose()}`).toString('base64');
  return {
    name: 'twilio',
    deduplicates: false,
    async send({ to, text }, signal) {
      const outcome = await http.request({
        method: 'POST',
        url: `${settings.url}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`,
        headers: {
          authorization: `Basic ${credentials}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({
          To: to,
          Body: text,
          [sender.startsWith('MG') ? 'MessagingServiceSid' : 'From']: sender,
          // Providers post to public addresses only.
          ...(receiptUrl.startsWith('https:') ? { StatusCallback: receiptUrl } : {}),
        }).toString(),
        signal,
      });
      return toSendResult(outcome);
    },
    readPosted: (request) => readPosted(request, authToken),
    close: () => http.close(),
  };
}

function toSendResult(outcome: HttpOutcome): SendResult {
  if ('result' in outcome) return outcome.result;
  const answer = asObject(outcome.json);
  const code = asNumber(answer?.code) ?? asNumber(answer?.error_code);
  if (code !== undefined) {
    return { kind: refusals[code] ?? 'configuration-wrong', reason: `twilio-${code}` };
  }
  const sid = asId(answer?.sid);
  if (outcome.status >= 300 || sid === null) return toResultOfStatus(outcome.status);
  return { kind: 'sent', providerMessageId: sid };
}

/** https://www.twilio.com/docs/usage/security#validating-requests: HMAC-SHA1 over the URL and the sorted fields. */
export function twilioSignature(url: string, fields: URLSearchParams, authToken: Secret<string>): Buffer {
  const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : 1));
  const signed = url + sorted.map(([name, value]) => name + value).join('');
  return createHmac('sha1', authToken.expose()).update(signed, 'utf8').digest();
}

function readPosted({ url, headers, body }: PostedRequest, authToken: Secret<string>): PostedReceipt | null {
  const given = headers['x-twilio-signature'];
  const fields = new URLSearchParams(body);
  if (typeof given !== 'string') return null;
  if (!equalInConstantTime(Buffer.from(given, 'base64'), twilioSignature(url, fields, authToken)))
    return null;
  const providerMessageId = asId(fields.get('MessageSid'));
  if (providerMessageId === null) return null;
  const state = fields.get('MessageStatus') ?? '';
  if (state === 'delivered') return { providerMessageId, receipt: { state: 'delivered', reason: null } };
  if (!failedStates.includes(state)) return { providerMessageId, receipt: null };
  const code = asNumber(fields.get('ErrorCode')) ?? state;
  return { providerMessageId, receipt: { state: 'failed', reason: `twilio-${code}` } };
}
