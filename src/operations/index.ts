import type { Logger } from 'pino';
import { createListener } from './listener.ts';
import type { Metrics, MetricsSources } from './metrics.ts';
import type { OperationsAddress } from './operations.settings.ts';

export { createReadiness } from './readiness.ts';

/** What operators get to see of a process, on a port of their own. */
export type Operations = Pick<Metrics, 'countRequest' | 'countDispatch'> &
  Readonly<{
    /** Resolves with the address that is listened on. @throws when it is taken */
    listen(): Promise<string>;
    close(): Promise<void>;
  }>;

declare module 'fastify' {
  interface FastifyInstance {
    operations: Operations | null;
  }
}

/** @param address `null`: the settings want none, and nothing is loaded */
export async function createOperations(
  address: OperationsAddress | null,
  { log, ...sources }: MetricsSources & Readonly<{ log: Logger }>,
): Promise<Operations | null> {
  if (address === null) return null;
  const { version, readiness } = sources;
  const { createMetrics } = await import('./metrics.ts');
  const metrics = createMetrics(sources);
  const listener = createListener(
    {
      '/metrics': async () => ({
        status: 200,
        contentType: metrics.contentType,
        text: await metrics.text(),
      }),
      '/health': async () => {
        const report = await readiness.report();
        const uptimeSeconds = Math.round(process.uptime());
        const text = JSON.stringify({ version, uptimeSeconds, ...report }, null, 2);
        return { status: report.ready ? 200 : 503, contentType: 'application/json', text: `${text}\n` };
      },
    },
    log,
  );
  return {
    countRequest: metrics.countRequest,
    countDispatch: metrics.countDispatch,
    async listen() {
      const origin = await listener.listen(address);
      log.info({ origin }, 'metrics and health for operators');
      return origin;
    },
    close: listener.close,
  };
}
