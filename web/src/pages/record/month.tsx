import { locale } from '../../language/locale.ts';
import { localiseDigits } from '../../language/texts.ts';
import styles from './record.module.css';
import type { Year } from './record.ts';
import { t } from './texts.ts';

type MonthOfYear = Year['months'][number];

const states = {
  'without-days': 'stateWithoutDays',
  'not-reported': 'stateNotReported',
  'not-closed': 'stateNotClosed',
} as const;

/** What was reported of a month, by whom, and why it counts for less where it does. */
export function Month({ name, state, days, concurrent, repeated, sources }: MonthOfYear) {
  return (
    <li className={state === 'with-days' ? styles.month : `${styles.month} ${styles.empty}`}>
      <h2>{name[locale]}</h2>
      <p className={styles.note}>
        {state === 'with-days' ? t('daysValue', { days: days.capped }) : t(states[state])}
      </p>
      {days.raw > days.capped && (
        <p className={styles.note}>{t('capped', { raw: days.raw, capped: days.capped })}</p>
      )}
      {concurrent && <p className={styles.note}>{t('concurrent')}</p>}
      {repeated && <p className={styles.note}>{t('repeated')}</p>}
      {sources.length > 0 && (
        <ul className={styles.sources}>
          {sources.map((source) => (
            <Source key={source.key} source={source} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Source({ source }: Readonly<{ source: MonthOfYear['sources'][number] }>) {
  const { workshop, historyType, jobTitle, days, insurableWage, list } = source;
  const where = workshop?.name ?? historyType.name[locale];
  return (
    <li>
      <strong>
        <bdi>{where}</bdi>
      </strong>
      {workshop && (
        <span className={styles.note}> {t('workshop', { code: localiseDigits(workshop.code) })}</span>
      )}
      <p>
        {jobTitle && (
          <>
            <bdi>{jobTitle}</bdi> ·{' '}
          </>
        )}
        {t('daysValue', { days })} · {t('rials', { amount: insurableWage })}
      </p>
      {list && (
        <p className={styles.note}>
          {t('list', { number: localiseDigits(list.number), row: localiseDigits(String(list.row)) })}
        </p>
      )}
    </li>
  );
}
