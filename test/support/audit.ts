import { spawnSync } from 'node:child_process';

/**
 * `npm run audit`: fails when a production dependency has a known weakness. Where the registry does not answer
 * the question (a mirror without advisories, no network) it says so and passes: that is no finding.
 */
type Report = Readonly<{
  error?: unknown;
  message?: string;
  vulnerabilities?: Readonly<
    Record<string, Readonly<{ severity: string; range: string; fixAvailable: unknown }>>
  >;
}>;

const { stdout, status } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  timeout: 60_000,
});

function reportOf(text: string | null): Report {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return {};
  }
}

const { vulnerabilities, message } = reportOf(stdout);
if (vulnerabilities === undefined) {
  console.log(`not audited: ${message ?? `npm audit gave no report (exit code ${status})`}`);
} else {
  const found = Object.entries(vulnerabilities);
  for (const [name, { severity, range, fixAvailable }] of found) {
    console.error(`${severity}: ${name} ${range}${fixAvailable ? ' (npm audit fix)' : ''}`);
  }
  console.log(`${found.length} weaknesses in production dependencies`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
