import { asInteger } from '../../settings/parsers.ts';
import type { SettingsReader } from '../../settings/reader.ts';

export type ProofOfWorkSettings = Readonly<{
  /** SHA-256 digests that a challenge takes, on average. */
  hashes: number;
  failuresPerMinute: number;
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
        'failed sign-ins and security answers a minute, in one process, beyond which unknown devices work for theirs',
      parse: asInteger(1, 1_000_000),
      fallback: 300,
    }),
  };
}
