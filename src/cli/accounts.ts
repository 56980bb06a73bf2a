import type { Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';
import { countHashes, exportAccount, findAccountId, maskEmail } from '../features/accounts/index.ts';
import { type Mobile, maskMobile } from '../kernel/mobile.ts';
import type { PersonId } from '../kernel/person-id.ts';
import { type Command, CommandError, confirmer, defineAction, yesOption } from './command.ts';
import { withDatabase, withServices } from './environment.ts';
import { answered, getAuthor, toPersonId, whose } from './person.ts';

const entriesShown = 10;

async function exportOf(db: Kysely<Database>, person: PersonId) {
  const accountId = await findAccountId(db, person);
  const found = accountId && (await exportAccount(db, accountId));
  if (!found) throw new CommandError('there is no such account');
  return found;
}

function describeAccount({ account, sessions }: Awaited<ReturnType<typeof exportOf>>): string {
  return `state     ${account.state}
mobile    ${account.mobile === null ? 'none' : maskMobile(account.mobile as Mobile)}
e-mail    ${account.email === null ? 'none' : maskEmail(account.email)}
barred    ${account.barredKinds.join(', ') || 'nothing'}
created   ${account.createdAt.toISOString()}
sessions  ${sessions.length}`;
}

async function printAccount(db: Kysely<Database>, person: PersonId): Promise<void> {
  const found = await exportOf(db, person);
  console.log(describeAccount(found));
  for (const { occurredAt, kind, outcome, network } of found.activity.slice(0, entriesShown)) {
    console.log(`${occurredAt.toISOString().slice(0, 19)}  ${outcome.padEnd(9)}  ${kind}  ${network}`);
  }
}

const show = defineAction({
  ...whose,
  summary: 'state and latest activity, addresses masked',
  async run(given) {
    const person = toPersonId(given);
    await withDatabase(given.environment, 'accounts', (db) => printAccount(db, person));
  },
});

/** @param action what is done to the account; `null`: it cannot be */
function changeOfState(summary: string, action: 'disable' | 'enable') {
  return defineAction({
    operands: whose.operands,
    options: answered,
    summary,
    async run(given) {
      const [person, by] = [toPersonId(given), getAuthor(given)];
      await withServices(given.environment, 'accounts', async ({ db, accounts }) => {
        await exportOf(db, person);
        const state = await accounts[action](person, by);
        if (!state) throw new CommandError(`it is ${action}d already, or only its owner can unlock it`);
        console.log(`${state}; the person is told by SMS and e-mail`);
      });
    },
  });
}

const exported = defineAction({
  ...whose,
  summary: 'everything kept about the account, as JSON',
  async run(given) {
    const person = toPersonId(given);
    const found = await withDatabase(given.environment, 'accounts', (db) => exportOf(db, person));
    console.log(JSON.stringify(found, null, 2));
  },
});

const erase = defineAction({
  operands: whose.operands,
  options: {
    ...answered,
    ...yesOption,
    'dry-run': { describe: 'shows the account that would be erased, and leaves it' },
  },
  summary:
    'removes the account and all that hangs on it; the insurance record stays. A locked account is erased when two operators have said so',
  async run(given) {
    const [person, by] = [toPersonId(given), getAuthor(given)];
    const dryRun = given.options['dry-run'];
    const confirm = dryRun ? null : confirmer(given.options.yes);
    await withServices(given.environment, 'accounts', async ({ db, accounts }) => {
      console.log(describeAccount(await exportOf(db, person)));
      if (!confirm) return console.log('would be erased');
      await confirm('Erase this account for good?');
      const outcome = await accounts.erase(person, by);
      if (outcome === 'not-found') throw new CommandError('there is no such account');
      console.log(
        outcome === 'erased'
          ? 'erased; the person is told by SMS and e-mail'
          : 'the account is locked: another operator has to say the same within a week',
      );
    });
  },
});

const hashes = defineAction({
  summary:
    'how many accounts rest on which pepper and cost: an old pepper may go when no password is left under it, or the owners are to recover theirs; earlier passwords and security answers that are left under it are good for nothing from then on',
  run: ({ environment }) =>
    withDatabase(environment, 'accounts', async (db) => {
      console.log('secret, pepper, cost: accounts');
      for (const { hash, accounts } of await countHashes(db)) console.log(`${hash}: ${accounts}`);
    }),
});

export const command: Command = {
  actions: {
    show,
    disable: changeOfState(
      'ends every session; nobody signs in or recovers the password any more',
      'disable',
    ),
    enable: changeOfState(
      'opens a disabled account again; where somebody disputed what was done to it, it is locked until the owner recovers the password',
      'enable',
    ),
    export: exported,
    erase,
    hashes,
  },
};
