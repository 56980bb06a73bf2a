import { defineProblems } from '../../kernel/problem.ts';

export const peopleProblems = defineProblems({
  personNotFound: {
    code: 'person-not-found',
    status: 404,
    title: { fa: 'این شخص ثبت نشده است', en: 'There is no such person in the register' },
    detail: {
      fa: 'در سامانهٔ سوابق شخصی با این شناسه نیست؛ شاید با شخص دیگری یکی شده است. دوباره جستجو کنید.',
      en: 'The register has nobody with this id; the entry may have been merged with another. Search again.',
    },
  },
  nothingToChange: {
    code: 'nothing-to-change',
    status: 409,
    title: { fa: 'چیزی برای تغییر نیست', en: 'There is nothing to change' },
    detail: {
      fa: 'در سامانهٔ سوابق از پیش همین ثبت شده است.',
      en: 'The register says so already.',
    },
  },
  numberTaken: {
    code: 'number-of-another-person',
    status: 409,
    title: { fa: 'این شماره از شخص دیگری است', en: 'The number belongs to another entry' },
    detail: {
      fa: 'شخص دیگری با این شماره ثبت شده است. اگر هر دو یک نفرند، آن دو را یکی کنید.',
      en: 'Another entry has this number. If both are one person, merge them.',
    },
  },
  changeNotOpen: {
    code: 'register-change-not-open',
    status: 409,
    title: { fa: 'این تغییر دیگر باز نیست', en: 'This change is no longer open' },
    detail: {
      fa: 'شاید زمان آن تمام شده، انجام یا لغو شده یا از شعبهٔ دیگری است.',
      en: 'Its time may be over, it may have been carried out or cancelled, or be of another branch.',
    },
  },
});
