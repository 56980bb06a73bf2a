import type { Caller } from '../../kernel/caller.ts';
import { newBearerSecret } from '../../kernel/keyring.ts';
import { Problem } from '../../kernel/problem.ts';
import { channelTo } from '../../messaging/channels.ts';
import { findPersonId, type Kind, lockAccount } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import {
  codeRefusal,
  codeTtlSeconds,
  type FlowKey,
  flowProblems,
  judgeCode,
} from '../one-time-codes/index.ts';
import { beginSession, type SignedIn, toRefusal } from './begin-session.ts';
import type { SessionDependencies } from './dependencies.ts';
import { openState } from './sessions.repository.ts';
import type { SignInAttempt } from './sign-in-throttle.ts';
import * as steps from './two-steps.repository.ts';

/** Signing in in two steps without a word between: nobody is told whether the password was right before the code is. */
export type CodeStep = Readonly<{ next: 'code'; id: string; flowToken: string; expiresAt: Date }>;

type ProvedAccount = Readonly<{ id: string; mobile: string | null; barredKinds: readonly Kind[] }>;

/**
 * The first step is over. A code leaves to the trusted mobile if the password was right (`proved`), at most five a day;
 * whoever else asks gets the same answer, from a row that no code opens, by the same statements.
 * @param accountId whose activity it is
 */
export async function askForCode(
  { db, throttle, outbox }: SessionDependencies,
  attempt: SignInAttempt,
  proved: ProvedAccount | null,
  accountId: string | null,
): Promise<CodeStep> {
  const { caller } = attempt;
  const { token, digest } = newBearerSecret();
  const mayReceive = proved?.mobile != null && !proved.barredKinds.includes('mobile');
  return db.transaction().execute(async (trx) => {
    const isSent = await throttle.countCode(trx, attempt, proved !== null && mayReceive);
    const of = isSent && proved ? proved.id : null;
    const { id, expiresAt } = await steps.insertSignIn(trx, { tokenDigest: digest, accountId: of });
    await recordActivity(trx, {
      accountId,
      kind: isSent ? 'sign-in-code-sent' : 'sign-in-failed',
      outcome: isSent ? 'succeeded' : 'refused',
      origin: caller,
      flowId: id,
    });
    // Without the network: a share that strangers behind the owner's address could use up.
    await outbox.enqueue(trx, {
      purpose: 'sign-in-code',
      channel: channelTo.mobile,
      locale: caller.locale,
      accountId: of,
      challengeId: id,
      counting: { person: throttle.countedBy(attempt) },
      usefulForSeconds: codeTtlSeconds,
    });
    return { next: 'code', id, flowToken: token, expiresAt };
  });
}

export type CodeInput = Readonly<{ code: string; rememberDevice: boolean }>;

/**
 * The code decides both steps. Counted before it is judged; nobody's code is never right.
 * @throws {Problem} `flow-not-open`, `code-not-accepted`, `account-locked`, `account-disabled`
 */
export async function verifySignIn(
  deps: SessionDependencies,
  key: FlowKey,
  { code, rememberDevice }: CodeInput,
  caller: Caller,
): Promise<SignedIn> {
  const { db, keyring } = deps;
  const guess = await steps.countSignInGuess(db, key);
  if (!guess) throw new Problem(flowProblems.notOpen);
  const { accountId } = guess;
  const isRight = judgeCode(keyring, 'sign-in', guess, code);
  if (!isRight || accountId === null) {
    const kind = 'sign-in-failed';
    await recordActivity(db, { accountId, kind, outcome: 'refused', origin: caller, flowId: key.id });
    throw codeRefusal(guess);
  }
  return db.transaction().execute(async (trx) => {
    await lockAccount(trx, accountId);
    const account = await steps.takeSignIn(trx, key, accountId);
    const person = await findPersonId(trx, accountId);
    if (!account || !person) throw new Problem(flowProblems.notOpen);
    if (account.state !== openState) throw new Problem(toRefusal(account.state));
    return beginSession(deps, trx, { account, person, deviceDigest: null, rememberDevice, caller });
  });
}
