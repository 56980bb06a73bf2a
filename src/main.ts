import { explainFailure, startRuntime } from './runtime.ts';

/** After this long a drain is over, finished or not. */
const drainLimitMilliseconds = 20_000;

/** npm passes on signals that the process has got already: only a later one means that somebody will not wait. */
const impatienceMilliseconds = 1_000;

let signalledAt = 0;
let closing: Promise<void> | undefined;
const openParts: (() => Promise<void>)[] = [];

/** Closes what has been opened, the last first. */
function close(exitCode: number): Promise<void> {
  closing ??= (async () => {
    setTimeout(() => process.exit(exitCode || 1), drainLimitMilliseconds).unref();
    for (const part of openParts.reverse()) {
      try {
        await part();
      } catch (error) {
        console.error(explainFailure(error));
        process.exitCode = 1;
      }
    }
    process.exit(process.exitCode ?? exitCode);
  })();
  return closing;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!closing) {
      signalledAt = performance.now();
      void close(0);
    } else if (performance.now() - signalledAt > impatienceMilliseconds) process.exit(1);
  });
}

try {
  const started = performance.now();
  const runtime = await startRuntime(process.env, {
    async beforeDatabase({ traces }) {
      if (!traces) return;
      const { startTracing } = await import('./operations/tracing.ts');
      openParts.push(startTracing(traces));
    },
  });
  openParts.push(runtime.stop);
  if (!runtime.config.production) {
    const { prepareDevelopment } = await import('./development/prepare.ts');
    await prepareDevelopment(runtime.databaseUrl, runtime.config);
  }
  const { buildApp } = await import('./app.ts');
  const app = await buildApp(runtime.config);
  openParts.push(() => app.close());
  await app.operations?.listen();
  await app.listen({ host: runtime.config.host, port: runtime.config.port });
  if (!runtime.config.production) {
    const { banner } = await import('./development/banner.ts');
    console.log(await banner(app.listeningOrigin, performance.now() - started));
  }
} catch (error) {
  console.error(explainFailure(error));
  await close(1);
}
