import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';
import { fixedDocument, sendFixedDocument } from '../http/fixed-document.ts';
import { guidePath } from './guide.ts';

/** The front end of `web/`, as its build leaves it: one document for all its pages, and files named by their content. */

const built = new URL('../../web/dist/', import.meta.url);

export type FrontDoorOptions = Readonly<{ webApp: boolean; production: boolean }>;

/** Nothing from elsewhere, no script or style in the document, no string that becomes one (Trusted Types). */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

type Built = Readonly<{ html: string; pages: readonly string[] }>;

/** A page is a folder of `web/src/pages`. */
const pagePattern = /^src\/pages\/([\w-]+)\/page\.tsx$/;

/** `null`: nobody has built it here. */
async function readBuilt(): Promise<Built | null> {
  const read = (name: string) => readFile(new URL(name, built), 'utf8');
  try {
    const sources = Object.keys(JSON.parse(await read('manifest.json')) as object);
    const pages = sources.flatMap((source) => pagePattern.exec(source)?.[1] ?? []);
    return { html: await read('index.html'), pages };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** What stands at `/`: the front end with its pages, or the way to the guide. */
export const frontDoor: FastifyPluginAsync<FrontDoorOptions> = async (app, { webApp, production }) => {
  const found = webApp ? await readBuilt() : null;
  if (found) return app.register(serveWebApp, found);
  if (webApp) {
    const fault = 'WEB_APP is on, but web/dist is not built: npm run build --workspace web';
    if (production) throw new Error(fault);
    app.log.warn(fault);
  }
  app.get('/', { schema: { hide: true } }, async (_request, reply) => reply.redirect(guidePath, 302));
};

const serveWebApp: FastifyPluginAsync<Built> = async (app, { html, pages }) => {
  const document = fixedDocument(html);
  const addresses = ['/', ...pages.flatMap((page) => [`/${page}`, `/${page}/*`])];
  for (const address of addresses) {
    app.get(address, { schema: { hide: true } }, async (request, reply) => {
      reply.header('content-security-policy', policy).type('text/html; charset=utf-8');
      // Always asked for: its files change their names with every build.
      return sendFixedDocument(request, reply, document, 'no-cache');
    });
  }
  await app.register(fastifyStatic, {
    root: fileURLToPath(new URL('assets/', built)),
    prefix: '/assets/',
    // One route for each file that is there: nothing else below this address is ever looked for.
    wildcard: false,
    index: false,
    decorateReply: false,
    acceptRanges: false,
    // By the build, beside each of them.
    preCompressed: true,
    globIgnore: ['**/*.br', '**/*.gz'],
    immutable: true,
    maxAge: '365d',
    schemaHide: true,
  });
};
