import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { loadConfig } from '../../src/composition/config.ts';
import { createDaemon } from '../../src/composition/daemon.ts';
import { createFoundation } from '../../src/composition/foundation.ts';
import { serve } from './fork-server.ts';

export type HandOffWorkerInput = Readonly<{ url: string; providerUrl: string }>;

const key = () => randomBytes(32).toString('base64');

/** Delivery as it is deployed, limits and log and all, to a provider of the bench. */
await serve(async ({ url, providerUrl }: HandOffWorkerInput) => {
  const config = loadConfig({
    DATABASE_URL: url,
    PUBLIC_URL: 'https://savabegh.example',
    SECRET_KEYS: `bench:${key()}`,
    IDENTIFIER_KEY: key(),
    PASSWORD_PEPPERS: `bench:${key()}`,
    SMS_PROVIDERS: 'kavenegar',
    KAVENEGAR_URL: providerUrl,
    KAVENEGAR_API_KEY: 'bench',
  });
  const log = pino({ level: 'info' });
  const foundation = createFoundation(config, { poolSize: 2, log });
  const daemon = await createDaemon(foundation, { log, dispatchesHere: true, hashing: null });
  await daemon.startDispatch();
  return {};
});
