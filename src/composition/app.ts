import helmet from '@fastify/helmet';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import examples from '../../openapi/examples.json' with { type: 'json' };
import { accountRoutes } from '../features/accounts/index.ts';
import { activityRoutes } from '../features/activity/index.ts';
import { branchRoutes } from '../features/branch/index.ts';
import {
  clientScopes,
  getMachineClient,
  grantScopes,
  machineClients,
  requireScope,
} from '../features/clients/index.ts';
import { contactRoutes } from '../features/contacts/index.ts';
import { disputeRoutes } from '../features/disputes/index.ts';
import { employerListRoutes } from '../features/employer-lists/index.ts';
import { grantRoutes } from '../features/grants/index.ts';
import { oauth } from '../features/oauth/index.ts';
import { passwordRoutes } from '../features/passwords/index.ts';
import { peopleRoutes } from '../features/people/index.ts';
import { recordRoutes } from '../features/records/index.ts';
import { recoveryRoutes } from '../features/recovery/index.ts';
import { registrationRoutes } from '../features/registration/index.ts';
import { securityQuestionRoutes } from '../features/security-questions/index.ts';
import { sessionRoutes } from '../features/sessions/index.ts';
import { addresses } from '../http/addresses.ts';
import { authentication, getBearer } from '../http/authentication.ts';
import { browserCookies } from '../http/browser-cookies.ts';
import { caching } from '../http/caching.ts';
import { cors } from '../http/cors.ts';
import { health } from '../http/health.ts';
import { idempotency } from '../http/idempotency.ts';
import { createNetworkTest } from '../http/networks.ts';
import { openapi } from '../http/openapi.ts';
import { problems } from '../http/problems.ts';
import { rateLimits } from '../http/rate-limits.ts';
import { requestLog } from '../http/request-log.ts';
import { securityText } from '../http/security-text.ts';
import { createServer, type ServerLimits } from '../http/server.ts';
import { createMac } from '../kernel/keyring.ts';
import { version } from '../kernel/version.ts';
import { guide } from '../pages/guide.ts';
import { noticePage } from '../pages/notice-page.ts';
import { problemPages } from '../pages/problem-pages.ts';
import { toRefusalPage } from '../pages/refusal.page.ts';
import { frontDoor } from '../pages/web-app.ts';
import type { Config } from './config.ts';
import { createLogger } from './logger.ts';
import { createServices, type ServiceOverrides, type Services } from './services.ts';

/** What tests put in place of the real thing. */
export type Overrides = ServiceOverrides & Readonly<{ log?: Logger; serverLimits?: Partial<ServerLimits> }>;

export type App = Awaited<ReturnType<typeof buildApp>>;

type Server = ReturnType<typeof createServer>;

/** 72 bits: enough to tell everybody apart. */
const actorCharacters = 12;

