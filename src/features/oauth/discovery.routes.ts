import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { clientScopes, grantScopes } from '../clients/index.ts';
import { responseMode } from './client-metadata.ts';
import type { ProviderBridge } from './provider-bridge.ts';

/** What the provider cannot know: scopes are of our resource, and names of people are made before it sees them. */
const ours = {
  scopes_supported: ['openid', ...Object.keys(grantScopes), ...Object.keys(clientScopes)],
  subject_types_supported: ['pairwise'],
  response_modes_supported: [responseMode],
};

/** What OAuth and OpenID Connect clients configure themselves by (RFC 8414). */
export const discoveryRoutes: FastifyPluginAsyncTypebox<{ ask: ProviderBridge }> = async (app, { ask }) => {
  for (const url of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
    app.get(url, { schema: { hide: true } }, async (_request, reply) => {
      const { text } = await ask({ method: 'GET', url, headers: { accept: 'application/json' } });
      return reply
        .type('application/json; charset=utf-8')
        .send(JSON.stringify({ ...JSON.parse(text), ...ours }));
    });
  }
};
