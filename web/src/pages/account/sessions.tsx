import { type components, unwrap } from '@savabegh/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { LinkButton } from '../../components/link-button.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { formatDay, formatNetwork, formatTime } from '../../language/texts.ts';
import { toRefusal } from '../../service/refusal.ts';
import styles from './account.module.css';
import type { PartProps } from './part.ts';
import { t } from './texts.ts';

type OpenSession = components['schemas']['Session'];

/** Every device that is signed in, used last first; each can be signed out from here. */
export function Sessions({ session: { api } }: PartProps) {
  const queries = useQueryClient();
  const query = useQuery({ queryKey: ['sessions'], queryFn: () => unwrap(api.GET('/v1/me/sessions')) });
  const end = useMutation({
    mutationFn: (id: string | null) =>
      id === null
        ? unwrap(api.DELETE('/v1/me/sessions', { params: { query: { except: 'current' } } }))
        : unwrap(api.DELETE('/v1/me/sessions/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  });
  return (
    <section>
      <h2>{t('sessions')}</h2>
      <p role="status">{end.isSuccess && t('ended')}</p>
      {end.error && <p role="alert">{toRefusal(end.error).message}</p>}
      <Loaded query={query}>
        {({ sessions }) => (
          <>
            <ul className={styles.list}>
              {sessions.map((open) => (
                <Open key={open.id} open={open} onEnd={() => end.mutate(open.id)} />
              ))}
            </ul>
            {sessions.length > 2 && (
              <LinkButton onClick={() => end.mutate(null)}>{t('endOthers')}</LinkButton>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Open({ open, onEnd }: Readonly<{ open: OpenSession; onEnd: () => void }>) {
  const device = open.device ?? t('unknownDevice');
  const at = `${formatDay(open.lastUsedAt)} ${formatTime(open.lastUsedAt)}`;
  return (
    <li>
      <strong>
        <bdi>{device}</bdi>
      </strong>
      {open.current && <span className={styles.badge}>{t('thisDevice')}</span>}
      <p className={styles.note}>{t('lastUsed', { at, network: formatNetwork(open.network) })}</p>
      {!open.current && (
        <LinkButton label={t('endNamed', { device, at })} onClick={onEnd}>
          {t('end')}
        </LinkButton>
      )}
    </li>
  );
}
