import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { ProviderBridge } from './provider-bridge.ts';

/** What OAuth and OpenID Connect clients configure themselves by (RFC 8414). */
export const discoveryRoutes: FastifyPluginAsyncTypebox<{ ask: ProviderBridge }> = async (app, { ask }) => {
  for (const url of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
    app.get(url, { schema: { hide: true } }, async (_request, reply) => {
      const { text } = await ask({ method: 'GET', url, headers: { accept: 'application/json' } });
      return reply.type('application/json; charset=utf-8').send(text);
    });
  }
};
