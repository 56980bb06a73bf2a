import type { Kysely, Transaction } from 'kysely';
import { transactThroughDeadlocks } from '../database/deadlocks.ts';
import type { Database } from '../database/schema.ts';
import {
  approveChange,
  findPeople,
  type Giver,
  type PersonDetails,
  type RegisterChange,
  readPerson,
  requestMend,
  requestMerge,
  reverseChange,
} from '../features/people/index.ts';
import { parseInsuranceNumber } from '../kernel/insurance-number.ts';
import { jalaliToGregorian, parseJalaliDate } from '../kernel/jalali.ts';
import { parseNationalCode } from '../kernel/national-code.ts';
import { Problem } from '../kernel/problem.ts';
import { type Command, CommandError, defineAction, UsageError } from './command.ts';
import { withDatabase, withServices } from './environment.ts';
import { answered, getAuthor } from './person.ts';

const by = { by: answered.by } as const;
const why = { reason: { value: 'TEXT', describe: 'what it rests on, kept with the change' } } as const;
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function giverOf(given: Parameters<typeof getAuthor>[0]): Giver {
  return {
    name: `operator:${getAuthor(given)}`,
    branch: null,
    accountId: null,
    origin: { coarseNetwork: '', userAgent: '' },
  };
}

function toReason(text: string | undefined): string {
  if (!text || text.trim().length < 3 || text.length > 500) {
    throw new UsageError('why? Give --reason, of 3 to 500 letters.');
  }
  return text.trim();
}

/** National code, insurance number or id of somebody in the register. */
function wanted(text: string) {
  if (idPattern.test(text)) return { id: text };
  const nationalCode = parseNationalCode(text);
  if (nationalCode) return { nationalCode };
  const insuranceNumber = parseInsuranceNumber(text);
  if (insuranceNumber) return { insuranceNumber };
  throw new UsageError(`neither a national code, an insurance number nor an id: ${text}`);
}

/** @throws {CommandError} for nobody, and for several who bear one number */
async function idOf(db: Kysely<Database>, person: ReturnType<typeof wanted>): Promise<string> {
  if ('id' in person) return person.id;
  const [found, ...others] = await findPeople(db, person);
  if (!found) throw new CommandError('there is no such person in the register');
  if (others.length > 0) {
    const ids = [found, ...others].map(({ id }) => id).join(', ');
    throw new CommandError(`several bear this number; give one of their ids: ${ids}`);
  }
  return found.id;
}

/** One line for what the service would tell an officer; a list about the same people is no reason to fail. */
async function within<T>(db: Kysely<Database>, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
  return transactThroughDeadlocks(db, work).catch((error: unknown) => {
    if (error instanceof Problem) throw new CommandError(error.kind.detail.en);
    throw error;
  });
}

function say({ id, kind, state, approvableUntil, effectiveFrom }: RegisterChange): void {
  const what: Readonly<Partial<Record<RegisterChange['state'], string>>> = {
    applied: 'done; whoever has an account is told by SMS and e-mail',
    'approval-needed': `somebody else has to approve it until ${approvableUntil.toISOString()}: savabegh people approve ${id}`,
    waiting: `approved; it happens from ${effectiveFrom?.toISOString()} on, unless the person disputes it`,
    cancelled: 'cancelled; nothing has been changed',
  };
  console.log(`${kind} ${id}: ${what[state] ?? state}`);
}

const show = defineAction({
  operands: 'PERSON',
  summary: 'what the register says of somebody, what lists say, and what was changed',
  async run({ operands: [text = ''], environment }) {
    const person = wanted(text);
    await withDatabase(environment, 'people', async (db) => {
      const id = await idOf(db, person);
      const view = await within(db, (trx) => readPerson(trx, id));
      if (!view) throw new CommandError('there is no such person in the register');
      const line = ({
        firstName,
        lastName,
        fatherName,
        birthDate,
        insuranceNumber,
      }: Omit<PersonDetails, 'nationalCode'>) =>
        `${firstName} ${lastName}, father ${fatherName ?? '—'}, born ${birthDate ?? '—'}, number ${insuranceNumber ?? '—'}`;
      console.log(`${view.id}\nnational code ${view.nationalCode ?? '—'}, ${line(view)}`);
      if (view.contested) console.log('lists say different things:');
      for (const claim of view.claims) {
        const month = `${claim.month.year}/${String(claim.month.month).padStart(2, '0')}`;
        console.log(`  ${month} workshop ${claim.workshopCode} list ${claim.listId}: ${line(claim)}`);
      }
      for (const {
        id: change,
        kind,
        state,
        details,
        requestedBy,
        approvedBy,
        reason,
        createdAt,
      } of view.changes) {
        const givers = [requestedBy, approvedBy].filter(Boolean).join(', ');
        console.log(
          `  ${createdAt.toISOString().slice(0, 10)} ${kind} ${change} (${state}) ${JSON.stringify(details)} by ${givers}: ${reason}`,
        );
      }
    });
  },
});

