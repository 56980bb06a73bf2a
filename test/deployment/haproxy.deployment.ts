import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import t from 'tap';
import { commonProblems } from '../../src/kernel/problem.ts';
import { startTestService } from '../support/app.ts';
import { deployFolder, freePort, haproxySaysErrorFiles, startHaproxy } from './programs.ts';

const forwardedFor = { 'x-forwarded-for': '203.0.113.7' };

t.test('the balancer sends to who is ready, and says itself when nobody is', async (t) => {
  const service = await startTestService(t, {
    environment: { TRUSTED_PROXIES: '127.0.0.1', REQUESTS_PER_MINUTE: '6' },
  });
  const balancer = await startHaproxy([Number(new URL(service.origin).port), await freePort()]);
  t.teardown(() => balancer.stop());
  const origin = `http://127.0.0.1:${balancer.port}`;
  const get = (path: string) => fetch(`${origin}${path}`, { headers: forwardedFor });

  await t.test('a replica that is not there is noticed by nobody', async (t) => {
    for (let index = 0; index < 6; index += 1) t.equal((await get('/v1/security-questions')).status, 200);
  });

  await t.test('what a client writes into X-Forwarded-For is worth nothing', async (t) => {
    const other = await fetch(`${origin}/v1/security-questions`, {
      headers: { 'x-forwarded-for': '198.51.100.1' },
    });
    t.equal(other.status, 429, 'it counts as the same network');
    await other.text();
  });

  await t.test('pages for operators are not for clients', async (t) => {
    for (const path of ['/readyz', '/livez', '/metrics', '/health']) {
      const answer = await get(path);
      t.equal(answer.status, 404, path);
      t.match(await answer.json(), {
        code: 'not-found',
        status: 404,
        title: /صفحه.*nothing at this address/,
      });
    }
  });

  await t.test('nobody is ready: a problem like those of the service', async (t) => {
    await service.app.close();
    const answer = await get('/v1/security-questions');
    t.equal(answer.status, 503);
    t.equal(answer.headers.get('content-type'), 'application/problem+json');
    t.equal(answer.headers.get('retry-after'), '1');
    t.match(await answer.json(), {
      type: 'http://savabegh.test/problems/busy',
      code: 'busy',
      status: 503,
      title: 'سامانه شلوغ است · The service is busy',
      detail: /دوباره تلاش کنید\. · This cannot be done right now/,
      requestId: /^[0-9a-f-]{36}$/,
      retryAfterSeconds: 1,
    });
  });
});

