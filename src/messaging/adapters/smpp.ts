import type { Pdu, Session } from 'smpp';
import type { Receipt, ReceiptListener, SendResult, SmsMessage, SmsSender } from '../ports.ts';
import { isGsmText, smsParts } from '../sms-parts.ts';
import { asId } from './json.ts';
import { createSmppConnection, type SmppSettings } from './smpp-connection.ts';

export type { SmppSettings } from './smpp-connection.ts';

/** command_status, SMPP 3.4 §5.1.3; every other one is a fault of our settings or request. */
const refusals: Readonly<Record<number, Exclude<SendResult['kind'], 'sent'>>> = {
  8: 'retry-later',
  11: 'recipient-refused',
  20: 'retry-later',
  69: 'retry-later',
  80: 'recipient-refused',
  81: 'recipient-refused',
  88: 'retry-later',
  100: 'retry-later',
  101: 'recipient-refused',
};
/** message_state, SMPP 3.4 §5.2.28, and the names it has in the text of a receipt (appendix B). */
const deliveredStates = [2, 'DELIVRD'];
const failedStates = [3, 4, 5, 8, 'EXPIRED', 'DELETED', 'UNDELIV', 'REJECTD'];
const receiptBits = 0x3c;
const deliveryReceipt = 0x04;
/** ESME_RX_T_APPN: the SMSC is to send it again later. */
const tryAgainLater = 0x64;

const gsm = 0;
const ucs2 = 8;
const e164 = { ton: 1, npi: 1 };

export function createSmppSender(settings: SmppSettings): SmsSender {
  let onReceipt: ReceiptListener | null = null;
  const connection = createSmppConnection(settings, (session, pdu) => {
    answerDelivery(session, pdu, onReceipt).catch(() => {});
  });
  return {
    name: 'smpp',
    deduplicates: false,
    async send(message, signal) {
      const bound = await connection.bound(signal);
      return 'result' in bound ? bound.result : submit(bound.session, toFields(message, settings), signal);
    },
    open(listener) {
      onReceipt = listener;
      connection.keepOpen();
    },
    close: () => connection.close(),
  };
}

function toFields({ to, text }: SmsMessage, { sender }: SmppSettings) {
  return {
    ...toAddress(sender),
    dest_addr_ton: e164.ton,
    dest_addr_npi: e164.npi,
    destination_addr: to.slice(1),
    registered_delivery: 1,
    data_coding: isGsmText(text) ? gsm : ucs2,
    // What does not fit into short_message is cut into parts by the SMSC.
    ...(smsParts(text) === 1 ? { short_message: text } : { short_message: '', message_payload: text }),
  };
}

/** Type of a source address: alphanumeric, short code or international number. */
function toAddress(sender: string) {
  const ton = /^\d{3,8}$/.test(sender) ? 3 : /^\+?\d+$/.test(sender) ? 1 : 5;
  return sender === ''
    ? {}
    : { source_addr_ton: ton, source_addr_npi: ton === 5 ? 0 : 1, source_addr: sender.replace(/^\+/, '') };
}

function submit(
  session: Session,
  fields: Record<string, string | number>,
  signal: AbortSignal,
): Promise<SendResult> {
  return new Promise((resolve) => {
    const unknown = (reason: string) => () => settle({ kind: 'unknown', reason });
    const onClose = unknown('connection-closed');
    const onAbort = unknown('timeout');
    const settle = (result: SendResult) => {
      session.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    session.once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    const written = session.submit_sm(fields, (response) => settle(toSendResult(response)));
    if (!written) settle({ kind: 'retry-later', reason: 'not-connected' });
  });
}

function toSendResult({ command, command_status: status, message_id: id }: Pdu): SendResult {
  if (status !== 0) {
    return {
      kind: refusals[status] ?? 'configuration-wrong',
      reason: `smpp-${status.toString(16).padStart(2, '0')}`,
    };
  }
  if (command !== 'submit_sm_resp') return { kind: 'unknown', reason: 'malformed-answer' };
  return { kind: 'sent', providerMessageId: asId(id) };
}

async function answerDelivery(session: Session, pdu: Pdu, listener: ReceiptListener | null): Promise<void> {
  const report = ((pdu.esm_class ?? 0) & receiptBits) === deliveryReceipt ? toReport(pdu) : null;
  // What people write to us is acknowledged and of no concern here.
  const isKnown =
    report === null || listener === null || (await listener(report.id, report.receipt).catch(() => false));
  session.send(pdu.response({ command_status: isKnown ? 0 : tryAgainLater }));
}

function toReport(pdu: Pdu): { id: string; receipt: Receipt } | null {
  const text = String(pdu.short_message?.message ?? '');
  const id = asId(pdu.receipted_message_id ?? /\bid:(\S+)/.exec(text)?.[1]);
  const state = pdu.message_state ?? /\bstat:([A-Z]+)/.exec(text)?.[1] ?? '';
  if (id === null) return null;
  if (deliveredStates.includes(state)) return { id, receipt: { state: 'delivered', reason: null } };
  return failedStates.includes(state) ? { id, receipt: { state: 'failed', reason: `smpp-${state}` } } : null;
}
