import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** The code that no client has heard of. */
export const codeOfNextYear = 'code-of-next-year';

/**
 * The same service as it may be next year: every object of an answer has one member more, and every problem another code.
 * Clients that were generated today have to bear both. Returns the address.
 */
export async function startServiceOfNextYear(t: Test, origin: string): Promise<string> {
  const server: Server = createServer(async (request, response) => {
    try {
      const answer = await forward(request, origin);
      const type = answer.headers.get('content-type') ?? '';
      const text = await answer.text();
      response.writeHead(answer.status, { 'content-type': type });
      response.end(type.includes('json') ? JSON.stringify(toNextYear(JSON.parse(text))) : text);
    } catch (error) {
      response.writeHead(502, { 'content-type': 'text/plain' }).end(String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function forward(request: IncomingMessage, origin: string): Promise<Response> {
  const body: Buffer[] = await request.toArray();
  const { authorization, 'content-type': contentType, accept } = request.headers;
  return fetch(`${origin}${request.url}`, {
    method: request.method ?? 'GET',
    headers: {
      ...(authorization && { authorization }),
      ...(contentType && { 'content-type': contentType }),
      ...(accept && { accept }),
    },
    ...(body.length > 0 && { body: Buffer.concat(body) }),
  });
}

function toNextYear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toNextYear);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, toNextYear(member)] as const);
  const object = { ...Object.fromEntries(members), sinceNextYear: { list: [1, null] } };
  return 'code' in object && 'requestId' in object ? { ...object, code: codeOfNextYear } : object;
}