/** Puts the services behind HTTP. Needs a database URL; listens to nothing yet. */
export async function buildApp(config: Config, overrides: Overrides = {}) {
  const log = overrides.log ?? createLogger({ level: config.logLevel, pretty: !config.production });
  const services = await createServices(config, overrides, log);
  const { trustedProxies } = config;
  const limits = { drain: config.drainSeconds * 1000, ...overrides.serverLimits };
  const app = createServer({ log, trustedProxies, limits });
  app.decorate('operations', services.operations);
  app.addHook('onClose', services.close);
  try {
    await registerShared(app, config, services);
    await registerFeatures(app, config, services);
    await app.ready();
    await services.startBackground();
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

/** What holds for every route. */
async function registerShared(app: Server, config: Config, services: Services): Promise<void> {
  const { publicUrl, secretKeys } = config;
  // Limits first: a route registered before them would not be limited.
  await app.register(rateLimits, {
    requestsPerMinute: config.requestsPerMinute,
    redisUrl: config.redisUrl?.expose(),
  });
  if (config.production && !config.redisUrl) {
    app.log.warn('limits per client network are counted per process: REDIS_URL is not set');
  }
  await app.register(caching);
  await app.register(problems, { publicUrl, toPage: toRefusalPage });
  await app.register(addresses);
  await app.register(requestLog, {
    actorOf: createActorReader(config),
    onServed: services.operations?.countRequest,
  });
  if (config.traces) await app.register((await import('../operations/tracing.ts')).routeSpans);
  await app.register(cors, { origins: config.corsOrigins });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    // Behind a balancer that speaks TLS; meaningless on a laptop.
    strictTransportSecurity: config.production ? { maxAge: 63_072_000 } : false,
  });
  await app.register(browserCookies, { publicUrl, origins: config.corsOrigins });
  await app.register(authentication, { secretKeys, issuer: publicUrl });
  // After cookies, which are part of an answer.
  await app.register(idempotency, { begin: services.idempotency.begin, toCallerName });
  const atStart = config.production;
  await app.register(openapi, { publicUrl, version, clientScopes, grantScopes, examples, atStart });
  await app.register(securityText, { contact: config.securityContact, publicUrl });
  await app.register(guide);
  await app.register(frontDoor, { webApp: config.webApp, production: config.production });
  await app.register(problemPages, { publicUrl });
  await app.register(machineClients, { service: services.clients });
  await app.register(oauth, { ...services.oauth, ttlSeconds: app.accessTokens.ttlSeconds });
}

async function registerFeatures(app: Server, config: Config, services: Services): Promise<void> {
  const { passwords, contacts, disputes } = services;
  await app.register(health, { checkReadiness: services.readiness.check });
  const ownPage = config.webApp ? `${config.publicUrl}/account` : '';
  await app.register(passwordRoutes, { passwords, changePasswordUrl: config.changePasswordUrl || ownPage });
  await app.register(securityQuestionRoutes);
  await app.register(registrationRoutes, { registration: services.registration });
  await app.register(sessionRoutes, { service: services.sessions });
  await app.register(accountRoutes, { accounts: services.accounts });
  await app.register(activityRoutes, { service: services.activity });
  await app.register(noticePage);
  await app.register(contactRoutes, { contacts });
  await app.register(disputeRoutes, { disputes });
  await app.register(recoveryRoutes, { recovery: services.recovery });
  const mayActFrom = createNetworkTest(config.branchNetworks);
  await app.register(branchRoutes, { branch: services.branch, mayActFrom });
  await app.register(peopleRoutes, { people: services.people, mayActFrom });
  await app.register(grantRoutes, { grants: services.grants });
  await app.register(recordRoutes, { service: services.records });
  await app.register(employerListRoutes, {
    service: services.submissions,
    guard: requireScope,
    senderOf: (request) => {
      const { clientId, workshopCodes } = getMachineClient(request);
      return { clientId, workshops: workshopCodes };
    },
  });
  await app.register(services.messaging.routes);
  if (!config.production) {
    const { developmentRoutes } = await import('../development/index.ts');
    const { db, messaging, employerLists } = services;
    await app.register(developmentRoutes, { db, messaging, employerLists });
  }
}

/** The same name for the same account or machine client in every line, from which nobody gets back to them. */
function createActorReader({ identifierKey }: Config): (request: FastifyRequest) => string | null {
  const mac = createMac(identifierKey, 'log-actor');
  return ({ principal, grant, machineClient }) => {
    const id = principal?.accountId ?? grant?.clientId ?? machineClient?.clientId;
    return id === undefined ? null : mac(id).toString('base64url').slice(0, actorCharacters);
  };
}

/** Whose `Idempotency-Key` it is. Within a flow it is the flow's; a session may end and another of the account go on. */
function toCallerName(request: FastifyRequest): string {
  const { principal, machineClient } = request;
  if (principal) return `account:${principal.accountId}`;
  if (machineClient) return `machine:${machineClient.clientId}`;
  return `bearer:${getBearer(request) ?? ''}`;
}
