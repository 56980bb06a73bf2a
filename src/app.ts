import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { LogController } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { connect } from './database/connection.ts';
import { assertMigrated } from './database/migrator.ts';
import { accountRoutes, createAccountService, createPasswordChange } from './features/accounts/index.ts';
import { sweepActivityOfNobody } from './features/activity/activity.ts';
import { createBudgets } from './features/budgets/budgets.ts';
import { createEmployerListService } from './features/employer-lists/index.ts';
import { createPasswords, passwordRoutes } from './features/passwords/index.ts';
import { appendList, createRecordService, recordRoutes, removeList } from './features/records/index.ts';
import {
  createRecoveryService,
  endRecoveries,
  recoveryRoutes,
  sweepRecoveries,
} from './features/recovery/index.ts';
import { developmentOwnership } from './features/registration/adapters/development.ts';
import { createInquiryOwnership } from './features/registration/adapters/inquiry.ts';
import {
  createRegistrationService,
  type MobileOwnership,
  registrationRoutes,
  sweepRegistrations,
} from './features/registration/index.ts';
import { createSecurityAnswers, securityQuestionRoutes } from './features/security-questions/index.ts';
import {
  createSessionService,
  endSessions,
  sessionRoutes,
  sweepSessions,
} from './features/sessions/index.ts';
import { authentication } from './http/authentication.ts';
import { health } from './http/health.ts';
import { openapi } from './http/openapi.ts';
import { problems } from './http/problems.ts';
import { rateLimits } from './http/rate-limits.ts';
import { requestLog } from './http/request-log.ts';
import { createValidatorFactory } from './http/validation.ts';
import { createKeyring, createMac } from './kernel/keyring.ts';
import { createLogger } from './logger.ts';
import { createMessaging, sweepMessages } from './messaging/index.ts';
import { startUpkeep } from './upkeep.ts';

export const version = '0.1.0';

/** What tests put in place of the real thing. */
export type Overrides = Readonly<{
  log?: Logger;
  mobileOwnership?: MobileOwnership;
  senders?: Parameters<typeof createMessaging>[0]['senders'];
  /** Whether this process delivers messages and sweeps; on unless told otherwise. */
  background?: boolean;
}>;

export type App = Awaited<ReturnType<typeof buildApp>>;

const bodyLimitBytes = 64 * 1024;
const headerLimitBytes = 16 * 1024;
const requestTimeoutMilliseconds = 15_000;
const sweepIntervalSeconds = 60;

