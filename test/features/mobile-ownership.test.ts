import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { createInquiryOwnership } from '../../src/features/mobile-ownership/adapters/inquiry.ts';
import type { InsuranceNumber } from '../../src/kernel/insurance-number.ts';
import type { Mobile } from '../../src/kernel/mobile.ts';
import type { NationalCode } from '../../src/kernel/national-code.ts';
import { Secret } from '../../src/kernel/secret.ts';

const nationalCode = '0499370899' as NationalCode;
const mobile = '+989124370899' as Mobile;

const wires = {
  zohal: {
    path: '/api/v0/services/inquiry/shahkar',
    request: { mobile: '09124370899', national_code: nationalCode },
    answer: (matched: unknown) => ({ result: 1, response_body: { data: { matched } } }),
  },
  zibal: {
    path: '/v1/facility/shahkarInquiry',
    request: { mobile: '09124370899', nationalCode },
    answer: (matched: unknown) => ({ message: 'ok', result: 1, data: { matched } }),
  },
} as const;

for (const dialect of ['zohal', 'zibal'] as const) {
  t.test(`the ${dialect} inquiry`, async (t) => {
    const wire = wires[dialect];
    let respond = (_request: IncomingMessage, response: ServerResponse): void => void response.end();
    const seen: { path?: string | undefined; authorization?: string | undefined; body: unknown }[] = [];
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        seen.push({
          path: request.url,
          authorization: request.headers.authorization,
          body: JSON.parse(text),
        });
        respond(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => new Promise((resolve) => server.close(resolve)));
    t.teardown(() => server.closeAllConnections());
    const reasons: string[] = [];
    const ownership = createInquiryOwnership({
      dialect,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      token: new Secret('inquiry-token'),
      timeoutMilliseconds: 300,
      onUnavailable: (reason) => reasons.push(reason),
    });
    const answerWith = (status: number, body: string) => {
      respond = (_request, response) => void response.writeHead(status).end(body);
      return ownership.check({ kind: 'national-code', value: nationalCode }, mobile);
    };

    t.equal(await answerWith(200, JSON.stringify(wire.answer(true))), 'matched');
    t.same(seen[0], { path: wire.path, authorization: 'Bearer inquiry-token', body: wire.request });
    t.equal(await answerWith(200, JSON.stringify(wire.answer(false))), 'not-matched');

    for (const [name, status, body] of [
      ['another result', 200, JSON.stringify({ ...wire.answer(true), result: 6 })],
      ['a text for the verdict', 200, JSON.stringify(wire.answer('true'))],
      ['no verdict', 200, '{"result":1}'],
      ['null', 200, 'null'],
      ['not JSON', 200, '<html>'],
      ['refused', 401, JSON.stringify(wire.answer(true))],
      ['broken', 500, ''],
      ['a redirect', 302, ''],
    ] as const) {
      t.equal(await answerWith(status, body), 'unavailable', `${name} is not an answer`);
    }
    const long = JSON.stringify({ ...wire.answer(true), more: 'x'.repeat(64 * 1024) });
    t.equal(await answerWith(200, long), 'unavailable', 'nor is one that is too long');
    const asked = seen.length;
    t.ok(ownership.asksAbout('national-code'));
    t.notOk(ownership.asksAbout('insurance-number'), 'the inquiry knows national codes only');
    t.equal(
      await ownership.check(
        { kind: 'insurance-number', value: nationalCode as string as InsuranceNumber },
        mobile,
      ),
      'unavailable',
    );
    t.equal(seen.length, asked, 'the same digits are somebody else');
    respond = () => {};
    t.equal(
      await ownership.check({ kind: 'national-code', value: nationalCode }, mobile),
      'unavailable',
      'silence is not an answer',
    );
    respond = (request) => void request.socket.destroy();
    t.equal(
      await ownership.check({ kind: 'national-code', value: nationalCode }, mobile),
      'unavailable',
      'a broken connection is not an answer',
    );
    t.ok(reasons.length >= 10);
    t.notMatch(reasons.join(), /inquiry-token|0499370899|4370899/, 'reasons name nobody');
  });
}

t.test('an inquiry that fails without an end is hung up on at once', async (t) => {
  const closed = Promise.withResolvers<boolean>();
  const server = createServer((_request, response) => {
    response.on('close', () => closed.resolve(true));
    response.writeHead(500).write('x');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  t.teardown(() => server.closeAllConnections());
  const ownership = createInquiryOwnership({
    dialect: 'zohal',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: new Secret('inquiry-token'),
    timeoutMilliseconds: 60_000,
  });
  t.equal(await ownership.check({ kind: 'national-code', value: nationalCode }, mobile), 'unavailable');
  t.equal(await Promise.race([closed.promise, setTimeout(3_000, false, { ref: false })]), true);
});
