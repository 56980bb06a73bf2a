import { spawnSync } from 'node:child_process';
import { type Command, defineAction, exitCodes } from './command.ts';

const timeoutMs = 60_000;

type Report = Readonly<{
  message?: string;
  vulnerabilities?: Readonly<
    Record<string, Readonly<{ severity: string; range: string; fixAvailable: unknown }>>
  >;
}>;

function toReport(text: string | null): Report {
  try {
    return JSON.parse(text ?? '') ?? {};
  } catch {
    return {};
  }
}

const audit = defineAction({
  summary:
    'fails on known weaknesses of production dependencies (npm audit --omit=dev). Where the registry answers no audit it says so and passes: that is no finding.',
  options: { strict: { describe: 'for releases: fails as well where the registry answers no audit' } },
  async run({ options: { strict } }) {
    const { stdout, status } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
      encoding: 'utf8',
      timeout: timeoutMs,
    });
    const { vulnerabilities, message } = toReport(stdout);
    if (vulnerabilities === undefined) {
      console.error(`NOT AUDITED: ${message ?? `npm audit gave no report (exit code ${status})`}`);
      return strict ? exitCodes.failed : exitCodes.done;
    }
    const found = Object.entries(vulnerabilities);
    for (const [name, { severity, range, fixAvailable }] of found) {
      console.error(`${severity}: ${name} ${range}${fixAvailable ? ' (npm audit fix)' : ''}`);
    }
    console.log(`${found.length} weaknesses in production dependencies`);
    return found.length > 0 ? exitCodes.failed : exitCodes.done;
  },
});

export const command: Command = { actions: { '': audit } };
