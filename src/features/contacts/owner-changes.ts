import type { Caller, Principal } from '../../kernel/caller.ts';
import { Problem } from '../../kernel/problem.ts';
import { findOwner } from '../accounts/index.ts';
import type { SecurityAnswer } from '../security-questions/index.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { contactProblems } from './contacts.problems.ts';
import { beginChange, type OwnerProof, proposeChange, proveOwner } from './pending-changes.ts';

/** Takes the e-mail address away, after the wait. @throws {Problem} `no-email-address` and those of `beginChange` */
export async function removeEmail(
  deps: ContactDependencies,
  principal: Principal,
  proof: OwnerProof,
  caller: Caller,
): Promise<void> {
  const owner = await proveOwner(deps, principal, proof, caller);
  await deps.db.transaction().execute(async (trx) => {
    await beginChange(deps, trx, principal, owner, 'email');
    // Looked at with the account held: an earlier removal may have come true while the password was judged.
    if (!(await findOwner(trx, principal))?.email) throw new Problem(contactProblems.noEmail);
    await proposeChange(deps, trx, owner.id, { kind: 'email', address: null }, caller);
  });
}

/** Other questions and answers, trusted after the wait. @throws {Problem} `security-answers-refused` and those of `beginChange` */
export async function changeAnswers(
  deps: ContactDependencies,
  principal: Principal,
  proof: OwnerProof & Readonly<{ securityAnswers: readonly SecurityAnswer[] }>,
  caller: Caller,
): Promise<void> {
  const owner = await proveOwner(deps, principal, proof, caller);
  deps.securityAnswers.check(proof.securityAnswers, '/securityAnswers', {
    nationalCode: owner.nationalCode ?? undefined,
    insuranceNumber: owner.insuranceNumber ?? undefined,
    mobile: owner.mobile ?? undefined,
  });
  const enrolled = await deps.securityAnswers.enrol(proof.securityAnswers);
  await deps.db.transaction().execute(async (trx) => {
    await beginChange(deps, trx, principal, owner, 'answers');
    await proposeChange(deps, trx, owner.id, { kind: 'answers', ...enrolled }, caller);
  });
}
