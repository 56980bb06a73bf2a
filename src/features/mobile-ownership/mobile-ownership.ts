import type { Mobile } from '../../kernel/mobile.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { defineProblems } from '../../kernel/problem.ts';

/** `unavailable` is a retry later, never a yes. */
export type OwnershipAnswer = 'matched' | 'not-matched' | 'unavailable';

/** Does this mobile belong to this person? In Iran the Shahkar (شاهکار) register knows. */
export type MobileOwnership = Readonly<{
  /** Whether anything that can be asked here knows such people; otherwise only a branch can look. */
  asksAbout(kind: PersonId['kind']): boolean;
  /** About people of the other kinds nobody is asked, and the answer is `unavailable`. */
  check(person: PersonId, mobile: Mobile): Promise<OwnershipAnswer>;
}>;

/** After this long it may be asked again. */
export const ownershipRetrySeconds = 30;

export const ownershipProblems = defineProblems({
  /** Depends on what somebody claims to be known by, not on who that is. */
  notAskable: {
    code: 'ownership-not-askable',
    status: 422,
    title: { fa: 'شمارهٔ همراه را شعبه بررسی می‌کند', en: 'The mobile is to be checked at a branch' },
    detail: {
      fa: 'مالکیت شمارهٔ همراه اتباع خارجی اینجا قابل استعلام نیست؛ با مدارک خود به شعبه مراجعه کنید.',
      en: 'Whose mobile it is cannot be checked here for foreign nationals; visit a branch with your papers.',
    },
  },
  unavailable: {
    code: 'ownership-unavailable',
    status: 503,
    title: { fa: 'استعلام شمارهٔ همراه در دسترس نیست', en: 'The mobile cannot be checked right now' },
    detail: {
      fa: 'مالکیت شمارهٔ همراه اکنون قابل استعلام نیست؛ {later} با همین کد دوباره تلاش کنید.',
      en: 'Whose mobile it is cannot be checked right now; try again with the same code {later}.',
    },
  },
});
