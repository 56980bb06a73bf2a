/** Officers of branches, for operators: `npm run officers -- grant|revoke|list` */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { personIdOf } from '../features/flows/identity.ts';
import { createOfficerAdministration } from '../features/officers/index.ts';
import { type BranchCode, parseBranchCode } from '../kernel/branch-code.ts';
import type { PersonId } from '../kernel/person-id.ts';
import { createOutbox } from '../messaging/outbox.ts';
import { runCommand, UsageError, withDatabase } from './command.ts';

const usage = `Usage: npm run officers -- COMMAND [NATIONAL_CODE] [options]

  grant    makes the account that of an officer of the branch, or moves an officer there
  revoke   takes the role away, from the next request on
  list     (without a code) every officer, of one branch or of all

  --branch CODE               four digits
  --insurance-number NUMBER   instead of the national code, for foreign nationals
  --by NAME                   who answers for it, kept in the account's activity (${userInfo().username})`;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      branch: { type: 'string' },
      'insurance-number': { type: 'string' },
      by: { type: 'string', default: userInfo().username },
      help: { type: 'boolean', default: false },
    },
  });
  const [command = 'help', nationalCode, ...rest] = values.help ? [] : positionals;
  if (rest.length > 0) throw new UsageError(`too many arguments: ${rest.join(' ')}`);
  if (!/^[\w.@ -]{1,60}$/.test(values.by)) throw new UsageError('--by is a name of at most 60 letters');
  const identity = { nationalCode, insuranceNumber: values['insurance-number'] };
  return { command, by: values.by, branch: toBranch(values.branch), identity };
}

function toBranch(text: string | undefined): BranchCode | null {
  const branch = parseBranchCode(text ?? '');
  if (text !== undefined && !branch) throw new UsageError(`a branch has four digits: ${text}`);
  return branch;
}

function toPerson(identity: Parameters<typeof personIdOf>[0]): PersonId {
  try {
    return personIdOf(identity);
  } catch {
    throw new UsageError('whose account? Give a valid national code, or --insurance-number.');
  }
}

type Arguments = ReturnType<typeof readArguments>;
type Administration = ReturnType<typeof createOfficerAdministration>;

async function list({ branch }: Arguments, administration: Administration): Promise<void> {
  const officers = await administration.list(branch);
  if (officers.length === 0) console.log('none');
  for (const { branch: of, userName, name, grantedAt, grantedBy } of officers) {
    console.log(`${of}  ${userName}  ${name}  since ${grantedAt.toISOString().slice(0, 10)} by ${grantedBy}`);
  }
}

async function change(given: Arguments, administration: Administration): Promise<void> {
  const { command, by, branch, identity } = given;
  const person = toPerson(identity);
  if (command === 'grant' && !branch) throw new UsageError('for which branch? Give --branch.');
  const outcome =
    command === 'grant' && branch
      ? await administration.grant(person, branch, by)
      : await administration.revoke(person, by);
  if (outcome === 'not-found') throw new UsageError('there is no such account');
  console.log(outcome === 'changed' ? 'done; the person is told by SMS and e-mail' : 'it is so already');
}

async function main(): Promise<void> {
  const given = readArguments();
  if (given.command === 'help') return console.log(usage);
  if (!['grant', 'revoke', 'list'].includes(given.command)) {
    throw new UsageError(`there is no command ${given.command}`);
  }
  if (given.command !== 'list') toPerson(given.identity);
  await withDatabase('officers', (db) => {
    const administration = createOfficerAdministration({ db, outbox: createOutbox() });
    return given.command === 'list' ? list(given, administration) : change(given, administration);
  });
}

await runCommand(usage, main);
