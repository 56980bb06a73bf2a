import type { Mobile } from '../../kernel/mobile.ts';
import type { NationalCode } from '../../kernel/national-code.ts';

/** `unavailable` is a retry later, never a yes. */
export type OwnershipAnswer = 'matched' | 'not-matched' | 'unavailable';

/** Does this mobile belong to this person? In Iran the Shahkar (شاهکار) register knows. */
export type MobileOwnership = Readonly<{
  check(nationalCode: NationalCode, mobile: Mobile): Promise<OwnershipAnswer>;
}>;
