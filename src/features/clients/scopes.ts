import type { Localised } from '../../kernel/locale.ts';

/** What a machine client may be allowed to do in its own name: a closed list, one entry a kind of access that routes ask for. */
export const clientScopes = {
  'employer-lists:read': {
    fa: 'دیدن وضعیت و گزارش لیست‌های کارفرمایان',
    en: 'See the state and the report of employers’ lists',
  },
  'employer-lists:write': { fa: 'فرستادن لیست ماهانهٔ کارفرما', en: 'Send employers’ monthly lists' },
} as const satisfies Readonly<Record<string, Localised>>;

/** What an institution may ask people for: a closed list, one entry a kind of view, in the words that people read. */
export const grantScopes = {
  'record:figures': {
    fa: 'آخرین دستمزد، میانگین دستمزدها و جمع روزهای بیمه',
    en: 'Last wage, average wages and insured days in all',
  },
  'record:summary': { fa: 'خلاصهٔ سوابق بیمه', en: 'The summary of the record' },
  'record:months': {
    fa: 'همهٔ ماه‌های سوابق، با کارگاه‌ها و دستمزدها',
    en: 'Every month of the record, with workshops and wages',
  },
} as const satisfies Readonly<Record<string, Localised>>;

export type ClientScope = keyof typeof clientScopes;
export type GrantScope = keyof typeof grantScopes;

export function isClientScope(text: string): text is ClientScope {
  return Object.hasOwn(clientScopes, text);
}

export function isGrantScope(text: string): text is GrantScope {
  return Object.hasOwn(grantScopes, text);
}
