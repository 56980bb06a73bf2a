import swagger from '@fastify/swagger';
import fp from 'fastify-plugin';
import type { Localised } from '../kernel/locale.ts';
import { completeDocument, type Document, type RecordedExamples } from './openapi-document.ts';
import { openapiPages } from './openapi-pages.ts';

export type OpenApiOptions = Readonly<{
  publicUrl: string;
  version: string;
  /** What machine clients may be allowed to do. */
  clientScopes: Readonly<Record<string, Localised>>;
  /** What institutions may ask people for. */
  grantScopes: Readonly<Record<string, Localised>>;
  /** `{publicUrl}` in them stands for this service's own. */
  examples: RecordedExamples;
  /** Whether it is put together before the port opens, and not when somebody first asks for it, which the others wait for. */
  atStart: boolean;
}>;

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
  { name: 'grants', description: 'Institutions that look with the person’s word.' },
  { name: 'problems', description: 'What the codes of problems mean.' },
  { name: 'operations', description: 'Health and keys.' },
] as const;

/** By which institutions get at what people allow them. */
const toGrantScheme = (publicUrl: string, grantScopes: OpenApiOptions['grantScopes']) => ({
  type: 'oauth2' as const,
  description:
    'Institutions, with a person’s grant: pushed requests (RFC 9126) and PKCE. The scopes cut the person’s own addresses.',
  flows: {
    authorizationCode: {
      authorizationUrl: `${publicUrl}/v1/oauth/authorize`,
      tokenUrl: `${publicUrl}/v1/oauth/token`,
      refreshUrl: `${publicUrl}/v1/oauth/token`,
      scopes: Object.fromEntries(Object.entries(grantScopes).map(([name, { en }]) => [name, en])),
    },
  },
});

/** The contract, generated from the routes, and where it is read. */
export const openapi = fp<OpenApiOptions>(
  async (app, { publicUrl, version, clientScopes, grantScopes, examples, atStart }) => {
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
            grants: toGrantScheme(publicUrl, grantScopes),
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
    await app.register(openapiPages, { publicUrl });
    if (atStart) app.addHook('onReady', async () => void app.swagger());
  },
  { name: 'openapi', dependencies: ['problems'] },
);
