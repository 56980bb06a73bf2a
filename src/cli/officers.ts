import { type BranchCode, parseBranchCode } from '../kernel/branch-code.ts';
import { type Command, CommandError, defineAction, UsageError } from './command.ts';
import { withServices } from './environment.ts';
import { answered, getAuthor, toPersonId, whose } from './person.ts';

const branchOption = { branch: { value: 'CODE', describe: 'of the branch, four digits' } } as const;

function toBranch(text: string | undefined): BranchCode | null {
  const branch = parseBranchCode(text ?? '');
  if (text !== undefined && !branch) throw new UsageError(`a branch has four digits: ${text}`);
  return branch;
}

function say(outcome: 'changed' | 'unchanged' | 'not-found'): void {
  if (outcome === 'not-found') throw new CommandError('there is no such account');
  console.log(outcome === 'changed' ? 'done; the person is told by SMS and e-mail' : 'it is so already');
}

const grant = defineAction({
  operands: whose.operands,
  options: { ...answered, ...branchOption },
  summary: 'makes the account that of an officer of the branch, or moves an officer there',
  async run(given) {
    const [person, by, branch] = [toPersonId(given), getAuthor(given), toBranch(given.options.branch)];
    if (!branch) throw new UsageError('for which branch? Give --branch.');
    await withServices(given.environment, 'officers', async ({ officers }) =>
      say(await officers.grant(person, branch, by)),
    );
  },
});

const revoke = defineAction({
  operands: whose.operands,
  options: answered,
  summary: 'takes the role away, from the next request on',
  async run(given) {
    const [person, by] = [toPersonId(given), getAuthor(given)];
    await withServices(given.environment, 'officers', async ({ officers }) =>
      say(await officers.revoke(person, by)),
    );
  },
});

const list = defineAction({
  options: branchOption,
  summary: 'every officer, of one branch or of all',
  async run({ options, environment }) {
    const branch = toBranch(options.branch);
    await withServices(environment, 'officers', async ({ officers }) => {
      const found = await officers.list(branch);
      if (found.length === 0) console.log('none');
      for (const { branch: of, userName, name, grantedAt, grantedBy } of found) {
        console.log(
          `${of}  ${userName}  ${name}  since ${grantedAt.toISOString().slice(0, 10)} by ${grantedBy}`,
        );
      }
    });
  },
});

export const command: Command = { actions: { grant, revoke, list } };
