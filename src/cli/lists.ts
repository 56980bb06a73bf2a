import { userInfo } from 'node:os';
import { findWorkshopMonth, type WorkshopMonth } from '../features/employer-lists/index.ts';
import { parseJalaliMonth } from '../kernel/jalali.ts';
import { Problem } from '../kernel/problem.ts';
import { parseWorkshopCode } from '../kernel/workshop-code.ts';
import { type Command, CommandError, defineAction, UsageError } from './command.ts';
import { withServices } from './environment.ts';
import { getAuthor } from './person.ts';

const shown = 200;
const rials = new Intl.NumberFormat('en');

function stands({ standing }: WorkshopMonth['lists'][number]): string {
  const { reason, replacedBy, withdrawnAt } = standing;
  if (reason === 'replaced') return `replaced by list ${replacedBy}`;
  return withdrawnAt === null ? 'counts' : `withdrawn on ${withdrawnAt.toISOString().slice(0, 10)}`;
}

function* describeMonth({ totals, lists, nextCursor }: WorkshopMonth): Generator<string> {
  for (const list of lists) {
    const contract = list.contractRow === '' ? '' : `, contract row ${list.contractRow}`;
    yield `list ${list.id}: number ${list.listNumber || '(none)'}${contract}, ${list.totals.rowCount} rows, ${list.totals.days} days, received ${list.receivedAt.toISOString().slice(0, 10)}: ${stands(list)}`;
  }
  if (nextCursor !== null) yield '… and older ones';
  yield `${totals.lists} lists count: ${totals.rowCount} rows, ${totals.days} days, insurable ${rials.format(totals.insurableWage)} rials`;
}

const show = defineAction({
  summary: 'all lists of a workshop’s month, and which of them count',
  operands: 'WORKSHOP YEAR-MONTH',
  async run({ operands: [code = '', text = ''], environment }) {
    const [workshopCode, month] = [parseWorkshopCode(code), parseJalaliMonth(text)];
    if (workshopCode === null) throw new UsageError(`a workshop code has ten digits: ${code}`);
    if (month === null) throw new UsageError(`not a month like 1405-06: ${text}`);
    await withServices(environment, 'lists', async ({ db }) => {
      const page = { before: null, limit: shown };
      const found = await findWorkshopMonth(db, { workshopCode, month }, null, page);
      if (found.lists.length === 0) throw new CommandError('there is no list of this month');
      console.log([...describeMonth(found)].join('\n'));
    });
  },
});

const withdraw = defineAction({
  summary: 'takes a list back; the one that it had replaced counts again',
  operands: 'LIST',
  options: {
    by: { value: 'NAME', describe: `who answers for it, kept with the list (${userInfo().username})` },
    'confirm-removals': { describe: 'also when most of its people are taken off the month' },
  },
  async run({ operands: [text = ''], options, environment }) {
    if (!/^[0-9]{1,15}$/.test(text)) throw new UsageError(`not the number of a list: ${text}`);
    const request = {
      listId: Number(text),
      by: `operator:${getAuthor({ options })}`,
      confirmRemovals: options['confirm-removals'],
    };
    await withServices(environment, 'lists', async ({ employerLists }) => {
      const done = await employerLists.withdraw(request).catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        const { title } = error.kind;
        throw new CommandError(
          error.kind.code === 'removals-unconfirmed' ? `${title.en}: --confirm-removals` : title.en,
        );
      });
      const { peopleRemoved, peopleAdded, peopleChanged, daysBefore, daysAfter } = done.correction;
      const now = done.restored === null ? 'none counts in its place' : `list ${done.restored} counts again`;
      console.log(
        `withdrawn; ${now}. People: ${peopleAdded} added, ${peopleRemoved} off, ${peopleChanged} changed, days: ${daysBefore} → ${daysAfter}`,
      );
    });
  },
});

export const command: Command = {
  actions: { show, withdraw },
  notes: 'Importing the files again with --put-back puts a withdrawn list back.',
};
