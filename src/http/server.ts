import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { LogController } from 'fastify';
import type { Logger } from 'pino';
import { withoutPorts } from './caller.ts';
import { refuseUnreadable } from './unreadable-requests.ts';
import { createValidatorFactory } from './validation.ts';

/** What one connection may take of a process; times in milliseconds. */
export type ServerLimits = Readonly<{
  bodyBytes: number;
  headerBytes: number;
  /** From the first byte of a request to the end of its head, and to the end of its body (lists are uploaded). */
  headTime: number;
  requestTime: number;
  /** Without a byte in either direction; longer than it takes to wait for a password hash or to import a long list. */
  silence: number;
  /** Without a request. Longer than balancers keep connections, so that they end them and not the service. */
  idle: number;
  /** How often slow clients are looked for. */
  lookout: number;
  connections: number;
  /** Answers to who is not known yet leave on this beat (`quantiseResponseTime`); longer than they take on a quiet machine. */
  responseQuantumMs: number;
  /** Between being told to end and closing the port. */
  drain: number;
}>;

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether this process was told to end: no more traffic is to be sent here. */
    isLeaving: boolean;
  }
}

const defaultLimits: ServerLimits = {
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  headTime: 10_000,
  requestTime: 60_000,
  silence: 120_000,
  idle: 72_000,
  lookout: 5_000,
  connections: 10_000,
  responseQuantumMs: 10,
  drain: 0,
};

const nowhere = '/undecodable';

/** Whether the path of an address is percent-encoded UTF-8. */
function isDecodable(url: string): boolean {
  if (!url.includes('%')) return true;
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}

export type ServerOptions = Readonly<{
  log: Logger;
  trustedProxies: readonly string[];
  limits?: Partial<ServerLimits> | undefined;
}>;

/** The HTTP server before it has any routes. */
export function createServer({ log, trustedProxies, limits: changed }: ServerOptions) {
  const limits = { ...defaultLimits, ...changed };
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: limits.bodyBytes,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeout: limits.requestTime,
    connectionTimeout: limits.silence,
    keepAliveTimeout: limits.idle,
    forceCloseConnections: 'idle',
    // Ending counts as a plugin too: whoever ends the process has a limit of its own, longer than any request takes.
    pluginTimeout: 0,
    // What still comes in over open connections while the process ends is served: the framework's own refusal
    // would be an error that a client sees.
    return503OnClosing: false,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headTime,
      connectionsCheckingInterval: limits.lookout,
    },
    clientErrorHandler: (error, socket) => refuseUnreadable(log, error, socket),
    // The framework answers both of these by itself: past limits, log and headers.
    rewriteUrl: ({ url = '/' }) => (isDecodable(url) ? url : nowhere),
    routerOptions: { maxParamLength: limits.headerBytes },
    schemaController: { compilersFactory: { buildValidator: createValidatorFactory() } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  // Of bodies JSON alone is read, but where a route says otherwise.
  app.removeContentTypeParser('text/plain');
  app.server.maxConnections = limits.connections;
  app.decorate('responseQuantumMs', limits.responseQuantumMs);
  // First of all hooks: whoever asks for the client's address afterwards gets it without a port.
  app.addHook('onRequest', async ({ raw: { headers } }) => {
    const forwardedFor = headers['x-forwarded-for'];
    if (forwardedFor !== undefined) headers['x-forwarded-for'] = withoutPorts(String(forwardedFor));
  });
  app.decorate('isLeaving', false);
  let reaper: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    // With the port open: what a balancer sends until it has noticed would meet one that is just closing, and be lost.
    app.isLeaving = true;
    await setTimeout(limits.drain);
    // Connections whose last answer has gone out since would hold up the end for as long as they may stay idle.
    reaper = setInterval(() => app.server.closeIdleConnections(), 100);
  });
  app.addHook('onClose', async () => clearInterval(reaper));
  return app;
}
