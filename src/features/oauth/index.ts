import fp from 'fastify-plugin';
import { createProvider, type OAuthDependencies } from './provider.ts';
import { createBridge } from './provider-bridge.ts';
import { tokenRoutes } from './token.routes.ts';

export type { OAuthDependencies } from './provider.ts';

/** The addresses of OAuth, answered by the provider. */
export const oauth = fp<OAuthDependencies>(
  async (app, deps) => {
    const ask = createBridge(createProvider(deps), deps.publicUrl);
    await app.register(tokenRoutes, { ask });
  },
  { name: 'oauth' },
);
