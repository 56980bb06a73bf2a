import { Link } from 'react-router';
import { Page } from '../components/page.tsx';
import { defineTexts } from '../language/texts.ts';

const t = defineTexts(
  {
    title: 'این صفحه وجود ندارد',
    lead: 'نشانی را بررسی کنید یا از آغاز شروع کنید.',
    home: 'رفتن به صفحهٔ اول',
  },
  {
    title: 'There is no such page',
    lead: 'Check the address, or begin at the start.',
    home: 'To the first page',
  },
);

export function NotFound() {
  return (
    <Page title={t('title')} lead={t('lead')}>
      <p>
        <Link to="/">{t('home')}</Link>
      </p>
    </Page>
  );
}
