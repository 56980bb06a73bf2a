export type Locale = 'fa' | 'en';

const locales: readonly Locale[] = ['fa', 'en'];
const storageKey = 'savabegh-language';

/** `?lang=` where a link has just chosen one; else what was chosen before; else Persian. */
function chooseLocale(): Locale {
  const url = new URL(location.href);
  const asked = locales.find((each) => each === url.searchParams.get('lang'));
  if (!asked) return locales.find((each) => each === localStorage.getItem(storageKey)) ?? 'fa';
  url.searchParams.delete('lang');
  history.replaceState(history.state, '', url);
  return asked;
}

/** The language of the page, for as long as it lives: another one loads it anew. */
export const locale: Locale = chooseLocale();

/** Signing out clears what the browser stores for these pages; a language is not the session's. */
export function keepLocale(): void {
  localStorage.setItem(storageKey, locale);
}

export function applyLocale(): void {
  document.documentElement.lang = locale;
  document.documentElement.dir = locale === 'fa' ? 'rtl' : 'ltr';
  keepLocale();
}
