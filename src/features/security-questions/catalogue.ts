import type { Localised } from '../../kernel/locale.ts';

/** `id` is stored with accounts: entries may be added, and are never renamed or removed. */
export type SecurityQuestion = Readonly<{ id: string; text: Localised }>;

/**
 * Facts of one's own memory that are in no birth certificate, form or profile, do not change, have many possible
 * answers, and have one that comes to mind in one spelling (criteria of the OWASP cheat sheet on security questions).
 */
export const securityQuestions: readonly SecurityQuestion[] = [
  {
    id: 'childhood-toy',
    text: {
      fa: 'عزیزترین اسباب‌بازی کودکی شما چه بود؟',
      en: 'What was the toy you loved most as a child?',
    },
  },
  {
    id: 'hiding-place',
    text: {
      fa: 'در قایم‌باشک بچگی، بهترین جای پنهان شدنتان کجا بود؟',
      en: 'Where did you hide best when you played hide-and-seek?',
    },
  },
  {
    id: 'first-purchase',
    text: {
      fa: 'نخستین چیزی که با پول خودتان خریدید چه بود؟',
      en: 'What was the first thing you bought with your own money?',
    },
  },
  {
    id: 'childhood-dream',
    text: {
      fa: 'در ده‌سالگی می‌خواستید چه‌کاره شوید؟',
      en: 'What did you want to become when you were ten?',
    },
  },
  {
    id: 'disliked-food',
    text: {
      fa: 'در کودکی از کدام غذا بدتان می‌آمد؟',
      en: 'Which dish could you not stand as a child?',
    },
  },
  {
    id: 'first-night-away',
    text: {
      fa: 'نخستین شبی که دور از خانواده خوابیدید کجا بود؟',
      en: 'Where did you sleep the first night you were away from your family?',
    },
  },
  {
    id: 'teacher-feared',
    text: {
      fa: 'از کدام معلم بیش از همه حساب می‌بردید؟',
      en: 'Which teacher were you most afraid of?',
    },
  },
  {
    id: 'school-bench-mate',
    text: {
      fa: 'در نخستین سال مدرسه کنار چه کسی می‌نشستید؟',
      en: 'Who sat next to you in your first year of school?',
    },
  },
  {
    id: 'lost-thing',
    text: {
      fa: 'از گم شدن کدام وسیله هنوز ناراحتید؟',
      en: 'Which lost object do you still miss?',
    },
  },
  {
    id: 'first-film',
    text: {
      fa: 'نخستین فیلمی که در سینما دیدید چه بود؟',
      en: 'What was the first film you saw in a cinema?',
    },
  },
  {
    id: 'grandmother-dish',
    text: {
      fa: 'کدام دستپخت مادربزرگتان را از همه بیشتر دوست داشتید؟',
      en: 'Which of your grandmother’s dishes did you like best?',
    },
  },
  {
    id: 'family-nickname',
    text: {
      fa: 'در خانه شما را با چه لقبی صدا می‌زدند که بیرون کسی نمی‌داند؟',
      en: 'What were you called at home that nobody outside knows?',
    },
  },
  {
    id: 'childhood-fear',
    text: {
      fa: 'در کودکی از چه چیزی بیش از همه می‌ترسیدید؟',
      en: 'What frightened you most as a child?',
    },
  },
  {
    id: 'learned-alone',
    text: {
      fa: 'کدام مهارت را بی‌کمک کسی یاد گرفتید؟',
      en: 'Which skill did you learn without anybody’s help?',
    },
  },
  {
    id: 'worst-gift',
    text: {
      fa: 'بدترین هدیه‌ای که گرفته‌اید چه بود؟',
      en: 'What was the worst gift you were ever given?',
    },
  },
];

const places = new Map(securityQuestions.map(({ id }, place) => [id, place]));

export function findSecurityQuestion(id: string): SecurityQuestion | undefined {
  return securityQuestions[places.get(id) ?? -1];
}

/** Ids in the order of the catalogue, so that the order tells nothing about who chose them. */
export function inCatalogueOrder(ids: readonly string[]): string[] {
  return [...ids].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

/** How many questions a person chooses and answers. */
export const questionsPerPerson = 3;
