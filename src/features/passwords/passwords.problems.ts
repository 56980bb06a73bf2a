import { defineProblems } from '../../kernel/problem.ts';

export const passwordProblems = defineProblems({
  refused: {
    code: 'password-refused',
    status: 422,
    title: { fa: 'گذرواژه پذیرفته نشد', en: 'The password was refused' },
    detail: {
      fa: 'گذرواژهٔ تازه با قاعده‌ها سازگار نیست؛ جزئیات در errors آمده است.',
      en: 'The new password does not keep to the rules; see errors.',
    },
  },
  changeAddressUnknown: {
    code: 'change-address-unknown',
    status: 404,
    title: { fa: 'نشانی تغییر گذرواژه تنظیم نشده است', en: 'There is no page for changing passwords' },
    detail: {
      fa: 'برای این سامانه نشانی صفحهٔ تغییر گذرواژه تنظیم نشده است.',
      en: 'No address of a page for changing passwords is configured.',
    },
  },
});
