import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { officer } from '../support/officers.ts';
import { contract, folder, installPython, run, timed } from './tools.ts';

const cwd = folder('schemathesis');
/** Longer runs by hand, up to the ten minutes that a token lives: `SCHEMATHESIS_SECONDS=540 npm run test:clients -- test/foreign-clients/schemathesis.clients.ts`. */
const seconds = Number(process.env.SCHEMATHESIS_SECONDS ?? 120);

type Verdict = Readonly<{
  seed: number;
  operations: { selected: number; tested: number };
  test_cases: { generated: number };
  failures: readonly { title: string; count: number; operations: readonly string[] }[];
  errors: readonly { title: string }[];
}>;

t.test('schemathesis, as a person, as a machine client and as nobody', async (t) => {
  const programs = await timed(t, 'install', () => installPython(cwd));
  const service = await startTestService(t);
  // Somebody with an account who is an officer of a branch too, so that those operations are reached.
  const { token: accessToken } = await officer(service);
  const { clientId, secret, token } = await machineClient(service, [
    'employer-lists:read',
    'employer-lists:write',
  ]);
  const reports = await mkdtemp(join(tmpdir(), 'savabegh-schemathesis-'));
  t.teardown(() => rm(reports, { recursive: true, force: true }));
  const verdictFile = join(reports, 'verdict.json');
  const environment = {
    ACCESS_TOKEN: accessToken,
    CLIENT_ID: clientId,
    CLIENT_SECRET: secret,
    MACHINE_TOKEN: await token(),
  };
  const args = ['--config-file', 'schemathesis.toml', 'run', contract, '--url', service.origin];
  args.push('--max-time', String(seconds), '--report-json-path', verdictFile, '--no-color');
  const output = await timed(t, 'run', () =>
    run({ command: `${programs}/schemathesis`, args, cwd }, { environment, exitCodes: [1] }),
  );
  const verdict: Verdict = JSON.parse(await readFile(verdictFile, 'utf8'));
  t.comment(
    `${verdict.test_cases.generated} requests, ${verdict.operations.tested} operations, seed ${verdict.seed}`,
  );
  await writeFile(`${cwd}last-run.log`, output);
  t.same([verdict.failures, verdict.errors], [[], []], 'each with its request in schemathesis/last-run.log');
  t.equal(verdict.operations.tested, verdict.operations.selected);
});
