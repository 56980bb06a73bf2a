import { type components, unwrap } from '@savabegh/client';
import { useQuery } from '@tanstack/react-query';
import { Loaded } from '../../components/loaded.tsx';
import { Message } from '../../components/message.tsx';
import { formatDay, localiseDigits } from '../../language/texts.ts';
import styles from './account.module.css';
import type { PartProps } from './part.ts';
import { t } from './texts.ts';

type Profile = components['schemas']['Profile'];

const toRows = (profile: Profile): readonly (readonly [name: string, value: string])[] => [
  [t('name'), `${profile.firstName} ${profile.lastName}`],
  ...(profile.nationalCode ? [[t('nationalCode'), localiseDigits(profile.nationalCode)] as const] : []),
  ...(profile.insuranceNumber
    ? [[t('insuranceNumber'), localiseDigits(profile.insuranceNumber)] as const]
    : []),
  [t('mobile'), profile.mobile ?? t('none')],
  [t('email'), profile.email ?? t('none')],
  [t('passwordChangedAt'), formatDay(profile.passwordChangedAt)],
];

export function Details({ session: { api } }: PartProps) {
  const query = useQuery({ queryKey: ['profile'], queryFn: () => unwrap(api.GET('/v1/me')) });
  return (
    <section>
      <h2>{t('details')}</h2>
      <Loaded query={query}>
        {(profile) => (
          <>
            {profile.barredKinds.map((kind) => (
              <Message key={kind} kind="error">
                {t('barred', { kind })}
              </Message>
            ))}
            <dl className={styles.details}>
              {toRows(profile).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <bdi>{value}</bdi>
                  </dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </Loaded>
    </section>
  );
}
