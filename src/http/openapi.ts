import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';

export type OpenApiOptions = Readonly<{ publicUrl: string; version: string }>;

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

const tags = [
  { name: 'registrations', description: 'Signing up with the national code and a mobile of one’s own.' },
  { name: 'sessions', description: 'Signing in, refreshing, signing out.' },
  { name: 'recoveries', description: 'Getting back in when the password is lost.' },
  { name: 'passwords', description: 'The password policy as data.' },
  { name: 'account', description: 'The signed-in person’s own account.' },
  { name: 'insurance records', description: 'Months of insurance built from employers’ lists.' },
  { name: 'employer lists', description: 'Taking in employers’ monthly lists.' },
  { name: 'operations', description: 'Health and keys.' },
] as const;

/** The contract, generated from the routes, and its rendered form at `/docs`, which needs nothing from outside. */
export const openapi = fp<OpenApiOptions>(
  async (app, { publicUrl, version }) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Savabegh (سوابق)',
          version,
          description:
            'Insurance records and account recovery. Texts for people come in Persian, or in English with ' +
            '`Accept-Language: en`. Errors are RFC 9457 problems with a stable `code`.',
        },
        servers: [{ url: publicUrl }],
        tags: [...tags],
        components: {
          securitySchemes: {
            accessToken: {
              type: 'http',
              scheme: 'bearer',
              bearerFormat: 'JWT',
              description: 'From `POST /v1/sessions`.',
            },
            flowToken: {
              type: 'http',
              scheme: 'bearer',
              description: 'From the first call of a registration or recovery; opens that one flow.',
            },
          },
        },
      },
      refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `def-${i}`) },
    });
    app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
      reply.header('cache-control', 'no-cache');
      return app.swagger();
    });
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: referencePolicy,
      uiConfig: { url: '/openapi.json', deepLinking: true, docExpansion: 'list', tryItOutEnabled: true },
    });
  },
  { name: 'openapi' },
);
