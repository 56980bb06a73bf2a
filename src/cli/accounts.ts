/** Accounts, for operators: `npm run accounts -- show|disable|enable|export|erase NATIONAL_CODE, or hashes` */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';
import {
  countHashes,
  createAccountAdministration,
  exportAccount,
  findAccountId,
  maskEmail,
} from '../features/accounts/index.ts';
import { personIdOf } from '../features/flows/identity.ts';
import { type Mobile, maskMobile } from '../kernel/mobile.ts';
import type { PersonId } from '../kernel/person-id.ts';
import { createOutbox } from '../messaging/outbox.ts';
import { revokeAllAccess } from '../revocation.ts';
import { runCommand, UsageError, withDatabase } from './command.ts';

const usage = `Usage: npm run accounts -- COMMAND NATIONAL_CODE [options]

  show      state and latest activity, addresses masked
  disable   ends every session; nobody signs in or recovers the password any more
  enable    opens a disabled account again; where somebody disputed what was done to it, it is locked until
            the owner recovers the password
  export    everything kept about the account, as JSON
  erase     removes the account and all that hangs on it; the insurance record stays. A locked account is
            erased when two operators have said so
  hashes    (without a code) how many accounts rest on which pepper and cost: an old pepper may go when no
            password is left under it, or the owners are to recover theirs; earlier passwords and security
            answers that are left under it are good for nothing from then on

  --insurance-number NUMBER   instead of the national code, for foreign nationals
  --by NAME                   who answers for it, kept in the account's activity (${userInfo().username})`;

const entriesShown = 10;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'insurance-number': { type: 'string' },
      by: { type: 'string', default: userInfo().username },
      help: { type: 'boolean', default: false },
    },
  });
  const [command = 'help', nationalCode, ...rest] = values.help ? [] : positionals;
  if (rest.length > 0) throw new UsageError(`too many arguments: ${rest.join(' ')}`);
  if (!/^[\w.@ -]{1,60}$/.test(values.by)) throw new UsageError('--by is a name of at most 60 letters');
  return { command, by: values.by, identity: { nationalCode, insuranceNumber: values['insurance-number'] } };
}

function personOf(identity: Parameters<typeof personIdOf>[0]): PersonId {
  try {
    return personIdOf(identity);
  } catch {
    throw new UsageError('whose account? Give a valid national code, or --insurance-number.');
  }
}

async function exportOf(db: Kysely<Database>, person: PersonId) {
  const accountId = await findAccountId(db, person);
  const found = accountId && (await exportAccount(db, accountId));
  if (!found) throw new UsageError('there is no such account');
  return found;
}

async function show(db: Kysely<Database>, person: PersonId): Promise<void> {
  const { account, sessions, activity } = await exportOf(db, person);
  console.log(`state     ${account.state}
mobile    ${account.mobile === null ? 'none' : maskMobile(account.mobile as Mobile)}
e-mail    ${account.email === null ? 'none' : maskEmail(account.email)}
barred    ${account.barredKinds.join(', ') || 'nothing'}
created   ${account.createdAt.toISOString()}
sessions  ${sessions.length}`);
  for (const { occurredAt, kind, outcome, network } of activity.slice(0, entriesShown)) {
    console.log(`${occurredAt.toISOString().slice(0, 19)}  ${outcome.padEnd(9)}  ${kind}  ${network}`);
  }
}

async function erase(db: Kysely<Database>, person: PersonId, by: string): Promise<void> {
  const administration = createAccountAdministration({ db, outbox: createOutbox(), revokeAllAccess });
  const outcome = await administration.erase(person, by);
  if (outcome === 'not-found') throw new UsageError('there is no such account');
  console.log(
    outcome === 'erased'
      ? 'erased; the person is told by SMS and e-mail'
      : 'the account is locked: another operator has to say the same within a week',
  );
}

async function showHashes(db: Kysely<Database>): Promise<void> {
  console.log('secret, pepper, cost: accounts');
  for (const { hash, accounts } of await countHashes(db)) console.log(`${hash}: ${accounts}`);
}

type Arguments = ReturnType<typeof readArguments>;

async function run(db: Kysely<Database>, { command, by, identity }: Arguments): Promise<void> {
  if (command === 'hashes') return showHashes(db);
  const person = personOf(identity);
  if (command === 'show') return show(db, person);
  if (command === 'erase') return erase(db, person, by);
  if (command === 'export') return console.log(JSON.stringify(await exportOf(db, person), null, 2));
  const administration = createAccountAdministration({ db, outbox: createOutbox(), revokeAllAccess });
  const action = command === 'disable' ? administration.disable : administration.enable;
  const state = await action(person, by);
  if (!state) {
    throw new UsageError(`no such account, or it is ${command}d already, or only its owner can unlock it`);
  }
  console.log(`${state}; the person is told by SMS and e-mail`);
}

async function main(): Promise<void> {
  const options = readArguments();
  if (options.command === 'help') return console.log(usage);
  if (!['show', 'disable', 'enable', 'export', 'erase', 'hashes'].includes(options.command)) {
    throw new UsageError(`there is no command ${options.command}`);
  }
  if (options.command !== 'hashes') personOf(options.identity);
  await withDatabase('accounts', (db) => run(db, options));
}

await runCommand(usage, main);
