import fp from 'fastify-plugin';
import { authorizationRoutes } from './authorizations.routes.ts';
import { type AuthorizationDependencies, isProved } from './authorizations.service.ts';
import { browserRoutes } from './browser.routes.ts';
import { discoveryRoutes } from './discovery.routes.ts';
import { createProvider, type OAuthDependencies, oauthPaths } from './provider.ts';
import { createBridge } from './provider-bridge.ts';
import { tokenRoutes } from './token.routes.ts';

export { oauthProblems } from './oauth.problems.ts';
export { cleanUpStates } from './oauth-state.repository.ts';
export { createPersonName } from './person-name.ts';

type Options = Omit<OAuthDependencies, 'ttlSeconds'> &
  Readonly<{ ttlSeconds: number; grants: Omit<AuthorizationDependencies, 'nameOf' | 'toResumeUrl'> }>;

/** The addresses of OAuth, answered by the provider, and what a consent page works through. */
export const oauth = fp<Options>(
  async (app, { grants, ...deps }) => {
    const { publicUrl, nameOf } = deps;
    const ask = createBridge(createProvider(deps), publicUrl);
    const toResumeUrl = (id: string) => `${publicUrl}${oauthPaths.authorization}/${id}`;
    const authorizations = { ...grants, nameOf, toResumeUrl };
    await app.register(tokenRoutes, { ask });
    await app.register(discoveryRoutes, { ask });
    await app.register(browserRoutes, {
      ask,
      isProved: (id: string, secret: string) => isProved(authorizations, id, secret),
    });
    await app.register(authorizationRoutes, { authorizations });
  },
  { name: 'oauth' },
);
