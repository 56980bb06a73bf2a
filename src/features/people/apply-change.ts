import { sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { type SqlClient, toSqlClient } from '../../database/sql-client.ts';
import { followRegister, moveAccount } from '../accounts/index.ts';
import {
  attributeRecord,
  countChange,
  countIdentityChange,
  insertDecisions,
  lockRegister,
  mergePeople,
  reweigh,
  type SplitRecord,
  setDetails,
  splitPeople,
  takeDecisionsBack,
} from '../employer-lists/index.ts';
import * as people from './people.repository.ts';
import { isIdentifying, type PersonDetails, pickKnown } from './person-details.ts';
import type { RegisterChange } from './register-changes.repository.ts';
import * as changes from './register-changes.repository.ts';

/** What a change does to records, and to sign-ups that rest on what stood before. */
export type ApplyDependencies = Readonly<{
  records: Readonly<{
    moveRecord(client: SqlClient, from: string, to: string): Promise<void>;
    splitRecord: SplitRecord;
  }>;
  endRegistrations(trx: Transaction<Database>, insuredPersonIds: readonly string[]): Promise<void>;
}>;

/** Whether it is about who somebody is, and not only about what they are called. */
export const isOfIdentity = ({ kind, details }: Pick<RegisterChange, 'kind' | 'details'>) =>
  kind !== 'mend' || isIdentifying(details);

export const peopleOf = ({ personId, otherId }: Pick<RegisterChange, 'personId' | 'otherId'>) =>
  otherId === null ? [personId] : [personId, otherId];

/**
 * Register, records and people, in this order as the import of lists takes them. Nobody signs up as one of them until the
 * end of the transaction. The caller has locked their accounts.
 */
export async function lockPeople(
  trx: Transaction<Database>,
  change: Pick<RegisterChange, 'personId' | 'otherId'>,
): Promise<void> {
  const ids = peopleOf(change);
  await lockRegister(toSqlClient(trx));
  await sql`select from insurance_record where insured_person_id = any (${ids}::uuid[])
    order by insured_person_id for no key update`.execute(trx);
  await sql`select from insured_person where id = any (${ids}::uuid[]) order by id for update`.execute(trx);
}

/** Something else in the register stands against it by now: nothing has been changed. */
class NotPossibleError extends Error {
  override readonly name = 'NotPossibleError';
}

/** Somebody else has the number, or both the same month of a scheme. */
const uniqueViolation = '23505';

/**
 * Carries a change out, whole or not at all; whether it was possible. Call with the people locked.
 * @throws whatever else PostgreSQL says
 */
export async function applyChange(
  deps: ApplyDependencies,
  trx: Transaction<Database>,
  change: RegisterChange,
): Promise<boolean> {
  await sql`savepoint before_change`.execute(trx);
  try {
    // What a name is does not open a sign-up.
    if (isOfIdentity(change)) await deps.endRegistrations(trx, peopleOf(change));
    await apply[change.kind](deps, trx, change);
    // A list that was read meanwhile looks at these people again.
    await countChange(toSqlClient(trx));
    return true;
  } catch (error) {
    if (!(error instanceof NotPossibleError) && (error as { code?: string }).code !== uniqueViolation)
      throw error;
    await sql`rollback to savepoint before_change`.execute(trx);
    return false;
  }
}

type Apply = (deps: ApplyDependencies, trx: Transaction<Database>, change: RegisterChange) => Promise<void>;

const apply: Readonly<Record<RegisterChange['kind'], Apply>> = { mend, merge, split };

async function mend({ records }: ApplyDependencies, trx: Transaction<Database>, change: RegisterChange) {
  const { id, personId, details, reason, reverses } = change;
  const known = await people.findPerson(trx, personId);
  if (!known) throw new NotPossibleError();
  await changes.setPrevious(trx, id, pickKnown(details, known));
  const client = toSqlClient(trx);
  if (details.nationalCode !== undefined) {
    // Lists that went on with a code which was taken away have made an entry of their own of the same person.
    if (reverses !== null) await absorbEntry({ records }, trx, change, details.nationalCode);
    await countIdentityChange(client);
    // Rows name people by their code: those that meant this person do so from now on whatever they name.
    await attributeRecord(client, personId, personId);
    // Who has neither code nor number is nobody: both are written at once.
    const { nationalCode, insuranceNumber } = details;
    await setDetails(trx, personId, {
      nationalCode,
      ...(insuranceNumber !== undefined && { insuranceNumber }),
    });
  }
  if (reverses === null) {
    const decisions = toDecisions(details, { ...known, ...details });
    await insertDecisions(trx, { personId, by: getGivers(change), reason, changeId: id }, decisions);
  } else {
    // Nothing is decided anew: what the lists say holds again, or where none says anything what stood before.
    await takeDecisionsBack(trx, reverses);
    await setDetails(trx, personId, details);
  }
  // Others whom it may show to be the same are for a change of their own.
  await reweigh(client, [personId], null);
  await followRegister(trx, personId);
}

async function absorbEntry(
  { records }: Pick<ApplyDependencies, 'records'>,
  trx: Transaction<Database>,
  change: RegisterChange,
  nationalCode: string | null,
): Promise<void> {
  const entryId = nationalCode === null ? undefined : await people.findIdByCode(trx, nationalCode);
  if (entryId === undefined || entryId === change.personId) return;
  if ((await people.findAccounts(trx, [entryId])).length > 0) throw new NotPossibleError();
  const merge = { from: entryId, to: change.personId, by: getGivers(change), reason: change.reason };
  await mergePeople(toSqlClient(trx), merge, records.moveRecord);
}

function toDecisions(details: Partial<PersonDetails>, { firstName, lastName }: PersonDetails) {
  const fields = { fatherName: 'father_name', birthDate: 'birth_date', insuranceNumber: 'insurance_number' };
  const decided = Object.entries(fields).flatMap(([name, field]) =>
    name in details ? { field, value: details[name as keyof typeof fields] } : [],
  );
  const isNamed = details.firstName !== undefined || details.lastName !== undefined;
  return isNamed ? [...decided, { field: 'name', value: [firstName, lastName] }] : decided;
}

const getGivers = ({ requestedBy, approvedBy }: RegisterChange) =>
  approvedBy === null ? requestedBy : `${requestedBy} ${approvedBy}`;

async function merge({ records }: ApplyDependencies, trx: Transaction<Database>, change: RegisterChange) {
  const { personId: to, otherId: from, reason } = change;
  if (!from || !(await people.findPerson(trx, to)) || !(await people.findPerson(trx, from))) {
    throw new NotPossibleError();
  }
  // That both have one stays an error of PostgreSQL: which of them would be the person's?
  const movedAccount = await moveAccount(trx, from, to);
  if (movedAccount) await changes.setPrevious(trx, change.id, { movedAccount });
  const client = toSqlClient(trx);
  await mergePeople(client, { from, to, by: getGivers(change), reason }, records.moveRecord);
  await reweigh(client, [to], null);
  await followRegister(trx, to);
}

async function split({ records }: ApplyDependencies, trx: Transaction<Database>, change: RegisterChange) {
  const { personId: from, otherId: to, reverses } = change;
  const client = toSqlClient(trx);
  if (!to || !(await splitPeople(client, { from, to }, records.splitRecord))) throw new NotPossibleError();
  const merged = reverses === null ? undefined : await changes.findChange(trx, reverses);
  if (merged?.previous.movedAccount) await moveAccount(trx, from, to, merged.previous.movedAccount);
  await reweigh(client, [from, to], null);
  await followRegister(trx, from);
  await followRegister(trx, to);
}
