import type { Caller } from '../../kernel/caller.ts';
import { parseEmail } from '../../kernel/email-address.ts';
import { Problem, refuseTogether } from '../../kernel/problem.ts';
import { insertAccount, notifyOwner } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import { proveAtSignUp, type SentCode } from '../contacts/index.ts';
import type { FlowKey } from '../one-time-codes/index.ts';
import type { SecurityAnswer } from '../security-questions/index.ts';
import type { RegistrationDependencies } from './registration.dependencies.ts';
import { registrationProblems } from './registration.problems.ts';
import * as registrations from './registration.repository.ts';
import { stepProblem } from './step-problem.ts';

export type Completion = Readonly<{
  password: string;
  passwordConfirmation: string;
  email?: string | undefined;
  securityAnswers: readonly SecurityAnswer[];
}>;

export type Completed = Readonly<{ accountId: string; emailChange: SentCode | null }>;

/**
 * Creates the account. Refused input leaves the verified registration as it is.
 * @throws {Problem} `password-refused`, `security-answers-refused`, `already-registered`, `busy`, or why it is not its step
 */
export async function completeRegistration(
  deps: RegistrationDependencies,
  key: FlowKey,
  completion: Completion,
  caller: Caller,
): Promise<Completed> {
  const { db, outbox, passwords, securityAnswers, contacts } = deps;
  const email = parseEmail(completion.email ?? '') ?? undefined;
  await judgeCompletion(deps, key, { ...completion, email });
  const passwordHash = await passwords.hasher.hash(completion.password);
  const answers = await securityAnswers.enrol(completion.securityAnswers);
  return db.transaction().execute(async (trx) => {
    const registration = await registrations.consumeVerified(trx, key);
    if (!registration?.insuredPersonId) throw await stepProblem(trx, key, 'completion');
    const accountId = await insertAccount(trx, {
      insuredPersonId: registration.insuredPersonId,
      person: registration.person,
      mobile: registration.mobile,
      locale: registration.locale,
      passwordHash,
      securityQuestions: answers.questions,
      securityAnswersHash: answers.hash,
    });
    // Another registration of the same person was completed first.
    if (!accountId) throw new Problem(registrationProblems.alreadyRegistered);
    await recordActivity(trx, { accountId, kind: 'account-created', outcome: 'succeeded', origin: caller });
    await notifyOwner(outbox, trx, { accountId, caller }, { purpose: 'welcome' });
    const emailChange =
      email === undefined ? null : await proveAtSignUp(contacts, trx, { accountId, email }, caller);
    return { accountId, emailChange };
  });
}

/** Whether password and answers will do for the person who has proved the mobile. */
async function judgeCompletion(
  { db, passwords, securityAnswers }: RegistrationDependencies,
  key: FlowKey,
  { password, passwordConfirmation, email, securityAnswers: answers }: Completion,
): Promise<void> {
  const registrant = await registrations.findVerified(db, key);
  if (!registrant) throw await stepProblem(db, key, 'completion');
  const { mobile, birthDate } = registrant;
  const numbers = {
    nationalCode: registrant.nationalCode ?? undefined,
    insuranceNumber: registrant.insuranceNumber ?? undefined,
    mobile,
  };
  const judgePassword = () =>
    passwords.checkNewPassword({
      password,
      confirmation: passwordConfirmation,
      pointers: { password: '/password', confirmation: '/passwordConfirmation' },
      context: {
        ...numbers,
        birthDate,
        names: [registrant.firstName, registrant.lastName],
        ...(email !== undefined && { email }),
      },
    });
  // What is wrong is told at once: whoever mends the one would be told of the other only then.
  await refuseTogether([
    judgePassword,
    async () => securityAnswers.check(answers, '/securityAnswers', numbers),
  ]);
}
