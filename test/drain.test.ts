import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import t from 'tap';
import { startTestService } from './support/app.ts';

/** A connection on which nothing has been said yet. */
async function openConnection(origin: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('utf8');
  });
  const answer = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, answer };
}

t.test('a service that ends serves what is under way and what still comes in beside it', async (t) => {
  const service = await startTestService(t);
  const blocker = new pg.Client({ connectionString: service.databaseUrl });
  await blocker.connect();
  await blocker.query('begin; lock table recovery in access exclusive mode');
  const [underWay, late] = await Promise.all([
    openConnection(service.origin),
    openConnection(service.origin),
  ]);
  const body = JSON.stringify({ nationalCode: '0499370899' });
  const length = `content-length: ${body.length}`;
  underWay.socket.write(
    `POST /v1/recoveries HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${length}\r\n\r\n${body}`,
  );
  await sleep(200);
  const closed = service.app.close();
  await sleep(50);
  late.socket.write('GET /v1/security-questions HTTP/1.1\r\nhost: x\r\n\r\n');
  const answer = await late.answer;
  t.match(answer, /^HTTP\/1\.1 200 /);
  t.match(answer, /^connection: close/im, 'and is asked to come elsewhere next time');
  await blocker.query('rollback');
  await blocker.end();
  t.match(await underWay.answer, /^HTTP\/1\.1 201 /);
  await closed;
  await t.rejects(fetch(`${service.origin}/livez`), 'nobody new is let in');
});
