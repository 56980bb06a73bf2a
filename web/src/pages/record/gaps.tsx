import { Message } from '../../components/message.tsx';
import { formatMonth } from '../../language/texts.ts';
import styles from './record.module.css';
import type { Summary } from './record.ts';
import { t } from './texts.ts';

/** What is missing, and what was counted once although it was reported twice. */
export function Gaps({ summary: { gaps, overlaps } }: Readonly<{ summary: Summary }>) {
  return (
    <>
      {overlaps.days > 0 && (
        <Message kind="info">{t('overlap', { months: overlaps.months.length, days: overlaps.days })}</Message>
      )}
      {gaps.list.length > 0 && (
        <section>
          <h2>{t('gapsTitle')}</h2>
          <ul className={styles.gaps}>
            {gaps.list.map(({ from, to, months, open }) => (
              <li key={formatMonth(from)}>
                {t(open ? 'openGap' : 'gap', { from: formatMonth(from), to: formatMonth(to), months })}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
