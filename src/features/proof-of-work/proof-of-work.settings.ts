import { asInteger } from '../../settings/parsers.ts';
import type { SettingsReader } from '../../settings/reader.ts';

export type ProofOfWorkSettings = Readonly<{
  /** SHA-256 digests that a challenge takes, on average. */
  hashes: number;
  failuresPerMinute: number;
  answerFailuresPerMinute: number;
}>;

export function readProofOfWorkSettings(reader: SettingsReader): ProofOfWorkSettings {
  return {
    hashes: reader.read({
      name: 'PROOF_OF_WORK_HASHES',
      describe:
        'SHA-256 digests that an unknown device computes, on average, where a proof of work is asked for',
      parse: asInteger(1_000, 10_000_000),
      fallback: 40_000,
    }),
    failuresPerMinute: reader.read({
      name: 'PROOF_OF_WORK_FAILURES_PER_MINUTE',
      describe:
        'failed passwords and security answers a minute, over all replicas, beyond which unknown devices work for theirs',
      parse: asInteger(1, 10_000),
      fallback: 300,
    }),
    answerFailuresPerMinute: reader.read({
      name: 'ANSWER_FAILURES_PER_MINUTE',
      describe:
        'failed security answers a minute, over all replicas, beyond which those of unknown devices prove nothing without a code',
      parse: asInteger(1, 10_000),
      fallback: 60,
    }),
  };
}
