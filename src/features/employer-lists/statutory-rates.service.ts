import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { type JalaliMonth, jalaliMonthAt, jalaliMonthIndex } from '../../kernel/jalali.ts';

/** The statutory rates that lists are checked against, which operators keep. They change no list that is in. */

export type PremiumRate = Readonly<{
  from: JalaliMonth;
  workerPercent: number;
  employerPercent: number;
  unemploymentPercent: number;
  /** The insurable ceiling of a day, in minimum daily wages. */
  ceilingMultiple: number;
}>;

export type StatutoryRateService = ReturnType<typeof createStatutoryRateService>;

export function createStatutoryRateService({ db }: { db: Kysely<Database> }) {
  return {
    /** Rials a day, by Jalali year. */
    minimumWages: () =>
      db.selectFrom('minimum_wage').select(['year', 'daily_wage as dailyWage']).orderBy('year').execute(),

    async setMinimumWage(year: number, dailyWage: number): Promise<void> {
      await db
        .insertInto('minimum_wage')
        .values({ year, daily_wage: dailyWage })
        .onConflict((conflict) => conflict.column('year').doUpdateSet({ daily_wage: dailyWage }))
        .execute();
    },

    /** Oldest first; each holds until the next one begins. */
    async premiumRates(): Promise<PremiumRate[]> {
      const rows = await db
        .selectFrom('premium_rate')
        .select([
          'from_month',
          sql<number>`worker_percent::float8`.as('workerPercent'),
          sql<number>`employer_percent::float8`.as('employerPercent'),
          sql<number>`unemployment_percent::float8`.as('unemploymentPercent'),
          sql<number>`ceiling_multiple::float8`.as('ceilingMultiple'),
        ])
        .orderBy('from_month')
        .execute();
      return rows.map(({ from_month, ...rate }) => ({ from: jalaliMonthAt(from_month), ...rate }));
    },

    async setPremiumRate(rate: PremiumRate): Promise<void> {
      const values = {
        worker_percent: String(rate.workerPercent),
        employer_percent: String(rate.employerPercent),
        unemployment_percent: String(rate.unemploymentPercent),
        ceiling_multiple: String(rate.ceilingMultiple),
      };
      await db
        .insertInto('premium_rate')
        .values({ from_month: jalaliMonthIndex(rate.from), ...values })
        .onConflict((conflict) => conflict.column('from_month').doUpdateSet(values))
        .execute();
    },
  };
}
