import { spawnSync } from 'node:child_process';
import t from 'tap';
import { startTestService, type TestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { type Person, signIn, signUp } from '../support/journey.ts';

const service = await startTestService(t);

/** The lines that requests leave behind, once as many as expected are there. */
async function linesOf(on: TestService, route: string, count: number) {
  for (;;) {
    const lines = on.logLines.map((line) => JSON.parse(line)).filter((line) => line.route === route);
    if (lines.length >= count) return lines;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const summary = '/v1/me/insurance-records/summary';

async function look(on: TestService, person: Person): Promise<void> {
  const { body } = await signIn(service, person);
  await on.get(summary, { token: body.accessToken });
}

t.test('a line says who was signed in, the same on every replica, without naming anybody', async (t) => {
  const [zahra, ali] = [await signUp(service), await signUp(service)];
  const replica = await service.replica();
  await look(service, zahra);
  await look(service, zahra);
  await look(replica, zahra);
  await look(service, ali);

  const here = (await linesOf(service, summary, 3)).map(({ actor }) => actor);
  const there = (await linesOf(replica, summary, 1)).map(({ actor }) => actor);
  t.match(here[0], /^[\w-]{12}$/);
  t.equal(here[1], here[0]);
  t.equal(there[0], here[0]);
  t.not(here[2], here[0]);

  const accounts = await service.db.selectFrom('account').select(['id', 'mobile']).execute();
  for (const { id, mobile } of accounts) {
    t.notMatch(service.logLines.join(''), id);
    t.notMatch(service.logLines.join(''), mobile?.slice(3) ?? 'no mobile');
  }
});

t.test('a machine client is told apart as well', async (t) => {
  const client = await machineClient(service, ['employer-lists:read']);
  await service.get('/v1/employer-lists/0198a1b2-0000-7000-8000-000000000001', {
    token: await client.token(),
  });
  const [line] = await linesOf(service, '/v1/employer-lists/:id', 1);
  t.match(line, { status: 404, actor: /^[\w-]{12}$/ });
});

t.test('where nobody is signed in, nobody is said to be; what went wrong is said by its code', async (t) => {
  await service.get('/v1/password-policy');
  t.notOk('actor' in (await linesOf(service, '/v1/password-policy', 1))[0]);
  t.notOk('problem' in (await linesOf(service, '/v1/password-policy', 1))[0]);
  await service.get('/v1/me/activity', { token: 'x.y.z' });
  const [refused] = await linesOf(service, '/v1/me/activity', 1);
  t.match(refused, { status: 401, problem: 'not-authenticated' });
  t.notOk('actor' in refused);
});

t.test('where no terminal reads them, lines are JSON in development too', async (t) => {
  const logger = new URL('../../src/composition/logger.ts', import.meta.url).href;
  const script = `
    const { createLogger } = await import('${logger}');
    createLogger({ level: 'info', pretty: true }).info({ route: '/x' }, 'request');`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script]);
  t.match(JSON.parse(stdout.toString()), { route: '/x', msg: 'request' });
});
