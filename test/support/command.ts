import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The one entry of every command, the service and the worker. */
export const entry = fileURLToPath(new URL('../../bin/savabegh.js', import.meta.url));

export type Outcome = Readonly<{ code: number; stdout: string; stderr: string }>;

/** Runs `savabegh …args` as an operator would, in an environment of its own. */
export async function savabegh(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Outcome> {
  const env = { PATH: process.env.PATH ?? '', ...environment };
  try {
    const child = promisify(execFile)(process.execPath, [entry, ...args], { env });
    // Nobody is there to be asked.
    child.child.stdin?.end();
    return { code: 0, ...(await child) };
  } catch (error) {
    const { code, stdout, stderr } = error as Outcome;
    return { code, stdout, stderr };
  }
}
