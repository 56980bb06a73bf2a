import type { MobileOwnershipSettings } from './mobile-ownership.settings.ts';
import type { MobileOwnership } from './mobile-ownership.ts';

/**
 * Who answers whether a mobile is that person's, as the settings say; no other adapter is loaded.
 * @param onUnavailable told why an inquiry gave no answer, nothing of the person
 */
export async function createMobileOwnership(
  { mobileOwnership, ownershipInquiry: { url, token } }: MobileOwnershipSettings,
  onUnavailable: (reason: string) => void,
): Promise<MobileOwnership> {
  if (mobileOwnership === 'development') {
    return (await import('./adapters/development.ts')).developmentOwnership;
  }
  if (!token) throw new Error('an inquiry needs a token');
  const { createInquiryOwnership } = await import('./adapters/inquiry.ts');
  return createInquiryOwnership({ dialect: mobileOwnership, url, token, onUnavailable });
}
