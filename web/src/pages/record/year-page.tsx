import { type Session, unwrap } from '@savabegh/client';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import ways from '../../components/ways.module.css';
import { localiseDigits } from '../../language/texts.ts';
import { Month } from './month.tsx';
import styles from './record.module.css';
import { t } from './texts.ts';

/** Twelve months, with every workshop of each. */
export function YearPage({ session: { api } }: Readonly<{ session: Session }>) {
  const year = Number(useParams().year);
  const query = useQuery({
    queryKey: ['record-year', year],
    queryFn: () => unwrap(api.GET('/v1/me/insurance-records/years/{year}', { params: { path: { year } } })),
  });
  return (
    <Page
      title={t('yearTitle', { year: localiseDigits(String(year)) })}
      width="wide"
      lead={<Link to="/record">{t('title')}</Link>}
    >
      <Loaded query={query}>
        {({ days, monthsWithDays, insurableWage, months }) => (
          <>
            <p>{t('yearSum', { days: days.capped, months: monthsWithDays, amount: insurableWage })}</p>
            <ol className={styles.months}>
              {months.map((month) => (
                <Month key={month.month} {...month} />
              ))}
            </ol>
          </>
        )}
      </Loaded>
      <nav className={ways.ways} aria-label={t('otherYears')}>
        <Link to={`/record/${year - 1}`}>{t('yearTitle', { year: localiseDigits(String(year - 1)) })}</Link>
        <Link to={`/record/${year + 1}`}>{t('yearTitle', { year: localiseDigits(String(year + 1)) })}</Link>
      </nav>
    </Page>
  );
}
