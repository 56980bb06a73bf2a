/** What operators do to records and to the tables they rest on; without arguments it says how. */
import { parseArgs } from 'node:util';
import { createLegalTableService, type LegalTableService } from '../features/employer-lists/index.ts';
import {
  createRecordOperatorService,
  OperatorError,
  type PersonRecord,
  type RecordOperatorService,
} from '../features/records/index.ts';
import { isJalaliMonth, type JalaliMonth, jalaliMonthName } from '../kernel/jalali.ts';
import { type NationalCode, parseNationalCode } from '../kernel/national-code.ts';
import { compactNumber } from '../kernel/text.ts';
import { runCommand, UsageError, withDatabase } from './command.ts';

const usage = `npm run records -- COMMAND
  show NATIONAL_CODE [--unmask]   a person's record; names and numbers are masked unless asked for
  status                          the as-of month and the legal tables
  close YEAR-MONTH                declares a month complete, e.g. 1405-06
  wage YEAR RIALS                 the minimum daily wage of a year
  rate YEAR-MONTH WORKER EMPLOYER UNEMPLOYMENT CEILING
                                  per cent, and the ceiling in minimum wages, from a month on
  type CODE PERSIAN ENGLISH [--workshop]
                                  names a history type
  scheme NATIONAL_CODE TYPE YEAR-MONTH DAYS INSURABLE PREMIUM SOURCE
                                  adds a month that no employer lists
  verify [--repair]               holds every record against the lists it was built from`;

type Services = Readonly<{ records: RecordOperatorService; tables: LegalTableService }>;
type Flags = Readonly<{ unmask: boolean; workshop: boolean; repair: boolean }>;
type Command = (services: Services, args: readonly string[], flags: Flags) => Promise<string>;

function monthOf(text: string | undefined): JalaliMonth {
  const parts = /^([0-9]{4})[-/]([0-9]{1,2})$/.exec(compactNumber(text ?? ''));
  const month = { year: Number(parts?.[1]), month: Number(parts?.[2]) };
  if (!isJalaliMonth(month)) throw new UsageError(`not a month like 1405-06: ${text ?? ''}`);
  return month;
}

function numberOf(text: string | undefined, what: string): number {
  const value = Number(compactNumber(text ?? ''));
  if (text === undefined || !Number.isFinite(value) || value < 0)
    throw new UsageError(`not a ${what}: ${text ?? ''}`);
  return value;
}

function codeOf(text: string | undefined): NationalCode {
  const code = parseNationalCode(text ?? '');
  if (!code) throw new UsageError('not a national code');
  return code;
}

const formatMonth = ({ year, month }: JalaliMonth) => `${year}-${String(month).padStart(2, '0')}`;
const rials = new Intl.NumberFormat('en');

/** The first letter, so that an operator can tell whether it is the right person and a glance tells no more. */
const mask = (text: string) => (text === '' ? '' : `${text.slice(0, 1)}•••`);
const maskEnd = (text: string) => `•••${text.slice(-3)}`;

function* describePerson({ years, summary, ...person }: PersonRecord, unmask: boolean): Generator<string> {
  const name = unmask
    ? `${person.firstName} ${person.lastName}`
    : `${mask(person.firstName)} ${mask(person.lastName)}`;
  const number = person.insuranceNumber ?? '';
  const born = unmask ? `, born ${person.birthDate ?? 'at an unknown date'}` : '';
  yield `${name}${born}, insurance number ${unmask ? number : maskEnd(number)}`;
  const { calendar, decimal } = summary.career;
  yield `${summary.days.raw} days reported, ${summary.days.capped} count: ${calendar.years} years ${calendar.months} months ${calendar.days} days, or ${decimal.years} years`;
  yield `gaps: ${summary.gaps.months} months; concurrent: ${summary.overlaps.months.length} months; as of ${summary.asOf ? formatMonth(summary.asOf) : 'no closed month'}`;
  for (const year of years) yield* describeYear(year, unmask);
}

