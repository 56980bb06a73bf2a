import type { Localised } from '../../kernel/locale.ts';

/** Everything of consequence that can happen to an account, as its owner is shown it. */
export const activityKinds = {
  'account-created': { fa: 'حساب ساخته شد', en: 'The account was created' },
  'registration-attempted': {
    fa: 'تلاش برای ثبت‌نام دوباره با مشخصات شما',
    en: 'Somebody tried to sign up again with your details',
  },
  'signed-in': { fa: 'ورود', en: 'Signed in' },
  'signed-in-on-new-device': { fa: 'ورود با دستگاهی تازه', en: 'Signed in on a new device' },
  'session-displaced': {
    fa: 'ورود بازی که بیش از همه بی‌استفاده مانده بود پایان یافت، چون بیش از ۲۰ ورود باز داشتید',
    en: 'The least recently used session ended, as there were more than 20',
  },
  reauthenticated: { fa: 'گذرواژه دوباره تأیید شد', en: 'The password was confirmed again' },
  'sign-in-failed': { fa: 'ورود ناموفق', en: 'A sign-in failed' },
  'sign-in-code-sent': { fa: 'کد ورود فرستاده شد', en: 'A sign-in code was sent' },
  'signed-out': { fa: 'خروج', en: 'Signed out' },
  'session-ended': { fa: 'یکی از ورودهای باز پایان داده شد', en: 'A session was ended' },
  'other-sessions-ended': { fa: 'ورودهای باز دیگر پایان داده شدند', en: 'The other sessions were ended' },
  'all-sessions-ended': { fa: 'همهٔ ورودهای باز پایان داده شدند', en: 'All sessions were ended' },
  'session-revoked': {
    fa: 'یکی از ورودهای باز پایان یافت، چون نسخهٔ قدیمی آن استفاده شد',
    en: 'A session was ended because an old copy of it was used',
  },
  'password-changed': { fa: 'گذرواژه تغییر کرد', en: 'The password was changed' },
  'current-password-failed': {
    fa: 'گذرواژهٔ کنونی نادرست وارد شد',
    en: 'The current password was entered wrongly',
  },
  'recovery-started': { fa: 'بازیابی گذرواژه شروع شد', en: 'A recovery of the password was started' },
  'recovery-code-sent': { fa: 'کد بازیابی فرستاده شد', en: 'A recovery code was sent' },
  'recovery-proved': { fa: 'بازیابی گذرواژه تأیید شد', en: 'A recovery was proved' },
  'recovery-proof-failed': { fa: 'تلاش ناموفق برای بازیابی', en: 'A proof of recovery failed' },
  'password-recovered': { fa: 'گذرواژه بازیابی شد', en: 'The password was recovered' },
  'mobile-change-started': { fa: 'تغییر شمارهٔ همراه شروع شد', en: 'A change of mobile was started' },
  'mobile-changed': { fa: 'شمارهٔ همراه تغییر کرد', en: 'The mobile was changed' },
  'email-change-started': { fa: 'تغییر ایمیل شروع شد', en: 'A change of e-mail was started' },
  'email-changed': { fa: 'ایمیل تغییر کرد', en: 'The e-mail address was changed' },
  'mobile-change-pending': {
    fa: 'تغییر شمارهٔ همراه در انتظار است',
    en: 'A change of mobile waits to be trusted',
  },
  'email-change-pending': { fa: 'تغییر ایمیل در انتظار است', en: 'A change of e-mail waits to be trusted' },
  'answers-change-pending': {
    fa: 'تغییر پرسش‌های امنیتی در انتظار است',
    en: 'A change of the security questions waits to be trusted',
  },
  'mobile-change-cancelled': { fa: 'تغییر شمارهٔ همراه لغو شد', en: 'The change of mobile was cancelled' },
  'email-change-cancelled': { fa: 'تغییر ایمیل لغو شد', en: 'The change of e-mail was cancelled' },
  'answers-change-cancelled': {
    fa: 'تغییر پرسش‌های امنیتی لغو شد',
    en: 'The change of the security questions was cancelled',
  },
  'email-removed': { fa: 'ایمیل حذف شد', en: 'The e-mail address was removed' },
  'answers-changed': { fa: 'پرسش‌های امنیتی تغییر کرد', en: 'The security questions were changed' },
  'bar-started': { fa: 'مسدود کردن یک راه ورود شروع شد', en: 'Barring a way into the account was started' },
  'mobile-barred': { fa: 'شمارهٔ همراه مسدود شد', en: 'The mobile was barred' },
  'email-barred': { fa: 'ایمیل مسدود شد', en: 'The e-mail address was barred' },
  'answers-barred': { fa: 'پرسش‌های امنیتی مسدود شد', en: 'The security answers were barred' },
  'mobile-not-owned': {
    fa: 'شمارهٔ همراه به نام صاحب حساب نیست و مسدود شد',
    en: 'The mobile is not the owner’s any more, and was barred',
  },
  'account-locked': {
    fa: 'اعلام شد که یک تغییر کار صاحب حساب نبوده و حساب قفل شد',
    en: 'A change was reported as not the owner’s, and the account locked',
  },
  'email-verified': { fa: 'ایمیل تأیید شد', en: 'The e-mail address was proved' },
  'contact-proof-failed': { fa: 'نشانی تازه پذیرفته نشد', en: 'A new address was not accepted' },
  'account-exported': { fa: 'داده‌های حساب گرفته شد', en: 'The data of the account were exported' },
  'account-disabled': { fa: 'حساب غیرفعال شد', en: 'The account was disabled' },
  'account-erasure-requested': {
    fa: 'پاک کردن حساب درخواست شد و تأیید نفر دوم لازم است',
    en: 'Erasing the account was asked for, and a second operator is needed',
  },
  'account-erased': { fa: 'حساب پاک شد', en: 'The account was erased' },
  'branch-recovery-started': {
    fa: 'در شعبه کد بازیابی گذرواژه چاپ شد',
    en: 'A code for recovering the password was printed at a branch',
  },
  'branch-recovery-requested': {
    fa: 'در شعبه بازیابی بدون شمارهٔ همراه درخواست شد',
    en: 'A recovery without a mobile was asked for at a branch',
  },
  'branch-recovery-approved': {
    fa: 'کارمند دوم شعبه بازیابی بدون شمارهٔ همراه را تأیید کرد',
    en: 'A second officer approved the recovery without a mobile',
  },
  'branch-recovery-redeemed': { fa: 'کد چاپی شعبه وارد شد', en: 'The printed code of a branch was used' },
  'password-recovered-at-branch': {
    fa: 'گذرواژه با کمک شعبه بازیابی شد',
    en: 'The password was recovered with the help of a branch',
  },
  'looked-up-at-branch': {
    fa: 'کارمند شعبه مشخصات شما را در سامانهٔ سوابق دید',
    en: 'An officer of a branch looked at your details in the register',
  },
  'register-change-requested': {
    fa: 'تغییر مشخصات شما در سامانهٔ سوابق درخواست شد',
    en: 'A change of your details in the register was asked for',
  },
  'register-change-approved': {
    fa: 'تغییر مشخصات شما در سامانهٔ سوابق تأیید شد و پس از ۷۲ ساعت انجام می‌شود',
    en: 'A change of your details in the register was approved, and happens after 72 hours',
  },
  'register-changed': {
    fa: 'مشخصات شما در سامانهٔ سوابق تغییر کرد',
    en: 'Your details in the register were changed',
  },
  'register-change-not-possible': {
    fa: 'تغییر مشخصات شما در سامانهٔ سوابق انجام نشد',
    en: 'A change of your details in the register was not possible',
  },
  'register-change-cancelled': {
    fa: 'تغییر مشخصات شما در سامانهٔ سوابق لغو شد',
    en: 'The change of your details in the register was cancelled',
  },
  'officer-role-granted': {
    fa: 'نقش کارمند شعبه به حساب داده شد',
    en: 'The account was made that of an officer',
  },
  'officer-role-revoked': { fa: 'نقش کارمند شعبه پایان یافت', en: 'The role of an officer was taken away' },
  'grant-given': {
    fa: 'به مؤسسه‌ای اجازه دادید سوابق شما را ببیند',
    en: 'An institution was allowed to see the record',
  },
  'grant-kept': { fa: 'اجازهٔ یک مؤسسه پس از تغییر گذرواژه تمدید شد', en: 'A grant was kept' },
  'grant-withdrawn': { fa: 'اجازهٔ یک مؤسسه لغو شد', en: 'A grant was withdrawn' },
  'account-enabled': { fa: 'حساب دوباره فعال شد', en: 'The account was enabled again' },
} as const satisfies Readonly<Record<string, Localised>>;

export type ActivityKind = keyof typeof activityKinds;
