import type { Logger } from 'pino';
import { connect } from '../database/connection.ts';
import {
  cleanUpEvents,
  createAccountService,
  createCurrentPassword,
  createPasswordChange,
} from '../features/accounts/index.ts';
import {
  cleanUpActivityOfNobody,
  cleanUpOldActivity,
  createActivityService,
} from '../features/activity/index.ts';
import {
  type BranchDependencies,
  barFormerHolders,
  cleanUpBranchRecoveries,
  endBranchRecoveries,
  useBranchRecovery,
} from '../features/branch/index.ts';
import { cleanUpAssertions, createClientService } from '../features/clients/index.ts';
import {
  type ContactDependencies,
  cleanUpContactFlows,
  trustRipeChanges,
} from '../features/contacts/index.ts';
import type { DisputeDependencies } from '../features/disputes/index.ts';
import {
  cleanUpSubmissions,
  createEmployerListService,
  createSubmissionService,
} from '../features/employer-lists/index.ts';
import { cleanUpKeys, createIdempotency } from '../features/idempotency/index.ts';
import { cleanUpNetworks } from '../features/known-networks/index.ts';
import type { MobileOwnership } from '../features/mobile-ownership/index.ts';
import { createPasswords } from '../features/passwords/index.ts';
import {
  type ApplyDependencies,
  applyRipeChanges,
  cleanUpRequests,
  type DeskDependencies,
  disputeChange,
} from '../features/people/index.ts';
import { createPressure, createProofOfWork } from '../features/proof-of-work/index.ts';
import { createQuotas } from '../features/quotas/quotas.ts';
import { cleanUpSlidingQuotas, createSlidingQuotas } from '../features/quotas/sliding-quotas.ts';
import { createRecordService, recordWriter } from '../features/records/index.ts';
import { cleanUpRecoveries, createRecoveryService } from '../features/recovery/index.ts';
import {
  cleanUpRegistrations,
  createRegistrationService,
  endRegistrations,
} from '../features/registration/index.ts';
import { createSecurityAnswers } from '../features/security-questions/index.ts';
import {
  cleanUpDevices,
  cleanUpSessions,
  cleanUpSignIns,
  createSessionService,
  createSignInThrottle,
  requireFreshSession,
} from '../features/sessions/index.ts';
import { createKeyring, createMac } from '../kernel/keyring.ts';
import { version } from '../kernel/version.ts';
import {
  cleanUpMessages,
  createMessaging,
  createOutbox,
  type DeliveryWorker,
  type Messaging,
} from '../messaging/index.ts';
import { createOperations, createReadiness } from '../operations/index.ts';
import { type Cleanup, startCleanup } from './cleanup.ts';
import type { Config } from './config.ts';
import { createNetworkCheck, createNetworks } from './known-networks.ts';
import { createMobileCheck, createOwnership } from './ownership.ts';
import { cancelPendingFlows, revokeAllAccess } from './revocation.ts';

/** What tests put in place of the real thing. */
export type ServiceOverrides = Readonly<{
  mobileOwnership?: MobileOwnership;
  senders?: Parameters<typeof createMessaging>[0]['senders'];
  /** Whether this process delivers messages and cleanups; on unless told otherwise. */
  background?: boolean;
}>;

export type Services = Awaited<ReturnType<typeof createServices>>;

const cleanupIntervalSeconds = 60;

const registerChanges: ApplyDependencies = { records: recordWriter, endRegistrations };

/** Everything that the service does, before HTTP: settings in, use cases out. Nothing runs yet. */
export async function createServices(config: Config, overrides: ServiceOverrides, log: Logger) {
  const foundation = createFoundation(config, log);
  const { db, pool, close, keyring, quotas, passwords } = foundation;
  const { mobileOwnership = createOwnership(config, log), senders, background = true } = overrides;

  let worker: DeliveryWorker | null = null;
  const deliversHere = config.messaging.deliversInService && background;
  const readiness = createReadiness({
    db,
    deliversHere,
    worker: () => worker,
    onFailure: (cause) => log.warn({ cause }, 'the database could not be asked whether the service is ready'),
  });
  const sources = { version, readiness, pool, hashing: passwords.metrics, log };
  const operations = await createOperations(config, sources);
  const messaging = await createMessaging({
    config,
    db,
    keyring,
    quotas,
    isKnownNetwork: createNetworkCheck(foundation.knownNetworks),
    mayReceiveSecrets: createMobileCheck(config, db, mobileOwnership),
    log,
    ...(operations && { onDelivery: operations.countDelivery }),
    ...(senders && { senders }),
  });
  let stopCleanup = async () => {};
  return {
    ...createUseCases(config, { ...foundation, messaging, mobileOwnership, log }),
    idempotency: createIdempotency({ db, identifierKey: config.identifierKey }),
    db,
    passwords,
    messaging,
    readiness,
    operations,
    async startBackground(): Promise<void> {
      if (!background) return;
      if (deliversHere) worker = await messaging.startWorker();
      stopCleanup = startCleanup(db, getCleanups(config, foundation), log, cleanupIntervalSeconds);
    },
    async close(): Promise<void> {
      await stopCleanup();
      await worker?.stop();
      await operations?.close();
      await passwords.close();
      await close();
    },
  };
}

