import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import type { Localised } from '../kernel/locale.ts';
import { type FixedDocument, fixedDocument, sendFixedDocument } from './fixed-document.ts';
import { completeDocument, type Document, type RecordedExamples } from './openapi-document.ts';

export type OpenApiOptions = Readonly<{
  publicUrl: string;
  version: string;
  /** What machine clients may be allowed to do. */
  clientScopes: Readonly<Record<string, Localised>>;
  /** `{publicUrl}` in them stands for this service's own. */
  examples: RecordedExamples;
}>;

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

type TriedOut = {
  servers?: { url: string }[];
  components?: { parameters?: Record<string, { example?: unknown }> };
};

/**
 * The document as the page tries it out: at the host that the page itself came from, the only one that its policy lets
 * it call, and without a key that would make the second try a repeat of the first.
 */
function toTryOut(document: TriedOut, publicUrl: string) {
  const tried: TriedOut = JSON.parse(
    JSON.stringify(document).replaceAll(`"${publicUrl}/v1/oauth`, '"/v1/oauth'),
  );
  tried.servers = [{ url: '/' }];
  delete tried.components?.parameters?.IdempotencyKey?.example;
  return tried;
}

const tags = [
  { name: 'registrations', description: 'Signing up with the national code and a mobile of one’s own.' },
  { name: 'sessions', description: 'Signing in, refreshing, signing out.' },
  { name: 'recoveries', description: 'Getting back in when the password is lost.' },
  { name: 'branch', description: 'What officers do for people at the desk.' },
  { name: 'passwords', description: 'The password policy as data.' },
  { name: 'account', description: 'The signed-in person’s own account.' },
  { name: 'insurance records', description: 'Months of insurance built from employers’ lists.' },
  { name: 'employer lists', description: 'Taking in employers’ monthly lists.' },
  { name: 'machine clients', description: 'Access tokens for programs that call in their own name.' },
  { name: 'problems', description: 'What the codes of problems mean.' },
  { name: 'operations', description: 'Health and keys.' },
] as const;

/** Put together when it is first asked for, not at every start. */
function serveDocument(app: FastifyInstance, path: string, type: string, textOf: () => string): void {
  let document: FixedDocument | undefined;
  app.get(path, { schema: { hide: true } }, async (request, reply) => {
    document ??= fixedDocument(textOf());
    reply.type(`${type}; charset=utf-8`);
    return sendFixedDocument(request, reply, document, 'no-cache');
  });
}

/** The contract, generated from the routes, and its rendered form at `/docs`, which needs nothing from outside. */
export const openapi = fp<OpenApiOptions>(
  async (app, { publicUrl, version, clientScopes, examples }) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Savabegh API',
          version,
          contact: { name: 'Savabegh', url: `${publicUrl}/docs/guide` },
          license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
          description:
            'Insurance records and account recovery. Texts for people come in Persian, or in English with ' +
            '`Accept-Language: en`. Errors are RFC 9457 problems with a stable `code`.',
        },
        servers: [{ url: publicUrl }],
        externalDocs: { description: 'Guide: how to build on it', url: `${publicUrl}/docs/guide` },
        tags: [...tags],
        components: {
          securitySchemes: {
            accessToken: {
              type: 'http',
              scheme: 'bearer',
              bearerFormat: 'JWT',
              description: 'From `POST /v1/sessions`.',
            },
            refreshCookie: {
              type: 'apiKey',
              in: 'cookie',
              name: '__Host-savabegh-refresh',
              description:
                'From `POST /v1/sessions` with `keep: "cookie"`; for refreshing and signing out only, with the header ' +
                '`Savabegh-Client` and an `Origin` of the service or its front ends.',
            },
            flowToken: {
              type: 'http',
              scheme: 'bearer',
              description: 'From the first call of a registration or recovery; opens that one flow.',
            },
            clientCredentials: {
              type: 'oauth2',
              description: 'Machine clients: employers’ software, institutions.',
              flows: {
                clientCredentials: {
                  tokenUrl: `${publicUrl}/v1/oauth/token`,
                  scopes: Object.fromEntries(
                    Object.entries(clientScopes).map(([name, { en }]) => [name, en]),
                  ),
                },
              },
            },
            clientBasic: {
              type: 'http',
              scheme: 'basic',
              description: 'Id and secret of a machine client; for `POST /v1/oauth/token` only.',
            },
          },
        },
      },
      transformObject: (parts) => {
        if (!('openapiObject' in parts)) throw new Error('the document is OpenAPI, not Swagger 2');
        const document = parts.openapiObject as unknown as Document;
        const { problemCatalogue: catalogue } = app;
        const here: RecordedExamples = JSON.parse(
          JSON.stringify(examples).replaceAll('{publicUrl}', publicUrl),
        );
        return completeDocument(document, {
          catalogue,
          examples: here,
          publicUrl,
        }) as typeof parts.openapiObject;
      },
      refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `def-${i}`) },
    });
    serveDocument(app, '/openapi.json', 'application/json', () => JSON.stringify(app.swagger()));
    serveDocument(app, '/openapi.yaml', 'application/yaml', () => app.swagger({ yaml: true }));
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: referencePolicy,
      transformSpecification: (document) => toTryOut(document as unknown as TriedOut, publicUrl),
      theme: {
        title: 'Savabegh API',
        // Another document's address has no place here.
        css: [{ filename: 'savabegh.css', content: '.swagger-ui .topbar { display: none; }' }],
      },
      uiConfig: { deepLinking: true, docExpansion: 'list', tryItOutEnabled: true },
    });
  },
  { name: 'openapi', dependencies: ['problems'] },
);
