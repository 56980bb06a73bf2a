import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import fp from 'fastify-plugin';
import { version } from '../kernel/version.ts';
import type { TraceSettings } from './operations.settings.ts';

/**
 * What spans may carry. A list of what is let through, for the instrumentations also know addresses of clients,
 * paths with ids and messages of errors, and learn more with every version.
 */
const allowedAttributes = new Set([
  'db.namespace',
  'db.operation.name',
  'db.query.text',
  'db.response.status_code',
  'db.system.name',
  'error.type',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'network.protocol.version',
  'savabegh.request_id',
  'url.scheme',
]);

/** Changes the span in place: nothing after it gets to see the rest. */
function reduce(span: ReadableSpan): void {
  const attributes: Record<string, unknown> = span.attributes;
  for (const name of Object.keys(attributes)) if (!allowedAttributes.has(name)) delete attributes[name];
  // Exceptions, whose messages may repeat what was in a row.
  span.events.length = 0;
  delete span.status.message;
}

function reducing(next: SpanProcessor): SpanProcessor {
  return {
    onStart: (span, parent) => next.onStart(span, parent),
    onEnd(span) {
      reduce(span);
      next.onEnd(span);
    },
    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  };
}

const probes = new Set(['/livez', '/readyz', '/metrics', '/health']);

/**
 * Sends traces of requests and their statements to a collector. To be called before `pg` and Fastify are loaded:
 * they are instrumented while they load. Returns what sends the last ones and ends it.
 *
 * No propagator is set, so trace headers of clients are not believed (they could have everything recorded), and
 * none are sent on.
 */
export function startTracing({ endpoint, headers, serviceName, share }: TraceSettings): () => Promise<void> {
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, headers: headers?.expose() ?? {} });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    sampler: new TraceIdRatioBasedSampler(share),
    spanProcessors: [reducing(new BatchSpanProcessor({ exporter }))],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  new HttpInstrumentation({
    ignoreIncomingRequestHook: ({ url }) => probes.has(url ?? ''),
    // Providers' addresses hold keys.
    disableOutgoingRequestInstrumentation: true,
  });
  // Without `requireParentSpan` the queue's looking around would be a trace each time.
  new PgInstrumentation({
    requireParentSpan: true,
    ignoreConnectSpans: true,
    requestHook(span, { query }) {
      // Instead of the name of the prepared statement.
      const operation = /^\W*(\w+)/.exec(query.text)?.[1]?.toLowerCase() ?? 'query';
      span.updateName(operation);
      span.setAttribute('db.operation.name', operation);
    },
  });
  return () => provider.shutdown();
}

/** Names the span of each request after the pattern of its route. */
export const routeSpans = fp(
  async (app) => {
    app.addHook('onRequest', async (request) => {
      const span = trace.getActiveSpan();
      if (!span) return;
      const route = request.routeOptions.url ?? 'unmatched';
      span.updateName(`${request.method} ${route}`);
      span.setAttributes({ 'http.route': route, 'savabegh.request_id': request.id });
    });
  },
  { name: 'route-spans' },
);
