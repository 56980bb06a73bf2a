import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type ReceivedRequest = Readonly<{
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}>;

export type Reaction = (response: ServerResponse, request: ReceivedRequest) => void;

/** A provider's server on this machine: keeps what it receives and reacts as it is told to. */
export async function startHttpServer() {
  const received: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  let react: Reaction = (response) => response.end();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const entry = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      received.push(entry);
      react(response, entry);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    reactWith(reaction: Reaction) {
      received.length = 0;
      react = reaction;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(status: number, body: unknown): Reaction {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}

export const reactions = {
  /** Takes the request and never answers. */
  hang: (() => {}) as Reaction,
  reset: ((response) => response.socket?.destroy()) as Reaction,
  /** Answers half and breaks off. */
  breakOff: ((response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
    response.write('{"return":', () => response.socket?.destroy());
  }) as Reaction,
  malformed: ((response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"return":{"status":');
  }) as Reaction,
  html: ((response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html><body>Maintenance</body></html>');
  }) as Reaction,
  huge: ((response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ padding: 'x'.repeat(200_000) }));
  }) as Reaction,
  redirect: ((response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:9/elsewhere' });
    response.end();
  }) as Reaction,
};
