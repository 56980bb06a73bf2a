import { createSavabegh } from '@savabegh/client';
import { locale } from '../language/locale.ts';
import { proofOfWork } from './proof-of-work.ts';

const refreshPath = '/v1/sessions/refresh';

/** Tabs share one refresh token, in a cookie: one after the other, so that each sends the newest. */
function send(request: Request): Promise<Response> {
  const ask = () => proofOfWork.watch(request, fetch);
  const isRefresh = new URL(request.url).pathname === refreshPath;
  return isRefresh && navigator.locks ? navigator.locks.request('savabegh-refresh', ask) : ask();
}

/** The service that these pages came from. */
export const savabegh = createSavabegh({ baseUrl: location.origin, locale, cookies: true, fetch: send });