function* describeYear(
  { year, days, workshops }: PersonRecord['years'][number],
  unmask: boolean,
): Generator<string> {
  yield `${year}  ${days.raw} days reported, ${days.capped} count`;
  for (const { workshop, historyType, months } of workshops) {
    yield `  ${workshop ? `${workshop.code} ${workshop.name}` : historyType.name.en}`;
    for (const { month, days, insurableWage } of months) {
      const name = jalaliMonthName(month, 'en').padEnd(12);
      const wage = unmask ? rials.format(insurableWage) : '•••';
      yield `    ${String(month).padStart(2)} ${name} ${String(days).padStart(2)} days  ${wage} rials`;
    }
  }
}

const commands: Readonly<Record<string, Command>> = {
  async show({ records }, [code], { unmask }) {
    const person = await records.findPerson(codeOf(code));
    if (!person) throw new OperatorError('there is no such person in the register');
    return [...describePerson(person, unmask)].join('\n');
  },

  async status({ records, tables }) {
    const closed = await records.closedMonth();
    const wages = await tables.minimumWages();
    const rates = await tables.premiumRates();
    return [
      `as-of month: ${closed ? formatMonth(closed) : 'none closed'}`,
      ...wages.map(({ year, dailyWage }) => `minimum daily wage ${year}: ${rials.format(dailyWage)} rials`),
      ...rates.map(
        (rate) =>
          `from ${rate.from.year === 0 ? 'ever' : formatMonth(rate.from)}: worker ${rate.workerPercent} %, employer ${rate.employerPercent} %, unemployment ${rate.unemploymentPercent} %, ceiling ${rate.ceilingMultiple} × minimum wage`,
      ),
    ].join('\n');
  },

  async close({ records }, [text]) {
    const month = monthOf(text);
    const before = await records.closedMonth();
    await records.closeMonth(month);
    return `as-of month: ${formatMonth(month)} (before: ${before ? formatMonth(before) : 'none'})`;
  },

  async wage({ tables }, [year, wage]) {
    await tables.setMinimumWage(monthOf(`${year}-1`).year, numberOf(wage, 'wage'));
    return 'set; lists that are in already stay as they are';
  },

  async rate({ tables }, [from, worker, employer, unemployment, ceiling]) {
    await tables.setPremiumRate({
      from: monthOf(from),
      workerPercent: numberOf(worker, 'percentage'),
      employerPercent: numberOf(employer, 'percentage'),
      unemploymentPercent: numberOf(unemployment, 'percentage'),
      ceilingMultiple: numberOf(ceiling, 'multiple'),
    });
    return 'set; lists that are in already stay as they are';
  },

  async type({ records }, [code, fa, en], { workshop }) {
    if (!fa || !en) throw new UsageError('a history type has a Persian and an English name');
    await records.setHistoryType({ code: numberOf(code, 'code'), fa, en, ofWorkshop: workshop });
    return 'set';
  },

  async scheme({ records }, [code, type, month, days, insurable, premium, source]) {
    if (!source) throw new UsageError('where is it known from?');
    await records.addSchemeMonth(codeOf(code), {
      historyType: numberOf(type, 'history type'),
      month: monthOf(month),
      days: numberOf(days, 'number of days'),
      insurableWage: numberOf(insurable, 'wage'),
      premium: numberOf(premium, 'premium'),
      source,
    });
    return 'added';
  },

  async verify({ records }, _args, { repair }) {
    const wrong = await records.verify({ repair });
    if (wrong === 0) return 'every record is what its lists say';
    if (repair) return `${wrong} records were not what their lists say, and have been written anew`;
    throw new OperatorError(`${wrong} records are not what their lists say; --repair writes them anew`);
  },
};

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      unmask: { type: 'boolean', default: false },
      workshop: { type: 'boolean', default: false },
      repair: { type: 'boolean', default: false },
    },
  });
  const [name = '', ...args] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(name === '' ? '' : `no command ${name}`);
  console.log(
    await withDatabase('records', (db) =>
      command(
        { records: createRecordOperatorService({ db }), tables: createLegalTableService({ db }) },
        args,
        values,
      ),
    ),
  );
}

await runCommand(usage, run);