const mend = defineAction({
  operands: 'PERSON',
  options: {
    ...by,
    ...why,
    'national-code': { value: 'CODE', describe: 'another national code' },
    'insurance-number': { value: 'NUMBER', describe: 'another insurance number' },
    'birth-date': { value: 'DATE', describe: 'Jalali, like 1362-05-14' },
    'first-name': { value: 'NAME', describe: 'another first name' },
    'last-name': { value: 'NAME', describe: 'another last name' },
    'father-name': { value: 'NAME', describe: 'another father’s name' },
  },
  summary: 'other details, which hold against all lists; of who has an account by two, and after 72 hours',
  async run(given) {
    const [giver, reason, person] = [
      giverOf(given),
      toReason(given.options.reason),
      wanted(given.operands[0] ?? ''),
    ];
    const details = detailsOf(given.options);
    await withServices(given.environment, 'people', async ({ db, people }) => {
      const personId = await idOf(db, person);
      const asked = { personId, details, reason };
      say(await within(db, (trx) => requestMend(people, trx, giver, asked)));
    });
  },
});

function detailsOf(options: Readonly<Record<string, string | undefined>>): Partial<PersonDetails> {
  const readers: Readonly<Record<string, readonly [keyof PersonDetails, (text: string) => string | null]>> = {
    'national-code': ['nationalCode', parseNationalCode],
    'insurance-number': ['insuranceNumber', parseInsuranceNumber],
    'birth-date': ['birthDate', toGregorian],
    'first-name': ['firstName', toName],
    'last-name': ['lastName', toName],
    'father-name': ['fatherName', toName],
  };
  const details = Object.entries(readers).flatMap(([option, [field, read]]) => {
    const text = options[option];
    if (text === undefined) return [];
    const value = read(text);
    if (value === null) throw new UsageError(`--${option} cannot be ${text}`);
    return [[field, value]];
  });
  if (details.length === 0) throw new UsageError('what is to hold? Give --birth-date or another detail.');
  return Object.fromEntries(details);
}

function toGregorian(text: string): string | null {
  const date = parseJalaliDate(text);
  return date && jalaliToGregorian(date);
}

const toName = (text: string) => (/^(?=.*\p{L})[^\p{Cc}]{1,60}$/u.test(text.trim()) ? text.trim() : null);

const merge = defineAction({
  operands: 'PERSON OTHER',
  options: { ...by, ...why },
  summary: 'makes two entries one person; of who has an account by two, and after 72 hours',
  async run(given) {
    const [giver, reason] = [giverOf(given), toReason(given.options.reason)];
    const [person, other] = [wanted(given.operands[0] ?? ''), wanted(given.operands[1] ?? '')];
    await withServices(given.environment, 'people', async ({ db, people }) => {
      const asked = { personId: await idOf(db, person), otherId: await idOf(db, other), reason };
      say(await within(db, (trx) => requestMerge(people, trx, giver, asked)));
    });
  },
});

function toChange(text: string | undefined): string {
  if (!idPattern.test(text ?? '')) throw new UsageError('which change? Give its id; `people show` has it.');
  return text ?? '';
}

const approve = defineAction({
  operands: 'CHANGE',
  options: by,
  summary: 'approves a change, as somebody else than who asked for it',
  async run(given) {
    const [giver, id] = [giverOf(given), toChange(given.operands[0])];
    await withServices(given.environment, 'people', async ({ db, people }) =>
      say(await within(db, (trx) => approveChange(people, trx, giver, id))),
    );
  },
});

const reverse = defineAction({
  operands: 'CHANGE',
  options: { ...by, ...why },
  summary: 'takes a change back: at once before it happens, by asking for the opposite afterwards',
  async run(given) {
    const [giver, id, reason] = [giverOf(given), toChange(given.operands[0]), toReason(given.options.reason)];
    await withServices(given.environment, 'people', async ({ db, people }) =>
      say(await within(db, (trx) => reverseChange(people, trx, giver, { id, reason }))),
    );
  },
});

export const command: Command = {
  actions: { show, mend, merge, approve, reverse },
  notes: 'PERSON is a national code, an insurance number, or an id of the register.',
};
