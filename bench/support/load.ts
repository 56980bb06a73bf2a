import { connect, type Socket } from 'node:net';

export type Load = Readonly<{
  origin: string;
  /** Connections, each with one request under way. */
  connections: number;
  seconds: number;
  /** The n-th request, as it goes over the wire. */
  request: (n: number) => string;
  /** Statuses that count; any other ends the run. */
  statuses?: readonly number[];
}>;

export type LoadResult = Readonly<{ requests: number; perSecond: number; p50: number; p99: number }>;

export function get(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\nHost: bench\r\n${lines.join('')}\r\n`;
}

/**
 * Keep-alive load over plain sockets: a client library would cost as much as what it measures. Latencies are
 * in milliseconds.
 */
export async function load({
  origin,
  connections,
  seconds,
  request,
  statuses = [200],
}: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(origin);
  const latencies: number[] = [];
  const end = performance.now() + seconds * 1000;
  let sent = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      const exchange = exchanges(socket, statuses);
      while (performance.now() < end) {
        const from = performance.now();
        await exchange(request(sent++));
        latencies.push(performance.now() - from);
      }
      socket.destroy();
    }),
  );
  const elapsed = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? 0;
  const requests = latencies.length;
  return { requests, perSecond: requests / elapsed, p50: at(0.5), p99: at(0.99) };
}

/** Sends one request after the other on a socket; each resolves when its whole answer has arrived. */
function exchanges(socket: Socket, statuses: readonly number[]): (request: string) => Promise<void> {
  let waiting = Promise.withResolvers<void>();
  let head: Buffer | null = null;
  let missing = 0;
  const fail = (error: Error) => waiting.reject(error);
  socket.on('error', fail).on('close', () => fail(new Error('the server closed the connection')));
  socket.on('data', (chunk: Buffer) => {
    if (missing > 0) missing -= chunk.length;
    else {
      head = head ? Buffer.concat([head, chunk]) : chunk;
      const headEnd = head.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const text = head.toString('latin1', 0, headEnd);
      if (!statuses.includes(Number(text.slice(9, 12)))) return fail(new Error(head.toString()));
      missing = headEnd + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0) - head.length;
      head = null;
    }
    if (missing === 0) waiting.resolve();
  });
  return (request) => {
    waiting = Promise.withResolvers();
    socket.write(request);
    return waiting.promise;
  };
}
