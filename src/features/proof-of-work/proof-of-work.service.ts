import { randomInt } from 'node:crypto';
import { type Challenge, createChallenge, type Payload, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/sha';
import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { equalInConstantTime, type Keyring, type Mac } from '../../kernel/keyring.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Quota, Quotas } from '../quotas/quotas.ts';
import { type ProofOfWork, proofOfWorkProblems, type WorkFor } from './proof-of-work.ts';

const lifetimeSeconds = 5 * 60;
/** Used once, and remembered for longer than it lives. */
const oneUse: Quota = { limit: 1, windowSeconds: 2 * lifetimeSeconds };
/** Candidate keys until the right one: enough of them that luck changes little, each of so many digests more. */
const minCandidates = 400;
const maxCandidates = 1_200;
const meanCandidates = (minCandidates + maxCandidates) / 2;

export type ProofOfWorkDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  quotas: Quotas;
  /** SHA-256 digests a challenge takes, on average. */
  hashes: number;
}>;

/** Challenges are signed, not stored; only what has been used is noted, where all replicas see it. */
export function createProofOfWork({ db, keyring, quotas, hashes }: ProofOfWorkDependencies): ProofOfWork {
  return (work) => ({
    async isDone() {
      const payload = work.proof === null ? null : parse(work.proof);
      if (!payload) return false;
      for (const mac of keyring.accept('proof-of-work')) {
        if (await isRight(mac, work, payload)) {
          const { allowed } = await quotas.consume(db, 'proof-of-work', [getSignature(payload)], oneUse);
          return allowed;
        }
      }
      return false;
    },
    async required() {
      const mac = keyring.issue('proof-of-work');
      const challenge = await createChallenge({
        algorithm: 'SHA-256',
        deriveKey,
        cost: Math.max(1, Math.round(hashes / meanCandidates)),
        counter: randomInt(minCandidates, maxCandidates + 1),
        data: { for: toBinding(mac, work) },
        expiresAt: Math.floor(Date.now() / 1000) + lifetimeSeconds,
        ...secretsOf(mac),
      });
      return new Problem(proofOfWorkProblems.required, { challenge });
    },
  });
}

const secretsOf = (mac: Mac) => ({
  hmacSignatureSecret: mac('challenge').toString('hex'),
  hmacKeySignatureSecret: mac('key').toString('hex'),
});

const toBinding = (mac: Mac, { route, subject }: WorkFor) => mac('for', route, subject).toString('base64url');

const getSignature = ({ challenge }: Payload) => challenge.signature ?? '';

async function isRight(mac: Mac, work: WorkFor, { challenge, solution }: Payload): Promise<boolean> {
  const { verified } = await verifySolution({ challenge, solution, deriveKey, ...secretsOf(mac) });
  const binding = Buffer.from(String(challenge.parameters.data?.for));
  return verified && equalInConstantTime(binding, Buffer.from(toBinding(mac, work)));
}

/** `null` for what cannot be one; whether it is one of ours, its signature says. */
function parse(proof: string): Payload | null {
  try {
    const payload = JSON.parse(Buffer.from(proof, 'base64url').toString('utf8')) as Partial<Payload> | null;
    const challenge = payload?.challenge as Partial<Challenge> | undefined;
    const isWhole =
      typeof challenge?.parameters === 'object' &&
      challenge.parameters !== null &&
      typeof challenge.signature === 'string' &&
      typeof payload?.solution === 'object';
    return isWhole ? (payload as Payload) : null;
  } catch {
    return null;
  }
}
