import smpp, { type Pdu, type Session } from 'smpp';
import type { Secret } from '../../kernel/secret.ts';
import type { SendResult } from '../ports.ts';

export type SmppSettings = Readonly<{
  host: string;
  port: number;
  tls: string;
  systemId: string;
  password: Secret<string>;
  /** Source address: a short code, a number or a name; empty: the SMSC's default. */
  sender: string;
  /** Instead of the public certificate authorities. */
  ca?: string;
}>;

const bindTimeoutMs = 5_000;
const enquireIntervalMs = 30_000;
const enquireTimeoutMs = 10_000;
const reconnectPauseMs = 5_000;

/** bind_transceiver_resp that say that our settings are wrong: bind failed, password, system id. */
const wrongCredentials = [0x0d, 0x0e, 0x0f];

export type Bound = Readonly<{ session: Session }> | Readonly<{ result: SendResult }>;

/** One bound session, opened when first needed and kept alive; all messages share it. */
export type SmppConnection = Readonly<{
  /** The session, or what its absence means for a message. */
  bound(signal: AbortSignal): Promise<Bound>;
  /** Also without messages to send: receipts come by the session. */
  keepOpen(): void;
  close(): Promise<void>;
}>;

export function createSmppConnection(
  settings: SmppSettings,
  onDelivery: (session: Session, pdu: Pdu) => void,
): SmppConnection {
  let current: Promise<Bound> | null = null;
  let isKept = false;
  let reconnect: NodeJS.Timeout | undefined;

  const open = (): Promise<Bound> => {
    current ??= bind(settings).then((bound) => {
      if ('result' in bound) {
        lost();
        return bound;
      }
      const { session } = bound;
      const stopEnquiring = enquire(session);
      session.on('deliver_sm', (pdu: Pdu) => onDelivery(session, pdu));
      session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
      session.on('unbind', (pdu: Pdu) => {
        session.send(pdu.response());
        session.close();
      });
      session.once('close', () => {
        stopEnquiring();
        lost();
      });
      return bound;
    });
    return current;
  };
  const lost = () => {
    current = null;
    if (!isKept) return;
    clearTimeout(reconnect);
    reconnect = setTimeout(open, reconnectPauseMs);
    reconnect.unref();
  };

  return {
    bound(signal) {
      const aborted = new Promise<Bound>((resolve) => {
        const onAbort = () => resolve({ result: { kind: 'retry-later', reason: 'bind-timeout' } });
        signal.addEventListener('abort', onAbort, { once: true });
      });
      return Promise.race([open(), aborted]);
    },
    keepOpen() {
      isKept = true;
      void open();
    },
    async close() {
      isKept = false;
      clearTimeout(reconnect);
      const bound = await current;
      if (!bound || 'result' in bound) return;
      const { session } = bound;
      const closed = new Promise((resolve) => session.once('close', resolve));
      session.unbind({}, () => session.close());
      const timer = setTimeout(() => session.destroy(), 1_000);
      await closed;
      clearTimeout(timer);
    },
  };
}

function bind({ host, port, tls, systemId, password, ca }: SmppSettings): Promise<Bound> {
  return new Promise((resolve) => {
    const session = smpp.connect({ host, port, tls: tls === 'yes', servername: host, ...(ca && { ca }) });
    // Each message in flight listens for the end of the session.
    session.setMaxListeners(0);
    const fail = (kind: 'retry-later' | 'configuration-wrong', reason: string) => {
      clearTimeout(timer);
      session.destroy();
      resolve({ result: { kind, reason } });
    };
    const timer = setTimeout(fail, bindTimeoutMs, 'retry-later', 'bind-timeout');
    // An error is always followed by the end of the session.
    session.on('error', (error: NodeJS.ErrnoException) =>
      fail('retry-later', error.code ?? 'connection-error'),
    );
    session.once('close', () => fail('retry-later', 'connection-closed'));
    session.once(tls === 'yes' ? 'secureConnect' : 'connect', () => {
      session.bind_transceiver({ system_id: systemId, password: password.expose() }, (response) => {
        clearTimeout(timer);
        const status = response.command_status;
        if (status === 0) return resolve({ session });
        const kind = wrongCredentials.includes(status) ? 'configuration-wrong' : 'retry-later';
        fail(kind, `smpp-${status.toString(16).padStart(2, '0')}`);
      });
    });
  });
}

/** Asks the other side again and again whether it is there; one that does not answer is left. */
function enquire(session: Session): () => void {
  let deadline: NodeJS.Timeout | undefined;
  const timer = setInterval(() => {
    clearTimeout(deadline);
    deadline = setTimeout(() => session.destroy(), enquireTimeoutMs);
    deadline.unref();
    session.enquire_link({}, () => clearTimeout(deadline));
  }, enquireIntervalMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    clearTimeout(deadline);
  };
}
