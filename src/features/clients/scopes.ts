import type { Localised } from '../../kernel/locale.ts';

/** What a machine client may be allowed to do: a closed list, one entry a kind of access that routes ask for. */
export const clientScopes = {
  'employer-lists:read': {
    fa: 'دیدن وضعیت و گزارش لیست‌های کارفرمایان',
    en: 'See the state and the report of employers’ lists',
  },
  'employer-lists:write': { fa: 'فرستادن لیست ماهانهٔ کارفرما', en: 'Send employers’ monthly lists' },
  'branch-recoveries:write': {
    fa: 'شروع بازیابی حساب برای کسی که در شعبه است',
    en: 'Start the recovery of an account for somebody at the desk',
  },
} as const satisfies Readonly<Record<string, Localised>>;

export type ClientScope = keyof typeof clientScopes;

export function isClientScope(text: string): text is ClientScope {
  return Object.hasOwn(clientScopes, text);
}
