import http, { createServer, type RequestListener } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import t, { type Test } from 'tap';
import { type Agents, createHttpClient, type HttpRequest } from '../../src/outgoing-http/http-client.ts';
import { localhostTls } from '../messaging/tls.ts';

/** Long enough for a busy machine. */
const patienceMs = 20_000;

async function startServer(t: Test, listener: RequestListener, tls?: typeof localhostTls): Promise<string> {
  const server = tls ? https.createServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${tls ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`;
}

function get(url: string, more: Partial<HttpRequest> = {}, agents?: Agents) {
  const client = createHttpClient(agents);
  return client
    .request({ method: 'GET', url, signal: AbortSignal.timeout(patienceMs), ...more })
    .finally(() => client.close());
}

t.test('what is answered comes with status and body, and what was sent has arrived', async (t) => {
  const url = await startServer(t, (request, response) => {
    request.setEncoding('utf8').on('data', (body) => {
      response.end(`${request.method} ${request.headers['content-length']} ${body}`);
    });
  });
  const { status, body } = { status: 0, body: '', ...(await get(url, { method: 'POST', body: 'بیمه' })) };
  t.equal(status, 200);
  t.equal(body.toString(), 'POST 8 بیمه');
});

t.test('a request that never left is told from one that did', async (t) => {
  const gone = await startServer(t, () => {});
  const reset = await startServer(t, (request) => void request.socket.destroy());
  const half = await startServer(t, (_request, response) => {
    response.writeHead(200, { 'content-length': '500' });
    response.write('{', () => response.socket?.destroy());
  });
  const distrusted = await startServer(t, () => t.fail('nothing arrives'), localhostTls);
  const givesUp = new AbortController();
  const silent = await startServer(t, () => givesUp.abort());
  const cases: readonly [string, ReturnType<typeof get>, string | RegExp, boolean][] = [
    ['nobody listens', get('http://127.0.0.1:1'), 'ECONNREFUSED', false],
    ['no such host', get('http://nowhere.invalid'), /^(ENOTFOUND|EAI_AGAIN)$/, false],
    ['no TLS there', get(gone.replace('http:', 'https:')), /./, false],
    ['a certificate that nobody trusts', get(distrusted), 'DEPTH_ZERO_SELF_SIGNED_CERT', false],
    ['given up before it began', get(gone, { signal: AbortSignal.abort() }), 'timeout', false],
    ['silence', get(silent, { signal: givesUp.signal }), 'timeout', true],
    ['a broken connection', get(reset), 'ECONNRESET', true],
    ['half a response', get(half), 'ECONNRESET', true],
  ];
  for (const [name, outcome, failure, hasLeft] of cases) t.match(await outcome, { failure, hasLeft }, name);
});

t.test('what can be no request at all is a failure by its code, which shows no key', async (t) => {
  const url = await startServer(t, () => t.fail('nothing arrives'));
  const outcomes = [
    await get(url, { headers: { authorization: 'Bearer of-us\r\nx: y' } }),
    await get('no address'),
    await get('ftp://of-us@localhost/'),
  ];
  for (const outcome of outcomes) {
    t.match(outcome, { failure: /^[A-Z_]+$/, hasLeft: false });
    t.notMatch(JSON.stringify(outcome), /of-us/);
  }
});

t.test('on a connection that is used again, a request without an answer counts as left', async (t) => {
  const connections = new Set<Socket>();
  let served = 0;
  const url = await startServer(t, ({ socket }, response) => {
    connections.add(socket);
    served += 1;
    if (served === 1) response.end('x');
    else socket.destroy();
  });
  const client = createHttpClient();
  t.teardown(() => client.close());
  const ask = () => client.request({ method: 'GET', url, signal: AbortSignal.timeout(patienceMs) });
  t.match(await ask(), { status: 200 });
  t.match(await ask(), { failure: 'ECONNRESET', hasLeft: true });
  t.equal(connections.size, 1, 'it was used again');
});

t.test('redirects are not followed, responses are bounded, errors hung up on unless wanted', async (t) => {
  let asked = 0;
  const url = await startServer(t, (request, response) => {
    asked += 1;
    if (request.url === '/redirect') response.writeHead(302, { location: '/' }).end();
    else response.writeHead(request.url === '/error' ? 500 : 200).end('x'.repeat(1_000));
  });
  t.match(await get(`${url}/redirect`), { status: 302 });
  t.equal(asked, 1);
  const read = async (path: string, more: Partial<HttpRequest>) => {
    const outcome = await get(`${url}${path}`, more);
    return 'status' in outcome ? [outcome.status, outcome.body.length] : outcome;
  };
  t.same(await read('/', { maxResponseBytes: 1_000 }), [200, 1_000]);
  t.same(await read('/', { maxResponseBytes: 999 }), { failure: 'response-too-large', hasLeft: true });
  t.same(await read('/error', {}), [500, 0]);
  t.same(await read('/error', { readsErrorBodies: true }), [500, 1_000]);
});

t.test('agents can be given: for certificates of one’s own, say', async (t) => {
  const url = await startServer(t, (_request, response) => void response.end('trusted'), localhostTls);
  const agents = { http: new http.Agent(), https: new https.Agent({ ca: localhostTls.cert }) };
  const { body } = { body: '', ...(await get(url, {}, agents)) };
  t.equal(body.toString(), 'trusted');
});
