import { createInterface } from 'node:readline/promises';

/** What the programs of this folder have in common: what a person knows, and how they say what they saw. */

const lines = createInterface({ input: process.stdin });

export function env(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** What the person reads in the newest message. */
export async function askForCode(): Promise<string> {
  console.log('code?');
  return lines.question('');
}

/** Nothing more will be asked; until then the program does not end by itself. */
export const leave = () => lines.close();

/** Of an answer what was expected. @throws {Error} with what came instead */
export function expect<Expected>(expected: Expected | undefined, instead?: unknown): Expected {
  if (expected === undefined) throw new Error(`something else was expected: ${JSON.stringify(instead)}`);
  return expected;
}

export const memories = ['باغچهٔ آجری', 'کوچهٔ یاس', 'دوچرخهٔ قرمز'] as const;

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export const basic = (secret: string) => ({
  authorization: `Basic ${Buffer.from(`${env('CLIENT_ID')}:${secret}`).toString('base64')}`,
});
