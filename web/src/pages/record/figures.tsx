import { locale } from '../../language/locale.ts';
import { formatMonth, formatNumber } from '../../language/texts.ts';
import styles from './record.module.css';
import type { Summary } from './record.ts';
import { t } from './texts.ts';

function formatCareer({ years, months, days }: Summary['career']['calendar']): string {
  const [hasYears, hasMonths, hasDays] = [years > 0, months > 0, days > 0];
  if (!hasYears && !hasMonths && !hasDays) return t('none');
  return t('career', {
    years,
    months,
    days,
    join1: hasYears && hasMonths ? 'yes' : 'no',
    join2: (hasYears || hasMonths) && hasDays ? 'yes' : 'no',
  });
}

type Figure = Readonly<{ name: string; value: string; note?: string }>;

function toFigures({ daysInLast60Months, lastMonth, gaps, wages }: Summary): Figure[] {
  return [
    { name: t('last60'), value: t('daysValue', { days: daysInLast60Months.capped }) },
    ...(lastMonth ? [{ name: t('lastMonth'), value: formatMonth(lastMonth) }] : []),
    {
      name: t('gaps'),
      value: t('monthsValue', { months: gaps.months }),
      ...(gaps.monthsBetweenWork > 0 && { note: t('gapsBetween', { months: gaps.monthsBetweenWork }) }),
    },
    ...(wages.last ? [{ name: t('wage'), value: t('rials', { amount: wages.last.insurableWage }) }] : []),
  ];
}

export function Figures({ summary }: Readonly<{ summary: Summary }>) {
  const { career, days, monthsWithDays, asOf } = summary;
  return (
    <section className={styles.figures}>
      <div className={styles.total}>
        <h2>{t('total')}</h2>
        <p className={styles.career}>{formatCareer(career.calendar)}</p>
        <p>{t('allDays', { days: days.capped, months: monthsWithDays })}</p>
        <p>
          {t('decimal', {
            years: formatNumber(career.decimal.years),
            label: career.decimal.label[locale],
          })}
        </p>
        {asOf && <p>{t('asOf', { month: formatMonth(asOf) })}</p>}
      </div>
      <dl className={styles.list}>
        {toFigures(summary).map(({ name, value, note }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
            {note && <dd className={styles.note}>{note}</dd>}
          </div>
        ))}
      </dl>
    </section>
  );
}