/** The only place where the parts meet. Needs a database URL; listens to nothing yet. */
export async function buildApp(config: Config, overrides: Overrides = {}) {
  if (!config.databaseUrl) throw new Error('a database URL is needed');
  const log = overrides.log ?? createLogger({ level: config.logLevel, pretty: !config.production });
  const { db, pool, close } = connect({
    url: config.databaseUrl.expose(),
    poolSize: config.databasePoolSize,
    onIdleError: (err) => log.warn({ err }, 'idle database connection lost'),
  });

  const keyring = createKeyring(config.secretKeys);
  const subjectOf = createMac(config.identifierKey, 'subject');
  const decoyOf = createMac(config.identifierKey, 'decoy');
  const budgets = createBudgets(createMac(config.identifierKey, 'budget'));
  const passwords = createPasswords({
    peppers: config.passwordPeppers,
    cost: config.passwordCost,
    concurrency: config.passwordConcurrency,
    queueLimit: config.passwordQueueLimit,
    policy: config.passwordPolicy,
    breachLookupUrl: config.breachLookupUrl,
  });
  const securityAnswers = createSecurityAnswers({ hasher: passwords.answersHasher });
  const messaging = createMessaging({
    config,
    db,
    keyring,
    budgets,
    log,
    ...(overrides.senders && { senders: overrides.senders }),
  });
  const { outbox } = messaging;
  const employerLists = createEmployerListService({
    pool,
    records: { appendList, removeList },
    centuryPivot: config.centuryPivot,
  });
  const mobileOwnership = overrides.mobileOwnership ?? createOwnership(config, log);

  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: bodyLimitBytes,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    requestTimeout: requestTimeoutMilliseconds,
    forceCloseConnections: 'idle',
    http: { maxHeaderSize: headerLimitBytes },
    schemaController: { compilersFactory: { buildValidator: createValidatorFactory() } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  let stopBackground = async () => {};
  app.addHook('onClose', async () => {
    await stopBackground();
    await passwords.close();
    await close();
  });
  try {
    await assemble();
    await app.ready();
    if (overrides.background !== false) stopBackground = await startBackground();
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;

  async function assemble(): Promise<void> {
    // Limits first: a route registered before them would not be limited.
    await app.register(rateLimits, { requestsPerMinute: config.requestsPerMinute });
    await app.register(problems, { publicUrl: config.publicUrl });
    await app.register(requestLog);
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
      },
      // Behind a balancer that speaks TLS; meaningless on a laptop.
      strictTransportSecurity: config.production ? { maxAge: 63_072_000 } : false,
    });
    await app.register(authentication, { secretKeys: config.secretKeys, issuer: config.publicUrl });
    await app.register(openapi, { publicUrl: config.publicUrl, version });

    const passwordChange = createPasswordChange({
      db,
      outbox,
      passwords,
      async endEverything(trx, accountId, keepSessionId) {
        await endSessions(trx, accountId, keepSessionId);
        await endRecoveries(trx, accountId);
      },
    });
    await app.register(health, { checkReadiness: () => assertMigrated(db) });
    await app.register(passwordRoutes, { passwords, changePasswordUrl: config.changePasswordUrl });
    await app.register(securityQuestionRoutes);
    await app.register(registrationRoutes, {
      service: createRegistrationService({
        db,
        keyring,
        budgets,
        outbox,
        passwords,
        securityAnswers,
        mobileOwnership,
      }),
    });
    await app.register(sessionRoutes, {
      service: createSessionService({
        db,
        keyring,
        subjectOf,
        budgets,
        passwords,
        accessTokens: app.accessTokens,
      }),
    });
    await app.register(accountRoutes, {
      service: createAccountService({ db, subjectOf, budgets, passwords, passwordChange }),
    });
    await app.register(recoveryRoutes, {
      service: createRecoveryService({ db, keyring, subjectOf, decoyOf, budgets, outbox, passwordChange }),
    });
    await app.register(recordRoutes, { service: createRecordService({ db, pool }) });
    await app.register(messaging.routes);
    if (!config.production) {
      const { developmentRoutes } = await import('./development/index.ts');
      await app.register(developmentRoutes, { db, messaging, employerLists });
    }
  }

  async function startBackground(): Promise<() => Promise<void>> {
    const worker = config.messaging.deliversInService ? await messaging.startWorker() : null;
    const stopUpkeep = startUpkeep(
      db,
      {
        registrations: sweepRegistrations,
        recoveries: sweepRecoveries,
        sessions: sweepSessions,
        budgets: (on) => budgets.sweep(on),
        'activity of nobody': sweepActivityOfNobody,
        messages: sweepMessages,
      },
      log,
      sweepIntervalSeconds,
    );
    return async () => {
      await stopUpkeep();
      await worker?.stop();
    };
  }
}

function createOwnership(config: Config, log: Logger): MobileOwnership {
  const { url, token } = config.ownershipInquiry;
  if (config.mobileOwnership === 'development') return developmentOwnership;
  if (!token) throw new Error('an inquiry needs a token');
  return createInquiryOwnership({
    dialect: config.mobileOwnership as 'zohal' | 'zibal',
    url,
    token,
    onUnavailable: (reason) => log.warn({ reason }, 'mobile ownership is not available'),
  });
}
