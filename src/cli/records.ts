import type { OperatorServices } from '../composition/operator-services.ts';
import type { PersonRecord } from '../features/records/index.ts';
import { type JalaliMonth, jalaliMonthName, parseJalaliMonth } from '../kernel/jalali.ts';
import { type NationalCode, parseNationalCode } from '../kernel/national-code.ts';
import { compactNumber } from '../kernel/text.ts';
import type { Environment } from '../settings/reader.ts';
import { type Command, CommandError, defineAction, UsageError } from './command.ts';
import { withServices } from './environment.ts';

/** Does the work on the database and prints what it says. */
const using = async (
  environment: Environment,
  work: (services: OperatorServices) => Promise<string>,
): Promise<void> => console.log(await withServices(environment, 'records', work));

function toMonth(text: string | undefined): JalaliMonth {
  const month = parseJalaliMonth(text ?? '');
  if (month === null) throw new UsageError(`not a month like 1405-06: ${text ?? ''}`);
  return month;
}

function numberOf(text: string | undefined, what: string): number {
  const value = Number(compactNumber(text ?? ''));
  if (text === undefined || !Number.isFinite(value) || value < 0)
    throw new UsageError(`not a ${what}: ${text ?? ''}`);
  return value;
}

function toCode(text: string | undefined): NationalCode {
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
  yield `gaps: ${summary.gaps.months} months; overlaps: ${summary.overlaps.months.length} months; as of ${summary.asOf ? formatMonth(summary.asOf) : 'no closed month'}`;
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

const show = defineAction({
  summary: 'a person’s record',
  operands: 'NATIONAL_CODE',
  options: { unmask: { describe: 'shows names and numbers whole' } },
  run({ operands: [text], options: { unmask }, environment }) {
    const code = toCode(text);
    return using(environment, async ({ records }) => {
      const person = await records.findPerson(code);
      if (!person) throw new CommandError('there is no such person in the register');
      return [...describePerson(person, unmask)].join('\n');
    });
  },
});

const status = defineAction({
  summary: 'the as-of month and the statutory rates',
  run: ({ environment }) =>
    using(environment, async ({ records, statutoryRates }) => {
      const closed = await records.closedMonth();
      const wages = await statutoryRates.minimumWages();
      const rates = await statutoryRates.premiumRates();
      return [
        `as-of month: ${closed ? formatMonth(closed) : 'none closed'}`,
        ...wages.map(({ year, dailyWage }) => `minimum daily wage ${year}: ${rials.format(dailyWage)} rials`),
        ...rates.map(
          (rate) =>
            `from ${rate.from.year === 0 ? 'ever' : formatMonth(rate.from)}: worker ${rate.workerPercent} %, employer ${rate.employerPercent} %, unemployment ${rate.unemploymentPercent} %, ceiling ${rate.ceilingMultiple} × minimum wage`,
        ),
      ].join('\n');
    }),
});

const close = defineAction({
  summary: 'declares a month complete, e.g. 1405-06',
  operands: 'YEAR-MONTH',
  run({ operands: [text], environment }) {
    const month = toMonth(text);
    return using(environment, async ({ records }) => {
      const before = await records.closedMonth();
      await records.closeMonth(month);
      return `as-of month: ${formatMonth(month)} (before: ${before ? formatMonth(before) : 'none'})`;
    });
  },
});

const unchanged = 'set; lists that are in already stay as they are';

const wage = defineAction({
  summary: 'sets the minimum daily wage of a year',
  operands: 'YEAR RIALS',
  run({ operands: [text, rialsText], environment }) {
    const [{ year }, dailyWage] = [toMonth(`${text}-1`), numberOf(rialsText, 'wage')];
    return using(environment, async ({ statutoryRates }) => {
      await statutoryRates.setMinimumWage(year, dailyWage);
      return unchanged;
    });
  },
});

const rate = defineAction({
  summary: 'sets per cent, and the ceiling in minimum wages, from a month on',
  operands: 'YEAR-MONTH WORKER EMPLOYER UNEMPLOYMENT CEILING',
  run({ operands: [from, worker, employer, unemployment, ceiling], environment }) {
    const premiumRate = {
      from: toMonth(from),
      workerPercent: numberOf(worker, 'percentage'),
      employerPercent: numberOf(employer, 'percentage'),
      unemploymentPercent: numberOf(unemployment, 'percentage'),
      ceilingMultiple: numberOf(ceiling, 'multiple'),
    };
    return using(environment, async ({ statutoryRates }) => {
      await statutoryRates.setPremiumRate(premiumRate);
      return unchanged;
    });
  },
});

const type = defineAction({
  summary: 'names a history type, in Persian and English',
  operands: 'CODE PERSIAN ENGLISH',
  options: { workshop: { describe: 'months of this type are of a workshop' } },
  run({ operands: [text, fa = '', en = ''], options: { workshop }, environment }) {
    const code = numberOf(text, 'code');
    if (!fa || !en) throw new UsageError('a history type has a Persian and an English name');
    return using(environment, async ({ records }) => {
      await records.setHistoryType({ code, fa, en, ofWorkshop: workshop });
      return 'set';
    });
  },
});

const scheme = defineAction({
  summary: 'adds a month that no employer lists',
  operands: 'NATIONAL_CODE TYPE YEAR-MONTH DAYS INSURABLE PREMIUM SOURCE',
  run({ operands: [text, historyType, month, days, insurable, premium, source = ''], environment }) {
    const code = toCode(text);
    if (!source) throw new UsageError('where is it known from?');
    const added = {
      historyType: numberOf(historyType, 'history type'),
      month: toMonth(month),
      days: numberOf(days, 'number of days'),
      insurableWage: numberOf(insurable, 'wage'),
      premium: numberOf(premium, 'premium'),
      source,
    };
    return using(environment, async ({ records }) => {
      await records.addSchemeMonth(code, added);
      return 'added';
    });
  },
});

const verify = defineAction({
  summary: 'holds every record against the lists it was built from',
  options: { repair: { describe: 'writes those anew that differ' } },
  run: ({ options: { repair }, environment }) =>
    using(environment, async ({ records }) => {
      const wrong = await records.verify({ repair });
      if (wrong === 0) return 'every record is what its lists say';
      if (repair) return `${wrong} records were not what their lists say, and have been written anew`;
      throw new CommandError(`${wrong} records are not what their lists say; --repair writes them anew`);
    }),
});

export const command: Command = { actions: { show, status, close, wage, rate, type, scheme, verify } };
