import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { findDataFolder } from '../../src/development/data-folder.ts';
import { findDevelopmentSecrets } from '../../src/development/secrets.ts';
import { entry, savabegh } from '../support/command.ts';

/** What a newcomer meets: `npm start` where nothing is yet. */

type Service = Readonly<{
  child: ChildProcess;
  said(): string;
  origin(): string;
  stop(): Promise<number | null>;
}>;

async function serve(t: Test, environment: Readonly<Record<string, string>>): Promise<Service> {
  const child = spawn(process.execPath, [entry, 'serve'], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', LOG_LEVEL: 'error', ...environment },
  });
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', () => said.includes('Savabegh is ready') && resolve());
  });
  await Promise.race([ready, ended]);
  return {
    child,
    said: () => said,
    origin: () => /Guide: +(http:\S+)\/docs\/guide/.exec(said)?.[1] ?? '',
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

async function freshFolder(t: Test): Promise<string> {
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'savabegh-first-')));
  const folder = join(scratch, 'data');
  t.teardown(async () => {
    const data = await findDataFolder(folder);
    if (data) await rm(data, { recursive: true, force: true });
    await rm(scratch, { recursive: true, force: true });
  });
  return folder;
}

t.test('the first start says what it does, leads on, and is found by the demo and by reset', async (t) => {
  const folder = await freshFolder(t);
  const environment = { DATA_DIRECTORY: folder, REQUESTS_PER_MINUTE: '100000' };
  t.match(await savabegh(['reset', '--yes'], environment), { code: 0, stdout: /nothing to remove/ });
  const service = await serve(t, { ...environment, PASSWORD_COTS: '12' });
  const said = service.said();
  t.match(said, /^PASSWORD_COTS is no setting; is PASSWORD_COST meant\?$/m);
  const order = [
    'Savabegh is starting',
    'making a new database',
    /applying \d+ migrations/,
    'importing sample lists: 0 of',
    'سامانهٔ سوابق آماده است',
    'Savabegh is ready',
  ].map((step) => said.search(step));
  t.notOk(order.includes(-1), said);
  t.same(
    order,
    order.toSorted((a, b) => a - b),
  );
  t.notMatch(said, 'WARNING', 'nobody else reaches it');
  const front = await fetch(service.origin(), { redirect: 'manual' });
  t.equal(front.status, 200);
  t.match(await front.text(), '<div id="app">', 'the pages for people');
  t.equal((await fetch(`${service.origin()}/docs/guide`)).status, 200);

  const demo = await savabegh(['demo'], environment);
  t.equal(demo.code, 0, demo.stderr);
  t.match(demo.stdout, `Using the service at ${service.origin()}`);
  t.match(demo.stdout, 'Every step held.');

  t.match(await savabegh(['reset', '--yes'], environment), {
    code: 1,
    stderr: /in use by process \d+: stop it/,
  });
  t.equal(await service.stop(), 0);
  const data = (await findDataFolder(folder)) ?? '';
  const secrets = await findDevelopmentSecrets(folder);
  t.equal(dirname(secrets?.file ?? ''), data, 'secrets lie with the database');
  t.ok(existsSync(join(data, 'postgres')));
  t.notOk(existsSync(join(data, 'service.json')), 'nothing runs any more');

  t.equal((await stat(folder)).mode & 0o077, 0, 'nobody else looks into it');
  const listed = (await savabegh(['reset', '--dry-run'], environment)).stdout.trim().split('\n');
  t.match(listed.shift(), 'would be removed:');
  t.equal(new Set(listed.map((path) => path.replace(/^ +/, ''))).size, 3, listed.join());
  t.equal(listed.length, 3, 'each once');
  t.ok(existsSync(join(data, 'postgres')));
  t.match(await savabegh(['reset', '--yes'], environment), { code: 0, stdout: /\nremoved\n$/ });
  t.notOk(existsSync(join(data, 'postgres')));
  t.equal(await findDevelopmentSecrets(folder), null);
});

t.test('a service that everybody reaches says so, and prints an address that works', async (t) => {
  const service = await serve(t, { DATA_DIRECTORY: await freshFolder(t), HOST: '0.0.0.0' });
  t.match(service.said(), /WARNING: everybody on this network.* sees the inbox/);
  t.match(service.said(), 'هشدار');
  t.match(service.origin(), /^http:\/\/127\.0\.0\.1:\d+$/);
  t.equal((await fetch(`${service.origin()}/readyz`)).status, 200);
  t.equal(await service.stop(), 0);
});

t.test('an address that cannot be listened on is one sentence', async (t) => {
  const folder = await freshFolder(t);
  for (const [host, sentence] of [
    ['nowhere.invalid', /^nowhere\.invalid is no address and no name that is known here; look at HOST/m],
    ['203.0.113.7', /^203\.0\.113\.7 is not an address of this machine; set HOST to one that is\.$/m],
  ] as const) {
    const service = await serve(t, { DATA_DIRECTORY: folder, HOST: host });
    t.match(service.said(), sentence);
    t.notMatch(service.said(), /\n +at /);
    t.equal(await service.stop(), 1);
  }
});
