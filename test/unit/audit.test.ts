import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';

const script = fileURLToPath(new URL('../support/audit.ts', import.meta.url));

/** The audit with an `npm` that prints a report. */
function auditOf(t: Test, report: string, exitCode: number) {
  const folder = t.testdir({ 'report.json': report });
  const npm = `#!/bin/sh\ncat ${folder}/report.json\nexit ${exitCode}\n`;
  const path = t.testdir({ 'report.json': report, npm });
  return new Promise<{ code: number; output: string }>((resolve) => {
    const env = { ...process.env, PATH: `${path}:${process.env.PATH}` };
    execFile('/bin/sh', ['-c', `chmod +x ${path}/npm; exec '${process.execPath}' ${script}`], { env })
      .once('error', () => {})
      .once('close', (code) => resolve({ code: code ?? 1, output }))
      .stdout?.on('data', (chunk) => {
        output += chunk;
      });
    let output = '';
  });
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
  for (const report of [JSON.stringify({ message: '405 Method Not Allowed' }), '', 'not JSON']) {
    const { code, output } = await auditOf(t, report, 1);
    t.equal(code, 0);
    t.match(output, 'not audited');
  }
});
