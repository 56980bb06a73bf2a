import { connect, type Socket } from 'node:net';
import t from 'tap';
import { startTestService } from '../support/app.ts';

const service = await startTestService(t, {
  overrides: {
    background: false,
    serverLimits: {
      headTime: 300,
      requestTime: 600,
      idle: 200,
      silence: 1_500,
      lookout: 50,
      connections: 20,
    },
  },
});
const port = Number(new URL(service.origin).port);

type Outcome = Readonly<{ text: string; milliseconds: number }>;

/** A connection, and what was said on it once the service has closed it. */
function open(): { socket: Socket; outcome: Promise<Outcome> } {
  const socket = connect(port, '127.0.0.1');
  const started = performance.now();
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  // Being reset is one way of being cut off.
  socket.on('error', () => {});
  const outcome = new Promise<Outcome>((resolve) => {
    socket.on('close', () => resolve({ text, milliseconds: performance.now() - started }));
  });
  return { socket, outcome };
}

/** Sends `head`, then a byte every 50 ms, until the service has had enough. */
async function dribble(head: string): Promise<Outcome> {
  const { socket, outcome } = open();
  socket.write(head);
  const timer = setInterval(() => socket.write('x'), 50);
  return outcome.finally(() => clearInterval(timer));
}

/** Answers to requests that are all sent at once. */
async function talk(requests: number): Promise<string> {
  const { socket, outcome } = open();
  for (let n = 0; n < requests; n += 1) socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  return (await outcome).text;
}

t.test('who sends a head byte by byte is cut off', async (t) => {
  const { text, milliseconds } = await dribble('GET /livez HTTP/1.1\r\nX-Slow: ');
  t.match(text, /^HTTP\/1\.1 408 /);
  t.ok(milliseconds < 2_000, `after ${milliseconds} ms`);
});

t.test('who sends a body byte by byte is cut off', async (t) => {
  const head =
    'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n';
  const { text, milliseconds } = await dribble(head);
  t.match(text, /^(HTTP\/1\.1 408 |$)/);
  t.ok(milliseconds >= 500 && milliseconds < 3_000, `after ${milliseconds} ms`);
});

t.test('who connects and says nothing, or nothing more, is let go', async (t) => {
  const { text, milliseconds } = await open().outcome;
  t.match(text, /^(HTTP\/1\.1 408 |$)/);
  t.ok(milliseconds < 5_000, `after ${milliseconds} ms`);
  t.match(await talk(1), /^HTTP\/1\.1 200 /);
});

t.test('connections beyond the limit are not taken, and others are served again afterwards', async (t) => {
  let closed = 0;
  const connections = Array.from({ length: 30 }, open);
  for (const { outcome } of connections) {
    void outcome.then(() => {
      closed += 1;
    });
  }
  // Long before anybody is let go for being silent.
  for (let waited = 0; closed < 10 && waited < 1_000; waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.ok(closed >= 10, `${closed} were turned away`);
  for (const { socket } of connections) socket.destroy();
  await Promise.all(connections.map(({ outcome }) => outcome));
  t.equal((await service.get('/livez')).status, 200);
});

t.test('an answer does not say what it was made with', async (t) => {
  for (const path of ['/livez', '/nothing', '/docs/']) {
    const { headers } = await service.get(path);
    t.notOk(headers.has('server') || headers.has('x-powered-by'), path);
  }
});

t.test('what is no request is refused as a problem in both languages', async (t) => {
  const refusals = {
    'GET nothing HTTP/9.9\r\n: \r\n\r\n': 400,
    'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n': 400,
    'GET / HTTP/1.1\r\nHost: x\r\nb ad: x\r\n\r\n': 400,
    [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`]: 431,
    'POST /v1/sessions HTTP/1.1\r\nHost: x\r\n': 408,
  };
  for (const [sent, status] of Object.entries(refusals)) {
    const { socket, outcome } = open();
    socket.write(sent);
    const { text } = await outcome;
    const [head = '', body = ''] = text.split('\r\n\r\n');
    t.match(head, new RegExp(`^HTTP/1\\.1 ${status} `), sent.slice(0, 30));
    t.match(head, /Content-Type: application\/problem\+json/);
    t.match(JSON.parse(body), {
      type: '/problems/malformed-request',
      code: 'malformed-request',
      status,
      title: 'درخواست خوانده نشد · The request could not be read',
      detail: /^درخواست .* · The request is/,
      requestId: /^[0-9a-f-]{36}$/,
    });
    t.equal(Number(/content-length: (\d+)/i.exec(head)?.[1]), Buffer.byteLength(body));
  }
});
