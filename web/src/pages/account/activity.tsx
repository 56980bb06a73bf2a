import { unwrap } from '@savabegh/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { LinkButton } from '../../components/link-button.tsx';
import { formatDay, formatNetwork, formatTime } from '../../language/texts.ts';
import { toRefusal } from '../../service/refusal.ts';
import styles from './account.module.css';
import type { PartProps } from './part.ts';
import { t } from './texts.ts';

const entriesAtOnce = 10;

/** What happened to the account, newest first, strangers' attempts included. */
export function Activity({ session: { api } }: PartProps) {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['activity'],
    queryFn: ({ pageParam: cursor }) => {
      const query = { limit: entriesAtOnce, ...(cursor !== null && { cursor }) };
      return unwrap(api.GET('/v1/me/activity', { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return (
    <section>
      <h2>{t('activity')}</h2>
      <p className={styles.note}>{t('activityLead')}</p>
      {error && <p role="alert">{toRefusal(error).message}</p>}
      <ul className={styles.list}>
        {data?.pages
          .flatMap(({ entries }) => entries)
          .map(({ id, title, outcome, by, device, network, occurredAt }) => (
            <li key={id}>
              <strong>{title}</strong>
              {outcome === 'refused' && <span className={styles.badge}>{t('refused')}</span>}
              <p className={styles.note}>
                {formatDay(occurredAt)} {formatTime(occurredAt)} ·{' '}
                {by === 'organisation' ? t('byOrganisation') : <bdi>{device ?? t('unknownDevice')}</bdi>} ·{' '}
                {formatNetwork(network)}
              </p>
            </li>
          ))}
      </ul>
      {hasNextPage && <LinkButton onClick={() => void fetchNextPage()}>{t('more')}</LinkButton>}
    </section>
  );
}
