import { defineProblems } from '../../kernel/problem.ts';

export const passwordProblems = defineProblems({
  refused: {
    code: 'password-refused',
    status: 422,
    title: { fa: 'گذرواژه پذیرفته نشد', en: 'The password was refused' },
    detail: {
      fa: 'گذرواژهٔ دیگری انتخاب کنید: {first}',
      en: 'Choose another password: {first}',
    },
  },
  changeAddressUnknown: {
    code: 'change-address-unknown',
    status: 404,
    title: { fa: 'صفحهٔ تغییر گذرواژه تنظیم نشده است', en: 'There is no page for changing passwords' },
    detail: {
      fa: 'برای این سامانه نشانی صفحهٔ تغییر گذرواژه تنظیم نشده است؛ به پشتیبانی خبر دهید.',
      en: 'No address of a page for changing passwords is configured; tell support.',
    },
  },
});
