import { type components, type Session, unwrap } from '@savabegh/client';
import { useQuery } from '@tanstack/react-query';
import { Loaded } from '../../components/loaded.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { locale } from '../../language/locale.ts';
import { localiseDigits } from '../../language/texts.ts';
import { Figures } from './figures.tsx';
import { Gaps } from './gaps.tsx';
import { t } from './texts.ts';
import { Years } from './years.tsx';

/** What a person understands first: how long, until when, what is missing; then year by year. */
export function SummaryPage({ session: { api } }: Readonly<{ session: Session }>) {
  const profile = useQuery({ queryKey: ['profile'], queryFn: () => unwrap(api.GET('/v1/me')) });
  const summary = useQuery({
    queryKey: ['record-summary'],
    queryFn: () => unwrap(api.GET('/v1/me/insurance-records/summary')),
  });
  return (
    <Page title={t('title')} width="wide" lead={profile.data && <p>{toOwner(profile.data)}</p>}>
      <Loaded query={summary}>
        {(data) => (
          <>
            {data.notice && <Message kind="info">{data.notice.text[locale]}</Message>}
            <Figures summary={data} />
            <Gaps summary={data} />
            <Years years={data.years} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function toOwner({ firstName, lastName, nationalCode, insuranceNumber }: components['schemas']['Profile']) {
  const name = `${firstName} ${lastName}`;
  return t('owner', { name, nationalCode: localiseDigits(nationalCode ?? insuranceNumber ?? '') });
}
