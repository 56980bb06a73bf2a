import { userInfo } from 'node:os';
import { toPersonId as toPerson } from '../features/identity/index.ts';
import type { PersonId } from '../kernel/person-id.ts';
import { type Given, UsageError } from './command.ts';

/** Whose account a command is about. */
export const whose = {
  operands: '[NATIONAL_CODE]',
  options: {
    'insurance-number': { value: 'NUMBER', describe: 'instead of the national code, for foreign nationals' },
  },
} as const;
/** … and who answers for it. */
export const answered = {
  ...whose.options,
  by: {
    value: 'NAME',
    describe: `who answers for it, kept in the account's activity (${userInfo().username})`,
  },
} as const;

/** @throws {UsageError} */
export function toPersonId({ operands: [nationalCode], options }: Given<typeof whose.options>): PersonId {
  try {
    return toPerson({ nationalCode, insuranceNumber: options['insurance-number'] });
  } catch {
    throw new UsageError('whose account? Give a valid national code, or --insurance-number.');
  }
}

/** @throws {UsageError} */
export function getAuthor({
  options: { by = userInfo().username },
}: Readonly<{ options: Readonly<{ by: string | undefined }> }>): string {
  if (!/^[\w.@ -]{1,60}$/.test(by)) throw new UsageError('--by is a name of at most 60 letters');
  return by;
}
