import fastifyCookie, { type CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import { defineProblems, Problem } from '../kernel/problem.ts';

/** The secrets that a browser may keep for a page, where its scripts cannot read them. */
export type CookieSecret = 'refresh' | 'device';

export type BrowserCookiesOptions = Readonly<{
  publicUrl: string;
  /** Front ends on other origins of the same site. */
  origins: readonly string[];
}>;

declare module 'fastify' {
  interface FastifyInstance {
    browserCookies: Readonly<{
      names: Readonly<Record<CookieSecret, string>>;
      attributes: CookieSerializeOptions;
      /** Whose pages may act by cookies. */
      origins: ReadonlySet<string>;
    }>;
  }
}

/** No form, image or plain link can set a header, and no page of another origin without being asked for it (CORS). */
const clientHeader = 'savabegh-client';

/** For routes that look at cookies. */
export const browserHeaders = {
  [clientHeader]: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description:
        'Needed where cookies are used, with any value: a page of another site cannot send it. The `Origin` must be that of ' +
        'the service or one of its front ends.',
      examples: ['web'],
    }),
  ),
};

export const browserCookieProblems = defineProblems({
  originNotAccepted: {
    code: 'origin-not-accepted',
    status: 403,
    title: {
      fa: 'این درخواست از صفحهٔ سامانه نیامده است',
      en: 'The request did not come from one of our pages',
    },
    detail: {
      fa: 'درخواستی که کوکی دارد فقط از صفحه‌های خود سامانه و با هدر Savabegh-Client پذیرفته می‌شود.',
      en: 'A request by cookie is accepted from the service’s own front ends only, with the header Savabegh-Client.',
    },
  },
});

/**
 * `__Host-` cookies (RFC 6265bis §4.1.3.2) for secrets of browsers: no script reads them, no other host sets them, no
 * other site sends them. Over plain HTTP, in development, without the prefix and `Secure`, which need TLS.
 */
export const browserCookies = fp<BrowserCookiesOptions>(
  async (app, { publicUrl, origins }) => {
    await app.register(fastifyCookie);
    const { origin, protocol } = new URL(publicUrl);
    const secure = protocol === 'https:';
    const prefix = secure ? '__Host-savabegh' : 'savabegh';
    app.decorate('browserCookies', {
      names: { refresh: `${prefix}-refresh`, device: `${prefix}-device` },
      attributes: { path: '/', httpOnly: true, secure, sameSite: 'strict' },
      origins: new Set([origin, ...origins]),
    });
  },
  { name: 'browser-cookies' },
);

/**
 * Whoever acts by cookies must be a page of ours: the origin that the browser names, and a header that others cannot
 * send (OWASP CSRF Prevention). Both, as `SameSite` lets the site's other hosts through.
 * @throws {Problem} `origin-not-accepted`
 */
export function requireOwnPage(request: FastifyRequest): void {
  const { origin } = request.headers;
  const isOurs = origin !== undefined && request.server.browserCookies.origins.has(origin);
  if (!isOurs || !request.headers[clientHeader]) throw new Problem(browserCookieProblems.originNotAccepted);
}

/** A secret that the browser sent, `null` without one. @throws {Problem} `origin-not-accepted` */
export function getCookie(request: FastifyRequest, secret: CookieSecret): string | null {
  const value = request.cookies[request.server.browserCookies.names[secret]];
  if (!value) return null;
  requireOwnPage(request);
  return value;
}

/** What a device is known by: the `Device-Token` header, else the cookie. @throws {Problem} `origin-not-accepted` */
export function getDeviceToken(request: FastifyRequest): string | null {
  const header = request.headers['device-token'];
  return typeof header === 'string' ? header : getCookie(request, 'device');
}

export function keepInCookie(
  reply: FastifyReply,
  secret: CookieSecret,
  value: string,
  maxAgeSeconds: number,
): void {
  const { names, attributes } = reply.server.browserCookies;
  reply.setCookie(names[secret], value, { ...attributes, maxAge: Math.max(0, Math.floor(maxAgeSeconds)) });
}

/** Ends what the browser keeps, if it sent any. */
export function clearCookie(request: FastifyRequest, reply: FastifyReply, secret: CookieSecret): void {
  const { names, attributes } = reply.server.browserCookies;
  if (request.cookies[names[secret]] !== undefined) reply.clearCookie(names[secret], attributes);
}
