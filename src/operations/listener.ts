import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { httpOrigin } from '../kernel/http-origin.ts';

export type Page = Readonly<{ status: number; contentType: string; text: string }>;
export type Pages = Readonly<Record<string, () => Promise<Page>>>;

export type Listener = Readonly<{
  /** Resolves with the address. @throws when it is taken */
  listen(address: Readonly<{ host: string; port: number }>): Promise<string>;
  close(): Promise<void>;
}>;

const requestTimeoutMs = 5_000;
const headerLimitBytes = 8 * 1024;
const maxConnections = 32;

/** Serves a few pages to operators, apart from the public port. */
export function createListener(pages: Pages, log: Logger): Listener {
  const server = createServer(
    {
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      maxHeaderSize: headerLimitBytes,
    },
    (request, response) => {
      respond(pages, request, response).catch((err: unknown) => {
        log.warn({ err }, 'a page for operators failed');
        response.writeHead(500).end();
      });
    },
  );
  server.maxConnections = maxConnections;
  return {
    async listen({ host, port }) {
      server.listen(port, host);
      await once(server, 'listening');
      const { port: actual } = server.address() as AddressInfo;
      return httpOrigin(host, actual);
    },
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function respond(pages: Pages, { method, url }: IncomingMessage, response: ServerResponse) {
  const page = method === 'GET' && url !== undefined && Object.hasOwn(pages, url) ? pages[url] : undefined;
  if (!page) return void response.writeHead(404).end();
  const { status, contentType, text } = await page();
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
}
