/** The part of the untyped package `smpp` that is used here. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server } from 'node:net';

  export type Pdu = {
    command: string;
    command_status: number;
    sequence_number: number;
    system_id?: string;
    password?: string;
    source_addr?: string;
    destination_addr?: string;
    data_coding?: number;
    esm_class?: number;
    registered_delivery?: number;
    short_message?: { message?: string | Buffer };
    message_payload?: { message?: string | Buffer };
    message_id?: string;
    receipted_message_id?: string;
    message_state?: number;
    response(options?: Record<string, unknown>): Pdu;
  };
  export type Fields = Record<string, string | number>;
  /** `false`: the session is closed and nothing was written. */
  type Command = (fields: Fields, onResponse?: (response: Pdu) => void) => boolean;

  export type Session = EventEmitter & {
    bind_transceiver: Command;
    submit_sm: Command;
    deliver_sm: Command;
    enquire_link: Command;
    unbind: Command;
    send(pdu: Pdu): boolean;
    close(): void;
    destroy(): void;
  };
  export type ConnectOptions = Readonly<{
    host: string;
    port: number;
    tls: boolean;
    servername?: string;
    ca?: string;
  }>;

  const smpp: {
    connect(options: ConnectOptions): Session;
    createServer(options: Record<string, unknown>, onSession: (session: Session) => void): Server;
  };
  export default smpp;
}
