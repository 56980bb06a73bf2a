import type { Logger } from 'pino';
import {
  type AccountDependencies,
  cleanUpEvents,
  createCurrentPassword,
  createPasswordChange,
} from '../features/accounts/index.ts';
import {
  cleanUpDecoyActivity,
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
import { cleanUpGrants, type GrantDependencies, openLook } from '../features/grants/index.ts';
import { cleanUpKeys, createIdempotency } from '../features/idempotency/index.ts';
import { cleanUpNetworks } from '../features/known-networks/index.ts';
import { cleanUpStates, createPersonName } from '../features/oauth/index.ts';
import { createPasswords, type Passwords } from '../features/passwords/index.ts';
import {
  type ApplyDependencies,
  applyRipeChanges,
  cleanUpRequests,
  type DeskDependencies,
  disputeChange,
} from '../features/people/index.ts';
import { createPressure, createProofOfWork } from '../features/proof-of-work/index.ts';
import { cleanUpSlidingQuotas } from '../features/quotas/sliding-quotas.ts';
import { createRecordService, recordWriter } from '../features/records/index.ts';
import { cleanUpRecoveries, type RecoveryDependencies } from '../features/recovery/index.ts';
import {
  cleanUpRegistrations,
  endRegistrations,
  type RegistrationDependencies,
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
import { createMac } from '../kernel/keyring.ts';
import { cleanUpMessages, createOutbox } from '../messaging/index.ts';
import { type Cleanup, startCleanup } from './cleanup.ts';
import type { Config } from './config.ts';
import { createDaemon, type Daemon, type DaemonOverrides } from './daemon.ts';
import { createFoundation, type Foundation } from './foundation.ts';
import { cancelPendingFlows, revokeAllAccess } from './revocation.ts';

/** What tests put in place of the real thing. */
export type ServiceOverrides = DaemonOverrides &
  Readonly<{
    /** Whether this process dispatches messages and cleans up; on unless told otherwise. */
    background?: boolean;
    /** How long a sender of a list waits for its report. */
    answerListsWithinMs?: number;
  }>;

export type Services = Awaited<ReturnType<typeof createServices>>;

const cleanupIntervalSeconds = 60;

const registerChanges: ApplyDependencies = { records: recordWriter, endRegistrations };

/** Everything that the service does, before HTTP: settings in, use cases out. Nothing runs yet. */
export async function createServices(
  config: Config,
  { background = true, answerListsWithinMs, ...overrides }: ServiceOverrides,
  log: Logger,
) {
  const foundation = createFoundation(config, { poolSize: config.databasePoolSize, log });
  const passwords = createPasswords(config.passwords);
  const dispatchesHere = config.messaging.dispatchesInService && background;
  const hashing = passwords.metrics;
  const daemon = await createDaemon(foundation, { ...overrides, log, dispatchesHere, hashing });
  const { db } = foundation;
  let stopCleanup = async () => {};
  return {
    ...createUseCases(foundation, { ...daemon, passwords, log, answerListsWithinMs }),
    idempotency: createIdempotency({ db, identifierKey: config.identifierKey }),
    db,
    passwords,
    messaging: daemon.messaging,
    readiness: daemon.readiness,
    operations: daemon.operations,
    async startBackground(): Promise<void> {
      if (!background) return;
      if (dispatchesHere) await daemon.startDispatch();
      stopCleanup = startCleanup(db, getCleanups(foundation), log, cleanupIntervalSeconds);
    },
    async close(): Promise<void> {
      await stopCleanup();
      await daemon.close();
      await passwords.close();
      await foundation.close();
    },
  };
}

type Parts = Daemon &
  Readonly<{ passwords: Passwords; log: Logger; answerListsWithinMs: number | undefined }>;

/** What several features judge people by. */
function createGuards({ config, ...foundation }: Foundation, { messaging, passwords }: Parts) {
  const { db, keyring, subjectOf, quotas, counterKey, knownNetworks } = foundation;
  const { hashes, ...failuresPerMinute } = config.proofOfWork;
  return {
    throttle: createSignInThrottle({
      subjectOf,
      quotas,
      counterKey,
      failuresPerNetwork: config.signInFailuresPerNetwork,
    }),
    currentPassword: createCurrentPassword({ db, counterKey, passwords }),
    securityAnswers: createSecurityAnswers({ hasher: passwords.answersHasher }),
    passwordChange: createPasswordChange({
      db,
      outbox: messaging.outbox,
      passwords,
      revokeAllAccess,
      networkKeyOf: knownNetworks.keyOf,
    }),
    proofOfWork: createProofOfWork({ db, keyring, quotas, hashes }),
    pressure: createPressure({
      db,
      counterKey,
      ...failuresPerMinute,
      queueSeconds: () =>
        (passwords.metrics().waiting * passwords.metrics().meanJobSeconds) / config.passwords.concurrency,
    }),
  };
}

/** Of the features whose use cases are functions with these as their first argument. */
function createDependencies(
  { db, keyring, subjectOf, quotas, counterKey }: Foundation,
  { messaging: { outbox }, mobileOwnership, passwords }: Parts,
  { currentPassword, passwordChange, securityAnswers, proofOfWork }: ReturnType<typeof createGuards>,
) {
  const common = { db, keyring, quotas, counterKey, outbox };
  const accounts: AccountDependencies = { ...common, currentPassword, passwordChange, requireFreshSession };
  const contacts: ContactDependencies = {
    ...common,
    currentPassword,
    securityAnswers,
    mobileOwnership,
    cancelPendingFlows,
  };
  const grants: GrantDependencies = { db, outbox, requireFreshSession };
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
  const registration: RegistrationDependencies = {
    ...common,
    subjectOf,
    proofOfWork,
    mobileOwnership,
    passwords,
    securityAnswers,
    contacts,
  };
  return { accounts, contacts, disputes, grants, people, branch, registration };
}

function createUseCases(foundation: Foundation, parts: Parts) {
  const { config, db, keyring, subjectOf, quotas, counterKey, knownNetworks } = foundation;
  const { passwords } = parts;
  const { outbox } = parts.messaging;
  const guards = createGuards(foundation, parts);
  const { throttle, currentPassword, passwordChange, securityAnswers, proofOfWork, pressure } = guards;
  const dependencies = createDependencies(foundation, parts, guards);
  const { contacts } = dependencies;
  const common = { db, keyring, quotas, counterKey, outbox, subjectOf, proofOfWork };
  const recovery: RecoveryDependencies = {
    ...common,
    knownNetworks,
    pressure,
    securityAnswers,
    passwordChange,
    branchRecoveries: {
      use: useBranchRecovery,
      endAll: endBranchRecoveries,
      barFormerHolders: (id) => barFormerHolders(contacts, id),
    },
    settings: config.recovery,
  };
  return {
    ...dependencies,
    ...createListUseCases(foundation, parts),
    clients: createClientService({ db, quotas }),
    oauth: createOAuth(foundation, dependencies.grants),
    sessions: createSessionService({
      ...common,
      throttle,
      knownNetworks,
      pressure,
      passwords,
      currentPassword,
      lifetimes: {
        idleSeconds: config.sessionIdleHours * 3600,
        lifetimeSeconds: config.sessionLifetimeHours * 3600,
      },
    }),
    activity: createActivityService({ db }),
    recovery,
    records: createRecordService({ db, openLook: (reader) => openLook({ db, outbox }, reader) }),
  };
}

function createOAuth(
  { config: { publicUrl, secretKeys, identifierKey, consentUrl }, db, quotas, keyring }: Foundation,
  grants: GrantDependencies,
) {
  return {
    db,
    quotas,
    publicUrl,
    secretKeys,
    grants,
    nameOf: createPersonName(createMac(identifierKey, 'pairwise')),
    cookieKeys: keyring.accept('oauth-cookie').map((mac) => mac('key').toString('base64url')),
    consentUrl: consentUrl === '' ? `${publicUrl}/consent` : consentUrl,
  };
}

function createListUseCases({ config, db, pool }: Foundation, { log, answerListsWithinMs }: Parts) {
  const employerLists = createEmployerListService({
    pool,
    records: recordWriter,
    centuryPivot: config.centuryPivot,
  });
  return {
    employerLists,
    submissions: createSubmissionService({
      db,
      pool,
      lists: employerLists,
      onFailure: (error) => log.error({ err: error }, 'a list that was received could not be imported'),
      ...(answerListsWithinMs !== undefined && { answerWithinMs: answerListsWithinMs }),
    }),
  };
}

/** What expires, and is removed. */
function getCleanups({ config, quotas }: Foundation): Record<string, Cleanup> {
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
    'authorizations under way': cleanUpStates,
    grants: cleanUpGrants,
    'list submissions': cleanUpSubmissions,
    'activity of decoys': cleanUpDecoyActivity,
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
