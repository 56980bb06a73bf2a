import { Link } from 'react-router';
import { formatNumber, localiseDigits } from '../../language/texts.ts';
import styles from './record.module.css';
import type { Summary } from './record.ts';
import { t } from './texts.ts';

type Year = Summary['years'][number];

/** A bar a year, in the table that says the same: one thing to look at, and to listen to. */
export function Years({ years }: Readonly<{ years: readonly Year[] }>) {
  if (years.length === 0) return null;
  return (
    <section>
      <h2>{t('chart')}</h2>
      <p className={styles.note}>{t('chartHint')}</p>
      <table className={styles.years}>
        <thead>
          <tr>
            <th scope="col">{t('year')}</th>
            {/* Says nothing that the number beside it does not. */}
            <td />
            <th scope="col" className={styles.number}>
              {t('days')}
            </th>
            <th scope="col" className={styles.number}>
              {t('months')}
            </th>
            <th scope="col" className={`${styles.number} ${styles.extra}`}>
              {t('yearWage')}
            </th>
          </tr>
        </thead>
        <tbody>
          {years.toReversed().map((year) => (
            <YearRow key={year.year} {...year} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function YearRow({ year, length, days, monthsWithDays, insurableWage }: Year) {
  return (
    <tr>
      <th scope="row">
        <Link to={`/record/${year}`}>{localiseDigits(String(year))}</Link>
      </th>
      <td className={styles.bar} aria-hidden="true">
        <svg viewBox="0 0 100 10" preserveAspectRatio="none" focusable="false">
          <title>{t('days')}</title>
          <rect className={styles.whole} width="100" height="10" />
          <rect className={styles.part} width={(100 * days.capped) / length} height="10" />
        </svg>
      </td>
      <td className={styles.number}>{formatNumber(days.capped)}</td>
      <td className={styles.number}>{formatNumber(monthsWithDays)}</td>
      <td className={`${styles.number} ${styles.extra}`}>{formatNumber(insurableWage)}</td>
    </tr>
  );
}
