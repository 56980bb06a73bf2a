import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { type FixedDocument, fixedDocument, sendFixedDocument } from './fixed-document.ts';
import { referenceStyle } from './reference-style.ts';

/** Nothing from outside the service; the page's own styles are partly inline. */
const referencePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

type Parameter = { required?: boolean; example?: unknown; schema?: { examples?: unknown } };
type TriedOut = {
  servers?: { url: string }[];
  paths?: Record<string, Record<string, { parameters?: Parameter[] }>>;
  components?: { parameters?: Record<string, Parameter> };
};

/**
 * The document as the page tries it out: at the host that the page itself came from, the only one that its policy lets
 * it call. The page fills examples in, so parameters that may be left out have none: they would hide most of a record,
 * and a key would make the second try a repeat of the first.
 */
function toTryOut(document: TriedOut, publicUrl: string) {
  const tried: TriedOut = JSON.parse(
    JSON.stringify(document).replaceAll(`"${publicUrl}/v1/oauth`, '"/v1/oauth'),
  );
  tried.servers = [{ url: '/' }];
  const own = Object.values(tried.paths ?? {}).flatMap((item) =>
    Object.values(item).flatMap(({ parameters = [] }) => parameters),
  );
  for (const parameter of [...own, ...Object.values(tried.components?.parameters ?? {})]) {
    if (parameter.required) continue;
    delete parameter.example;
    delete parameter.schema?.examples;
  }
  return tried;
}

type Send = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Sends a text that is made when it is first asked for, not at every start; whoever asks meanwhile waits for the same. */
function sendOnceMade(type: string, make: () => string | Promise<string>): Send {
  let making: Promise<FixedDocument> | null = null;
  return async (request, reply) => {
    making ??= (async () => fixedDocument(await make()))();
    const document = await making.catch((error: unknown) => {
      making = null;
      throw error;
    });
    reply.type(`${type}; charset=utf-8`);
    return sendFixedDocument(request, reply, document, 'no-cache');
  };
}

/** In a thread of its own: a second of work, for which every other request would wait. */
async function toYaml(document: object): Promise<string> {
  const worker = new Worker(new URL('./yaml-worker.js', import.meta.url), {
    workerData: JSON.stringify(document),
  });
  worker.unref();
  const [text] = await once(worker, 'message');
  return text;
}

const referencePath = '/docs';

/**
 * Instead of the answers that come with the page: those would be written anew for every request, as YAML a second of
 * work each.
 */
function serveReference(sendTryOut: Send) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { url } = request.routeOptions;
    if (url === `${referencePath}/json`) return sendTryOut(request, reply);
    if (url === `${referencePath}/yaml`) return reply.redirect('/openapi.yaml', 302);
  };
}

/** The contract as JSON and YAML, and its rendered form at `/docs`, which needs nothing from outside. */
export const openapiPages: FastifyPluginAsync<{ publicUrl: string }> = async (app, { publicUrl }) => {
  const hidden = { schema: { hide: true } };
  app.get(
    '/openapi.json',
    hidden,
    sendOnceMade('application/json', () => JSON.stringify(app.swagger())),
  );
  app.get(
    '/openapi.yaml',
    hidden,
    sendOnceMade('application/yaml', () => toYaml(app.swagger())),
  );
  const sendTryOut = sendOnceMade('application/json', () =>
    JSON.stringify(toTryOut(app.swagger() as TriedOut, publicUrl)),
  );
  await app.register(swaggerUi, {
    routePrefix: referencePath,
    staticCSP: referencePolicy,
    uiHooks: { preHandler: serveReference(sendTryOut) },
    theme: {
      title: 'Savabegh API',
      css: [{ filename: 'savabegh.css', content: referenceStyle }],
    },
    uiConfig: { deepLinking: true, docExpansion: 'list', tryItOutEnabled: true },
  });
};
