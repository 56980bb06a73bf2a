import { createSavabegh } from '@savabegh/client';
import { locale } from '../language/locale.ts';
import { proofOfWork } from './proof-of-work.ts';

/** The service that these pages came from. */
export const savabegh = createSavabegh({
  baseUrl: location.origin,
  locale,
  cookies: true,
  fetch: (request) => proofOfWork.watch(request, fetch),
});
