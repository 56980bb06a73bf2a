import { type ReactNode, useState } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import { Message } from '../components/message.tsx';
import { locale } from '../language/locale.ts';
import { defineTexts } from '../language/texts.ts';
import { signOut, useSession } from '../service/session.ts';
import styles from './frame.module.css';
import mark from './mark.svg';
import { useIsOnline } from './use-is-online.ts';

const t = defineTexts(
  {
    product: 'سامانهٔ سوابق',
    skip: 'رفتن به متن',
    otherLanguage: 'English',
    signOut: 'خروج',
    places: 'بخش‌ها',
    record: 'سوابق بیمه',
    account: 'حساب من',
    offline: 'اینترنت قطع است. آنچه نوشته‌اید می‌ماند؛ پس از وصل شدن دوباره بفرستید.',
    failed: 'خروج انجام نشد؛ دوباره تلاش کنید.',
    guide: 'راهنمای برنامه‌نویسان',
    never: 'کارکنان سازمان هرگز گذرواژه یا کد پیامک را از شما نمی‌خواهند.',
  },
  {
    product: 'Savabegh',
    skip: 'Skip to the text',
    otherLanguage: 'فارسی',
    signOut: 'Sign out',
    places: 'Parts',
    record: 'Insurance record',
    account: 'My account',
    offline: 'You are offline. What you typed stays; send it when you are back.',
    failed: 'Signing out failed; try again.',
    guide: 'Guide for developers',
    never: 'Nobody of the organisation will ever ask for your password or a code.',
  },
);

/** Whose pages these are, who is signed in, and the same in the other language. */
export function Frame({ children }: Readonly<{ children: ReactNode }>) {
  const isOnline = useIsOnline();
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#text">
        {t('skip')}
      </a>
      <header className={styles.header}>
        <div className={styles.inner}>
          <Link className={styles.brand} to="/">
            <img src={mark} alt="" width="32" height="32" />
            {t('product')}
          </Link>
          <Places />
          <LanguageLink />
        </div>
      </header>
      <main id="text" tabIndex={-1} className={styles.main}>
        <div role="status">{!isOnline && <Message kind="error">{t('offline')}</Message>}</div>
        {children}
      </main>
      <footer className={styles.footer}>
        <div className={styles.inner}>
          <p>{t('never')}</p>
          <a href={`/docs/guide?lang=${locale}`}>{t('guide')}</a>
        </div>
      </footer>
    </div>
  );
}

/** Loads the page anew, where it goes on in the other language. */
function LanguageLink() {
  const { pathname } = useLocation();
  const other = locale === 'fa' ? 'en' : 'fa';
  return (
    <a className={styles.language} href={`${pathname}?lang=${other}`} hrefLang={other} lang={other}>
      {t('otherLanguage')}
    </a>
  );
}

/** Of whoever is signed in. */
function Places() {
  const session = useSession();
  const [hasFailed, setHasFailed] = useState(false);
  if (session === null || session === 'restoring' || session === 'unreachable') return null;
  const end = () => {
    signOut(session).catch(() => setHasFailed(true));
  };
  return (
    <nav className={styles.places} aria-label={t('places')}>
      <NavLink to="/record">{t('record')}</NavLink>
      <NavLink to="/account">{t('account')}</NavLink>
      <button type="button" className={styles.button} onClick={end}>
        {t('signOut')}
      </button>
      {hasFailed && <p role="alert">{t('failed')}</p>}
    </nav>
  );
}
