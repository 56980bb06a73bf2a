import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import { localise } from '../../kernel/locale.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Channel } from '../../messaging/channels.ts';
import { recordActivity } from '../activity/index.ts';
import {
  codeTtlSeconds,
  type FlowKey,
  flowProblems,
  sendsPerDay,
  toChallengeView,
} from '../one-time-codes/index.ts';
import { codesOfSecondStep } from '../quotas/failures.ts';
import { consumeAll } from '../quotas/sliding-quotas.ts';
import { findSecurityQuestion } from '../security-questions/index.ts';
import { getChannel, type RecoveryMethod } from './methods/index.ts';
import type { RecoveryDependencies } from './recovery.dependencies.ts';
import * as recoveries from './recovery.repository.ts';
import { challengeProblem } from './step-problems.ts';
import { keepAccountIf } from './two-steps.repository.ts';

type Opened = NonNullable<Awaited<ReturnType<typeof recoveries.openRecoveryChallenge>>>;

/**
 * Sends the code, the same one while it lives, so that a late message still works; or asks for the answers.
 * @throws {Problem} `method-not-offered`, `resend-too-early`, `too-many-messages`, `step-done`, `flow-not-open`
 */
export async function challengeRecovery(
  deps: RecoveryDependencies,
  key: FlowKey,
  method: RecoveryMethod,
  caller: Caller,
) {
  const { db, settings } = deps;
  const channel = getChannel(method);
  const isOffered = settings.methods.includes(method);
  const flow = await db.transaction().execute(async (trx) => {
    const opened = await recoveries.openRecoveryChallenge(trx, key, { method, isOffered });
    if (opened && channel !== null) await sendCode(deps, trx, key, { ...opened, channel }, caller);
    return opened;
  });
  if (!flow) throw await challengeProblem(db, key, { method, isOffered });
  const { codeExpiresAt: expiresAt, resendInSeconds, attemptsLeft } = toChallengeView(flow);
  if (channel !== null) return { method, expiresAt, resendInSeconds, attemptsLeft };
  const questions = flow.questions?.map((id) => ({
    id,
    text: localise(findSecurityQuestion(id)?.text ?? { fa: '', en: '' }, caller.locale),
  }));
  return { method, expiresAt, attemptsLeft, ...(questions && { questions }) };
}

type CodeToSend = Opened & Readonly<{ channel: Channel }>;

async function sendCode(
  deps: RecoveryDependencies,
  trx: Transaction<Database>,
  key: FlowKey,
  code: CodeToSend,
  caller: Caller,
): Promise<void> {
  const isSecondStep = code.provedMethods.length > 0;
  const mayLeave = isSecondStep ? await countSecondStep(deps, trx, key, code) : true;
  if (!isSecondStep) await countOwnSend(deps, trx, code);
  const accountId = mayLeave ? code.accountId : null;
  await deps.outbox.enqueue(trx, {
    ...toContent(code),
    channel: code.channel,
    locale: code.locale,
    accountId,
    ...(code.destination !== null && { destination: code.destination }),
    challengeId: code.challengeId,
    // Without the network, whose share strangers behind the owner's address could use up.
    ...(!isSecondStep && { network: caller.network }),
    counting: {
      person: code.subject,
      isFromKnownNetwork: code.isNetworkKnown,
      isFromKnownDevice: code.deviceDigest !== null,
      isSecondStep,
    },
    usefulForSeconds: codeTtlSeconds,
  });
  await recordActivity(trx, {
    accountId,
    kind: 'recovery-code-sent',
    outcome: 'succeeded',
    origin: caller,
    flowId: key.id,
  });
}

/**
 * What known devices and desks ask for, which strangers cannot use up. What strangers ask for is counted after the answer,
 * and stops nobody's: `messaging/limits.ts`. @throws {Problem} `too-many-messages`
 */
async function countOwnSend(
  { quotas }: RecoveryDependencies,
  trx: Transaction<Database>,
  { subject, deviceDigest, branchRecoveryId }: CodeToSend,
): Promise<void> {
  if (deviceDigest === null && branchRecoveryId === null) return;
  const of = [subject, deviceDigest ?? 'at-branch'];
  const consumed = await quotas.consume(trx, 'recovery-sends', of, sendsPerDay);
  if (consumed.allowed) return;
  throw new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: consumed.resetsInSeconds });
}

/**
 * Whether one more code may leave after a first proof. In two steps nobody is told, and what was not right moves a counter
 * that nothing depends on, by the same statements: a new code beyond the count is right for nobody, as its guesses would be
 * beyond every count. @throws {Problem} `too-many-messages`, where the first proof was answered openly
 */
async function countSecondStep(
  { counterKey }: RecoveryDependencies,
  trx: Transaction<Database>,
  key: FlowKey,
  { subject, deviceDigest, accountId, inTwoSteps, isNew }: CodeToSend,
): Promise<boolean> {
  const counter = counterKey(
    'recovery-second-step',
    subject,
    deviceDigest ?? 'elsewhere',
    accountId === null ? 'wrong' : 'right',
  );
  const { allowed, resetsInSeconds } = await consumeAll(trx, [{ key: counter, quota: codesOfSecondStep }]);
  if (inTwoSteps) await keepAccountIf(trx, key, allowed || !isNew);
  else if (!allowed) throw new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: resetsInSeconds });
  return allowed;
}

/** A code at a desk is sent only to whom the register of mobiles ties the number just then. */
function toContent({ branchRecoveryId }: { branchRecoveryId: string | null }) {
  if (branchRecoveryId === null) return { purpose: 'recovery-code' } as const;
  return { purpose: 'branch-recovery-code', parameters: { branchRecoveryId } } as const;
}
