import { Agent, request } from 'node:http';

export type Reply = Readonly<{
  /** 0: the connection broke off. */
  status: number;
  retryAfter: number | null;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a server sent is looked at freely
  body: any;
  startedAt: number;
  endedAt: number;
}>;

export type Ask = Readonly<{ body?: unknown; token?: string }>;

export type Client = Readonly<{
  call(method: string, path: string, ask?: Ask): Promise<Reply>;
  close(): void;
}>;

const timeoutMs = 15_000;
let networks = 0;

/** A client at an address of its own, as the balancer sees it: limits count by network. */
export function createClient(port: number): Client {
  networks += 1;
  const localAddress = `127.1.${networks >> 8}.${networks & 255}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress });
  const call = (method: string, path: string, { body, token }: Ask = {}): Promise<Reply> => {
    const startedAt = performance.now();
    const sent = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve) => {
      const end = (status: number, retryAfter: number | null, text: string) => {
        const endedAt = performance.now();
        resolve({ status, retryAfter, text, body: parsed(text), startedAt, endedAt });
      };
      const headers = {
        ...(sent !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      };
      const outgoing = request(
        { host: '127.0.0.1', port, method, path, agent, headers, timeout: timeoutMs },
        (incoming) => {
          const parts: Buffer[] = [];
          incoming.on('data', (part) => parts.push(part));
          incoming.on('error', ({ message }) => end(0, null, message));
          incoming.on('end', () => {
            const wait = incoming.headers['retry-after'];
            const text = Buffer.concat(parts).toString('utf8');
            end(incoming.statusCode ?? 0, wait === undefined ? null : Number(wait), text);
          });
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
      outgoing.on('error', ({ message }) => end(0, null, message));
      outgoing.end(sent);
    });
  };
  return { call, close: () => agent.destroy() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
