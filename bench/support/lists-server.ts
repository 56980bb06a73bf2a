import { randomBytes } from 'node:crypto';
import { buildApp } from '../../src/composition/app.ts';
import { loadConfig } from '../../src/composition/config.ts';
import { connect } from '../../src/database/connection.ts';
import { clientAdministration } from '../../src/features/clients/index.ts';
import { serve } from './fork-server.ts';

export type ListsServerInput = Readonly<{ url: string }>;
/** `credentials`: of a client that may send anybody's lists, as HTTP Basic has them. */
export type ListsServerReady = Readonly<{ origin: string; credentials: string }>;

const key = () => randomBytes(32).toString('base64');

/** The service as it is deployed; its log goes where the bench has sent standard output. */
await serve(async ({ url }: ListsServerInput): Promise<ListsServerReady> => {
  const config = loadConfig({
    DATABASE_URL: url,
    PORT: '0',
    PASSWORD_CONCURRENCY: '1',
    REQUESTS_PER_MINUTE: '1000000',
    SECRET_KEYS: `bench:${key()}`,
    IDENTIFIER_KEY: key(),
    PASSWORD_PEPPERS: `bench:${key()}`,
  });
  const { db, close } = connect({ url, poolSize: 1 });
  const { clientId, secret } = await clientAdministration.createClient(db, {
    name: 'bench',
    scopes: ['employer-lists:write', 'employer-lists:read'],
    workshopCodes: null,
    requestsPerMinute: 1_000_000,
    key: null,
  });
  await close();
  const app = await buildApp({ ...config, production: true }, { background: false });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { origin: app.listeningOrigin, credentials: btoa(`${clientId}:${secret}`) };
});