/** What several features stand on. */
function createFoundation(config: Config, log: Logger) {
  if (!config.databaseUrl) throw new Error('a database URL is needed');
  return {
    ...connect({
      url: config.databaseUrl.expose(),
      poolSize: config.databasePoolSize,
      prepareStatements: config.databasePreparedStatements,
      onIdleError: ({ message }) => log.warn({ reason: message }, 'idle database connection lost'),
    }),
    keyring: createKeyring(config.secretKeys),
    subjectOf: createMac(config.identifierKey, 'subject'),
    quotas: createQuotas(createMac(config.identifierKey, 'quota')),
    slidingQuotas: createSlidingQuotas(createMac(config.identifierKey, 'sliding-quota')),
    knownNetworks: createNetworks(config.identifierKey),
    passwords: createPasswords(config.passwords),
  };
}

type Foundation = ReturnType<typeof createFoundation>;
type Parts = Foundation & Readonly<{ messaging: Messaging; mobileOwnership: MobileOwnership; log: Logger }>;

function createUseCases(config: Config, { messaging, mobileOwnership, log, ...foundation }: Parts) {
  const { db, pool, keyring, subjectOf, quotas, slidingQuotas, knownNetworks, passwords } = foundation;
  const { outbox } = messaging;
  const throttle = createSignInThrottle({
    subjectOf,
    quotas,
    slidingQuotas,
    failuresPerNetwork: config.signInFailuresPerNetwork,
  });
  const currentPassword = createCurrentPassword({ db, subjectOf, quotas, passwords });
  const securityAnswers = createSecurityAnswers({ hasher: passwords.answersHasher });
  const passwordChange = createPasswordChange({
    db,
    outbox,
    passwords,
    revokeAllAccess,
    networkKeyOf: knownNetworks.keyOf,
  });
  const { hashes, failuresPerMinute } = config.proofOfWork;
  const proofOfWork = createProofOfWork({ db, keyring, quotas, hashes });
  const pressure = createPressure({
    failuresPerMinute,
    queueSeconds: () =>
      (passwords.metrics().waiting * passwords.metrics().meanJobSeconds) / config.passwords.concurrency,
  });
  const common = { db, keyring, quotas, outbox };
  const contacts: ContactDependencies = {
    ...common,
    currentPassword,
    securityAnswers,
    mobileOwnership,
    cancelPendingFlows,
  };
  const disputes: DisputeDependencies = {
    db,
    keyring,
    outbox,
    revokeAllAccess,
    endBranchRecoveries,
    disputeRegisterChange: disputeChange,
  };
  const people: DeskDependencies = { db, quotas, outbox, ...registerChanges };
  const branch: BranchDependencies = { ...common, subjectOf, proofOfWork, mobileOwnership };
  const employerLists = createEmployerListService({
    pool,
    records: recordWriter,
    centuryPivot: config.centuryPivot,
  });
  return {
    branch,
    people,
    contacts,
    disputes,
    employerLists,
    clients: createClientService({
      db,
      quotas,
      secretKeys: config.secretKeys,
      issuer: config.publicUrl,
    }),
    registration: createRegistrationService({
      ...common,
      subjectOf,
      proofOfWork,
      passwords,
      securityAnswers,
      mobileOwnership,
      contacts,
    }),
    /** `accessTokens`: signed where they are verified. */
    sessions: (accessTokens: Parameters<typeof createSessionService>[0]['accessTokens']) =>
      createSessionService({
        db,
        keyring,
        outbox,
        throttle,
        knownNetworks,
        subjectOf,
        proofOfWork,
        pressure,
        passwords,
        currentPassword,
        lifetimes: {
          idleSeconds: config.sessionIdleHours * 3600,
          lifetimeSeconds: config.sessionLifetimeHours * 3600,
        },
        accessTokens,
      }),
    accounts: createAccountService({
      db,
      outbox,
      quotas,
      currentPassword,
      passwordChange,
      requireFreshSession,
    }),
    activity: createActivityService({ db }),
    recovery: createRecoveryService({
      ...common,
      subjectOf,
      proofOfWork,
      pressure,
      securityAnswers,
      passwordChange,
      branchRecoveries: {
        use: useBranchRecovery,
        endAll: endBranchRecoveries,
        barFormerHolders: (id) => barFormerHolders(contacts, id),
      },
      settings: config.recovery,
    }),
    records: createRecordService({ db }),
    submissions: createSubmissionService({
      db,
      pool,
      lists: employerLists,
      onFailure: (error) => log.error({ err: error }, 'a list that was received could not be taken in'),
    }),
  };
}

/** What expires, and is removed. */
function getCleanups(config: Config, { quotas }: Foundation): Record<string, Cleanup> {
  return {
    registrations: cleanUpRegistrations,
    recoveries: cleanUpRecoveries,
    'recoveries at branches': cleanUpBranchRecoveries,
    sessions: cleanUpSessions,
    'sign-ins in two steps': cleanUpSignIns,
    devices: cleanUpDevices,
    'known networks': cleanUpNetworks,
    quotas: (on) => quotas.cleanUp(on),
    'idempotency keys': cleanUpKeys,
    'sliding quotas': cleanUpSlidingQuotas,
    'client assertions': cleanUpAssertions,
    'list submissions': cleanUpSubmissions,
    'activity of nobody': cleanUpActivityOfNobody,
    'old activity': (on) => cleanUpOldActivity(on, config.activityRetentionDays),
    'ripe changes': (on) => trustRipeChanges({ db: on, outbox: createOutbox(), cancelPendingFlows }),
    'changes of the register': (on) =>
      applyRipeChanges({ db: on, outbox: createOutbox(), ...registerChanges }),
    'requests to change the register': cleanUpRequests,
    'contact flows': cleanUpContactFlows,
    'account events': cleanUpEvents,
    messages: cleanUpMessages,
  };
}
