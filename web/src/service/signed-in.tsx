import type { Session } from '@savabegh/client';
import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Navigate, useLocation } from 'react-router';
import { LinkButton } from '../components/link-button.tsx';
import { Page } from '../components/page.tsx';
import { defineTexts } from '../language/texts.ts';
import { getQueries } from './queries.ts';
import { restoreSession, useSession } from './session.ts';

const t = defineTexts(
  {
    wait: 'در حال ورود…',
    title: 'پاسخی از سامانه نرسید',
    lead: 'اتصال اینترنت را بررسی کنید. همچنان وارد هستید.',
    again: 'تلاش دوباره',
  },
  {
    wait: 'Signing in…',
    title: 'No answer came',
    lead: 'Check your connection. You are still signed in.',
    again: 'Try again',
  },
);

/** What only a signed-in person sees; others sign in first and come back. */
export function SignedIn({ children }: Readonly<{ children: (session: Session) => ReactNode }>) {
  const session = useSession();
  const { pathname } = useLocation();
  if (session === null) return <Navigate to="/sign-in" replace state={{ from: pathname }} />;
  if (session === 'restoring') return <p role="status">{t('wait')}</p>;
  if (session !== 'unreachable') {
    return <QueryClientProvider client={getQueries(session)}>{children(session)}</QueryClientProvider>;
  }
  return (
    <Page title={t('title')} lead={t('lead')}>
      <p>
        <LinkButton onClick={() => void restoreSession()}>{t('again')}</LinkButton>
      </p>
    </Page>
  );
}
