import type { Mobile } from '../../kernel/mobile.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { defineProblems } from '../../kernel/problem.ts';

/** `unavailable` is a retry later, never a yes. */
export type OwnershipAnswer = 'matched' | 'not-matched' | 'unavailable';

/** Does this mobile belong to this person? In Iran the Shahkar (شاهکار) register knows. */
export type MobileOwnership = Readonly<{
  check(person: PersonId, mobile: Mobile): Promise<OwnershipAnswer>;
}>;

/** After this long it may be asked again. */
export const ownershipRetrySeconds = 30;

export const ownershipProblems = defineProblems({
  unavailable: {
    code: 'ownership-unavailable',
    status: 503,
    title: { fa: 'استعلام شمارهٔ همراه در دسترس نیست', en: 'The mobile cannot be checked right now' },
    detail: {
      fa: 'مالکیت شمارهٔ همراه اکنون قابل استعلام نیست؛ {seconds} ثانیهٔ دیگر با همین کد دوباره تلاش کنید.',
      en: 'Whose mobile it is cannot be checked right now; try again with the same code in {seconds} seconds.',
    },
  },
});
