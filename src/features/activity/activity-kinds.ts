import type { Localised } from '../../kernel/locale.ts';

/** Everything of consequence that can happen to an account, as its owner is shown it. */
export const activityKinds = {
  'account-created': { fa: 'حساب ساخته شد', en: 'The account was created' },
  'registration-attempted': {
    fa: 'تلاش برای ثبت‌نام دوباره با مشخصات شما',
    en: 'Somebody tried to sign up again with your details',
  },
  'signed-in': { fa: 'ورود', en: 'Signed in' },
  'sign-in-failed': { fa: 'ورود ناموفق', en: 'A sign-in failed' },
  'signed-out': { fa: 'خروج', en: 'Signed out' },
  'session-ended': { fa: 'یک نشست پایان داده شد', en: 'A session was ended' },
  'other-sessions-ended': { fa: 'نشست‌های دیگر پایان داده شدند', en: 'The other sessions were ended' },
  'all-sessions-ended': { fa: 'همهٔ نشست‌ها پایان داده شدند', en: 'All sessions were ended' },
  'session-revoked': {
    fa: 'نشستی پایان یافت، زیرا کلید آن دو بار به کار رفت',
    en: 'A session was ended because its token was used twice',
  },
  'password-changed': { fa: 'گذرواژه عوض شد', en: 'The password was changed' },
  'current-password-failed': {
    fa: 'گذرواژهٔ کنونی نادرست وارد شد',
    en: 'The current password was entered wrongly',
  },
  'recovery-proved': { fa: 'بازیابی گذرواژه تأیید شد', en: 'A recovery was proved' },
  'recovery-proof-failed': { fa: 'تلاش ناموفق برای بازیابی', en: 'A proof of recovery failed' },
  'recovery-held': {
    fa: 'بازیابی با پرسش‌های امنیتی یا نشانی تازه در انتظار است',
    en: 'A recovery by security questions or a new address has to wait',
  },
  'recovery-disowned': {
    fa: 'بازیابی لغو و حساب قفل شد',
    en: 'A recovery was cancelled and the account locked',
  },
  'branch-recovery-requested': {
    fa: 'بازیابی در شعبه در انتظار کارمند دوم است',
    en: 'A recovery at a branch awaits a second officer',
  },
  'branch-recovery-started': { fa: 'بازیابی در شعبه شروع شد', en: 'A recovery was started at a branch' },
  'password-recovered': { fa: 'گذرواژه بازیابی شد', en: 'The password was recovered' },
  'mobile-change-started': { fa: 'تغییر شمارهٔ همراه شروع شد', en: 'A change of mobile was started' },
  'mobile-changed': { fa: 'شمارهٔ همراه عوض شد', en: 'The mobile was changed' },
  'mobile-change-confirmed': {
    fa: 'شمارهٔ پیشین تغییر را تأیید کرد',
    en: 'The earlier mobile confirmed the change',
  },
  'mobile-change-undone': { fa: 'تغییر شمارهٔ همراه لغو شد', en: 'The change of mobile was cancelled' },
  'email-change-started': { fa: 'تغییر ایمیل شروع شد', en: 'A change of e-mail was started' },
  'email-changed': { fa: 'ایمیل عوض شد', en: 'The e-mail address was changed' },
  'email-verified': { fa: 'ایمیل تأیید شد', en: 'The e-mail address was proved' },
  'email-change-confirmed': {
    fa: 'نشانی پیشین تغییر ایمیل را تأیید کرد',
    en: 'The change of e-mail was confirmed',
  },
  'email-change-undone': { fa: 'تغییر ایمیل لغو شد', en: 'The change of e-mail was cancelled' },
  'contact-proof-failed': { fa: 'نشانی تازه پذیرفته نشد', en: 'A new address was not accepted' },
  'security-answers-changed': { fa: 'پرسش‌های امنیتی عوض شدند', en: 'The security questions were changed' },
  'security-answers-restored': {
    fa: 'پرسش‌های امنیتی پیشین بازگشتند',
    en: 'The earlier security questions were put back',
  },
  'account-exported': { fa: 'داده‌های حساب گرفته شد', en: 'The data of the account were exported' },
  'account-disabled': { fa: 'حساب غیرفعال شد', en: 'The account was disabled' },
  'account-erased': { fa: 'حساب پاک شد', en: 'The account was erased' },
  'account-enabled': { fa: 'حساب دوباره فعال شد', en: 'The account was enabled again' },
} as const satisfies Readonly<Record<string, Localised>>;

export type ActivityKind = keyof typeof activityKinds;
