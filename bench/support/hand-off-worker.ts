import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { loadConfig } from '../../src/composition/config.ts';
import { createNetworkCheck, createNetworks } from '../../src/composition/known-networks.ts';
import { createMobileCheck, createOwnership } from '../../src/composition/ownership.ts';
import { connect } from '../../src/database/connection.ts';
import { createQuotas } from '../../src/features/quotas/quotas.ts';
import { createKeyring, createMac } from '../../src/kernel/keyring.ts';
import { createMessaging } from '../../src/messaging/index.ts';
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
  const { db } = connect({ url, poolSize: 2 });
  const log = pino({ level: 'info' });
  const messaging = await createMessaging({
    config,
    db,
    keyring: createKeyring(config.secretKeys),
    quotas: createQuotas(createMac(config.identifierKey, 'quota')),
    isKnownNetwork: createNetworkCheck(createNetworks(config.identifierKey)),
    mayReceiveSecrets: createMobileCheck(config, db, createOwnership(config, log)),
    log,
  });
  await messaging.startWorker();
  return {};
});
