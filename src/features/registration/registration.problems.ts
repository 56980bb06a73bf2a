import { defineProblems } from '../../kernel/problem.ts';

export const registrationProblems = defineProblems({
  /** Told only to whoever proved the mobile; does not say which of the details it was. */
  detailsDoNotMatch: {
    code: 'details-do-not-match',
    status: 422,
    isFinal: true,
    title: { fa: 'مشخصات با هم مطابقت ندارند', en: 'The details do not match' },
    detail: {
      fa: 'کد ملی یا شمارهٔ بیمه، تاریخ تولد و شمارهٔ همراه با هم مطابقت ندارند یا این شخص در فهرست بیمه‌شدگان نیست. آن‌ها را با کارت ملی مقایسه کنید و شمارهٔ همراهی بدهید که به نام خودتان است. اگر درست‌اند، از کارفرما بخواهید مشخصات شما را در لیست بیمه اصلاح کند، یا با کارت ملی به شعبه بروید.',
      en: 'National code or insurance number, birth date and mobile do not belong together, or the person is not in the register of insured people. Compare them with the national card, and give a mobile that is registered to you. If they are right, ask the employer to correct your details in the insurance list, or take the national card to a branch.',
    },
  },
  /** Told only where the ownership register ties the proved mobile to that very person. */
  alreadyRegistered: {
    code: 'already-registered',
    status: 409,
    isFinal: true,
    title: { fa: 'پیش‌تر ثبت‌نام شده است', en: 'Already registered' },
    detail: {
      fa: 'شما پیش‌تر ثبت‌نام کرده‌اید؛ وارد شوید یا گذرواژه را بازیابی کنید.',
      en: 'You have registered before; sign in or recover the password.',
    },
  },
});
