import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { LogController } from 'fastify';
import type { Logger } from 'pino';
import examples from '../openapi/examples.json' with { type: 'json' };
import type { Config } from './config.ts';
import { connect } from './database/connection.ts';
import { assertMigrated } from './database/migrator.ts';
import { endEverything, endFlows } from './endings.ts';
import {
  accountRoutes,
  createAccountService,
  createCurrentPassword,
  createPasswordChange,
} from './features/accounts/index.ts';
import {
  activityRoutes,
  createActivityService,
  sweepActivityOfNobody,
  sweepOldActivity,
} from './features/activity/index.ts';
import { branchRoutes, createBranchService } from './features/branch/index.ts';
import { createBudgets } from './features/budgets/budgets.ts';
import {
  clientScopes,
  createClientService,
  machineClientOf,
  machineClients,
  requireScope,
  sweepAssertions,
} from './features/clients/index.ts';
import {
  contactRoutes,
  createContactService,
  createHoldService,
  sweepContactChanges,
  sweepContactHolds,
} from './features/contacts/index.ts';
import {
  createEmployerListService,
  createSubmissionService,
  employerListRoutes,
  sweepSubmissions,
} from './features/employer-lists/index.ts';
import { developmentOwnership } from './features/mobile-ownership/adapters/development.ts';
import { createInquiryOwnership } from './features/mobile-ownership/adapters/inquiry.ts';
import type { MobileOwnership } from './features/mobile-ownership/index.ts';
import { createPasswords, passwordRoutes } from './features/passwords/index.ts';
import { appendList, createRecordService, recordRoutes, removeList } from './features/records/index.ts';
import {
  createObjections,
  createRecoveryService,
  recoveryRoutes,
  sweepRecoveries,
} from './features/recovery/index.ts';
import {
  createRegistrationService,
  registrationRoutes,
  sweepRegistrations,
} from './features/registration/index.ts';
import { createSecurityAnswers, securityQuestionRoutes } from './features/security-questions/index.ts';
import {
  createSessionService,
  createSignInPace,
  sessionRoutes,
  sweepSessions,
} from './features/sessions/index.ts';
import { authentication } from './http/authentication.ts';
import { health } from './http/health.ts';
import { noticePage } from './http/notice-page.ts';
import { openapi } from './http/openapi.ts';
import { problemPages } from './http/problem-pages.ts';
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
  const decoyMac = createMac(config.identifierKey, 'decoy');
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
    await app.register(openapi, { publicUrl: config.publicUrl, version, clientScopes, examples });
    await app.register(problemPages, { publicUrl: config.publicUrl });
    await app.register(machineClients, {
      service: createClientService({
        db,
        budgets,
        secretKeys: config.secretKeys,
        issuer: config.publicUrl,
      }),
    });

    const pace = createSignInPace({
      subjectOf,
      budgets,
      failuresPerNetwork: config.signInFailuresPerNetwork,
    });
    const currentPassword = createCurrentPassword({ db, subjectOf, budgets, passwords });
    const contacts = createContactService({
      db,
      keyring,
      budgets,
      outbox,
      currentPassword,
      mobileOwnership,
      endFlows,
    });
    const passwordChange = createPasswordChange({
      db,
      outbox,
      passwords,
      endEverything,
      forgetFailures: pace.forget,
    });
    const objections = createObjections({ db, keyring, budgets, outbox, endEverything });
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
        contacts,
      }),
    });
    await app.register(sessionRoutes, {
      service: createSessionService({
        db,
        keyring,
        outbox,
        pace,
        passwords,
        lifetimes: {
          idleSeconds: config.sessionIdleHours * 3600,
          lifetimeSeconds: config.sessionLifetimeHours * 3600,
        },
        accessTokens: app.accessTokens,
      }),
    });
    await app.register(accountRoutes, {
      service: createAccountService({
        db,
        outbox,
        budgets,
        currentPassword,
        passwordChange,
        securityAnswers,
        endFlows,
      }),
    });
    await app.register(activityRoutes, { service: createActivityService({ db }) });
    await app.register(noticePage);
    await app.register(contactRoutes, {
      contacts,
      holds: createHoldService({ db, keyring, outbox, endEverything }),
    });
    await app.register(recoveryRoutes, {
      objections,
      service: createRecoveryService({
        db,
        keyring,
        subjectOf,
        decoyMac,
        budgets,
        outbox,
        securityAnswers,
        passwordChange,
        objections,
        settings: config.recovery,
      }),
    });
    await app.register(branchRoutes, {
      service: createBranchService({ db, subjectOf, budgets, outbox, objections }),
    });
    await app.register(recordRoutes, { service: createRecordService({ db }) });
    await app.register(employerListRoutes, {
      service: createSubmissionService({ db, lists: employerLists }),
      guard: requireScope,
      senderOf: (request) => {
        const { clientId, workshopCodes } = machineClientOf(request);
        return { clientId, workshops: workshopCodes };
      },
    });
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
        'client assertions': sweepAssertions,
        'list submissions': sweepSubmissions,
        'activity of nobody': sweepActivityOfNobody,
        'old activity': sweepOldActivity,
        'contact changes': sweepContactChanges,
        'contact holds': sweepContactHolds,
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
