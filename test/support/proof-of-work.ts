import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/sha';
import type { Answer } from './app.ts';

/** What a 428 asks for, as another program solves it, not ours: the header `Proof-Of-Work`. */
export async function solveWork({ body }: Answer): Promise<string> {
  const solution = await solveChallenge({ challenge: body.challenge, deriveKey });
  return Buffer.from(JSON.stringify({ challenge: body.challenge, solution })).toString('base64url');
}

/** Sends a request and, if work is asked for it, does the work and sends it again. */
export async function withWork(
  send: (headers: Readonly<Record<string, string>>) => Promise<Answer>,
): Promise<Answer> {
  const answer = await send({});
  return answer.status === 428 ? send({ 'proof-of-work': await solveWork(answer) }) : answer;
}
