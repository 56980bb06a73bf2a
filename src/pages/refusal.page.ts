import type { FastifyRequest } from 'fastify';
import { preferredType } from '../http/negotiation.ts';
import type { RefusalPage } from '../http/problems.ts';
import type { Localised } from '../kernel/locale.ts';
import { framed, framePolicy } from './frame.ts';
import { escapeHtml, getPageLocale } from './negotiated-page.ts';

const words = {
  requestId: { fa: 'شناسهٔ درخواست، برای پشتیبانی', en: 'Request id, for support' },
  home: { fa: 'صفحهٔ نخست راهنما', en: 'First page of the guide' },
} as const satisfies Record<string, Localised>;

type WithPage = Readonly<{ hide?: boolean; response?: Record<string, { content?: object }> }>;

/** Addresses of pages, and whatever leads nowhere; what programs alone call answers them alone, in a browser too. */
function isForPeople(request: FastifyRequest): boolean {
  const { method, url, is404, routeOptions } = request;
  if (!['GET', 'HEAD'].includes(method) || url.startsWith('/v1/')) return false;
  const { hide, response } = (routeOptions.schema ?? {}) as WithPage;
  if (!is404 && !hide && !('text/html' in (response?.[200]?.content ?? {}))) return false;
  return (
    preferredType(request, ['application/json', 'application/problem+json', 'text/html']) === 'text/html'
  );
}

/** A refusal as a page like the others; `null` where nobody asked for one. */
export const toRefusalPage: RefusalPage = (request, describe) => {
  if (!isForPeople(request)) return null;
  const locale = getPageLocale(request);
  const { code, title, detail, requestId } = describe(locale);
  const main = `<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(detail)}</p>
<p class="label">${words.requestId[locale]}: <code>${escapeHtml(requestId)}</code> · <a href="/problems/${code}"><code>${code}</code></a></p>
<p class="steps"><a href="/docs/guide">${words.home[locale]}</a></p>`;
  return {
    html: framed({ title: escapeHtml(title), main, locale, path: request.url }),
    locale,
    policy: framePolicy,
  };
};
