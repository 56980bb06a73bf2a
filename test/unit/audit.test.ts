import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { savabegh } from '../support/command.ts';

/** The audit with an `npm` that prints a report. */
async function auditOf(t: Test, report: string, exitCode: number, ...options: string[]) {
  const folder = t.testdir({ npm: `#!/bin/sh\ncat "$0.json"\nexit ${exitCode}\n`, 'npm.json': report });
  await chmod(join(folder, 'npm'), 0o755);
  const { code, stdout, stderr } = await savabegh(['audit', ...options], {
    PATH: `${folder}:${process.env.PATH}`,
  });
  return { code, output: stdout + stderr };
}

t.test('a known weakness fails the audit', async (t) => {
  const weakness = { severity: 'high', range: '<1.0.1', fixAvailable: true };
  const { code, output } = await auditOf(t, JSON.stringify({ vulnerabilities: { leaky: weakness } }), 1);
  t.equal(code, 1);
  t.match(output, '1 weaknesses');
});

t.test('no weakness passes', async (t) => {
  t.equal((await auditOf(t, JSON.stringify({ vulnerabilities: {} }), 0)).code, 0);
});

t.test('a registry that does not answer is no finding, and is said', async (t) => {
  for (const report of ['null', JSON.stringify({ message: '405 Method Not Allowed' }), '', 'not JSON']) {
    const { code, output } = await auditOf(t, report, 1);
    t.equal(code, 0);
    t.match(output, 'NOT AUDITED');
    t.equal((await auditOf(t, report, 1, '--strict')).code, 1, 'a release waits for the answer');
  }
});