/** What comes back on a connection for what is no request, until it is closed. */
async function answerTo(port: number, sent: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(sent);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

t.test(
  'what the balancer says itself is a problem of the catalogue in both languages, whatever it is',
  async (t) => {
    const balancer = await startHaproxy([await freePort(), await freePort()]);
    t.teardown(() => balancer.stop());
    const refusals = {
      400: 'GET nothing HTTP/9.9\r\n: \r\n\r\n',
      404: 'GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      // A client that never ends what it began.
      408: 'POST /v1/sessions HTTP/1.1\r\nHost: a\r\n',
      503: 'GET /v1/security-questions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    };
    const answers = await Promise.all(
      Object.entries(refusals).map(async ([status, sent]) => ({
        status: Number(status),
        answer: await answerTo(balancer.port, sent),
      })),
    );
    const checkProblem = (status: number, answer: string) => {
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      t.match(head, new RegExp(`^HTTP/1\\.1 ${status} `));
      t.match(head, /content-type: application\/problem\+json/i);
      t.match(head, /cache-control: no-store/i);
      const problem = JSON.parse(body);
      t.equal(problem.status, status);
      const kind = Object.values(commonProblems).find(({ code }) => code === problem.code);
      t.ok(kind, `${problem.code} is in the catalogue`);
      t.equal(problem.title, `${kind?.title.fa} · ${kind?.title.en}`);
      t.match(problem.detail, /^[\u0600-\u06FF].* · [A-Z]/, 'a sentence in each language');
      t.match(problem.requestId, /^(-|[0-9a-f-]{36})$/);
    };
    const saysErrorFiles = await haproxySaysErrorFiles();
    for (const { status, answer } of answers) {
      const isRequest = ![400, 408].includes(status);
      if (isRequest || saysErrorFiles) checkProblem(status, answer);
      else t.match(answer, `HTTP/1.1 ${status} `, 'an older HAProxy has its own words there');
    }
    const file = await readFile(new URL('haproxy/haproxy.cfg', deployFolder), 'utf8');
    for (const status of [404, 500, 502, 503, 504]) {
      t.match(file, `http-error status ${status} content-type application/problem+json`);
    }
    for (const status of [400, 408, 501]) {
      t.match(file, `errorfile ${status} errors/${status}.http`);
      const [head = '', body = ''] = (
        await readFile(new URL(`haproxy/errors/${status}.http`, deployFolder), 'utf8')
      ).split('\n\n');
      checkProblem(status, `${head.replaceAll('\n', '\r\n')}\r\n\r\n${body}`);
    }
  },
);

t.test(
  'behind a front that is named every client is a network of its own, and nobody else names clients',
  async (t) => {
    const [front, stranger] = ['127.0.0.5', '127.0.0.6'];
    const service = await startTestService(t, {
      environment: { TRUSTED_PROXIES: `127.0.0.1,${front}`, REQUESTS_PER_MINUTE: '3' },
    });
    const replica = Number(new URL(service.origin).port);
    const balancer = await startHaproxy([replica, replica], front);
    t.teardown(() => balancer.stop());
    /** What a front at that address passes on; the status. */
    const ask = async (localAddress: string, forwarded: string | string[]) => {
      const outgoing = request({
        host: '127.0.0.1',
        port: balancer.port,
        path: '/v1/security-questions',
        localAddress,
        agent: false,
        headers: { 'x-forwarded-for': forwarded },
      }).end();
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
      incoming.resume();
      return incoming.statusCode;
    };
    const times = async (
      count: number,
      localAddress: string,
      forwarded: (index: number) => string | string[],
    ) => {
      const statuses: (number | undefined)[] = [];
      for (let index = 0; index < count; index += 1) statuses.push(await ask(localAddress, forwarded(index)));
      return statuses;
    };

    const everybody = await times(6, front, (index) => `198.51.100.${index}`);
    t.same(new Set(everybody), new Set([200]), 'six clients behind the front');
    const forged = await times(4, front, (index) => `203.0.113.${index}, 192.0.2.7`);
    t.same(
      forged,
      [200, 200, 200, 429],
      'what the client wrote before the front added it counts for nothing',
    );
    t.equal(await ask(front, ['203.0.113.77', '192.0.2.7']), 429, 'nor as a line of its own');
    const strange = await times(4, stranger, (index) => `198.51.100.${100 + index}`);
    t.same(strange, [200, 200, 200, 429], 'somebody else who writes the header is one network');
    t.equal(await ask(front, stranger), 429, 'the same one');
  },
);

t.test('its settings have no warnings, with a front and without', async (t) => {
  const file = new URL('../../deploy/haproxy/haproxy.cfg', import.meta.url).pathname;
  for (const front of [undefined, '', '10.0.0.0/8']) {
    const env = {
      PATH: `${process.env.PATH}:/usr/sbin`,
      PUBLIC_URL: 'https://savabegh.example',
      ...(front !== undefined && { FRONT_PROXY: front }),
    };
    // Rejects where it is not valid; newer versions do not say that it is.
    const { stderr } = await promisify(execFile)('haproxy', ['-c', '-f', file], { env });
    // Names that only compose knows are no fault of the file.
    const warnings = stderr
      .split('\n')
      .filter((line) => /WARNING/.test(line) && !/could not resolve/.test(line));
    t.same(warnings, []);
  }
});
