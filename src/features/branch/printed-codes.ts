import type { Caller } from '../../kernel/caller.ts';
import { digestBearerSecret, newBearerSecret } from '../../kernel/keyring.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { parsePrintedCode } from '../../kernel/printed-code.ts';
import { Problem } from '../../kernel/problem.ts';
import { countFlow, type FlowKey, flowProblems } from '../one-time-codes/index.ts';
import { isUntouchedRecovery, redeemPrinted } from '../recovery/index.ts';
import { branchProblems } from './branch.problems.ts';
import type { BranchDependencies } from './branch-recoveries.ts';
import * as printedCodes from './printed-codes.repository.ts';

const minWaitSeconds = 60;

export type OpenedByCode = Readonly<{
  id: string;
  flowToken: string;
  expiresAt: Date;
  /** `null`: a code at the mobile comes first. */
  permissionExpiresAt: Date | null;
}>;

/**
 * The person opens a recovery with the printed code. Guesses of strangers elsewhere do not stand against it: its 80 bits
 * need no count but that of the network.
 * @throws {Problem} `code-not-accepted`, `printed-code-not-open-yet`, `proof-of-work-required`
 */
export async function redeemPrintedCode(
  { db, quotas, subjectOf, proofOfWork }: BranchDependencies,
  { person, code, proof }: Readonly<{ person: PersonId; code: string; proof: string | null }>,
  caller: Caller,
): Promise<OpenedByCode> {
  const subject = subjectOf(...personIdParts(person));
  await countFlow(db, quotas, caller, proofOfWork({ route: 'printed-code', subject, proof }));
  const { token, digest } = newBearerSecret();
  const printed = {
    printedDigest: digestBearerSecret(parsePrintedCode(code) ?? ''),
    subject,
  };
  const isReady = printedCodes.isReadyToRedeem(printed);
  const opened = await redeemPrinted(db, isReady, { tokenDigest: digest, origin: caller });
  if (opened) return { ...opened, flowToken: token };
  const seconds = await printedCodes.findWait(db, printed);
  if (seconds === undefined) throw new Problem(flowProblems.codeNotAccepted);
  // Longer where a provider was down, and the notices left late.
  throw new Problem(branchProblems.codeNotOpenYet, { retryAfterSeconds: Math.max(minWaitSeconds, seconds) });
}

/** Whether nothing has been done in the flow that a printed code opened. */
export const isUntouched = ({ db }: BranchDependencies, key: FlowKey): Promise<boolean> =>
  isUntouchedRecovery(db, key);
