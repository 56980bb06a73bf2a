import { buildApp } from './app.ts';
import { explainFailure, type Runtime, startRuntime } from './runtime.ts';

/** After this long a drain is over, finished or not. */
const drainLimitMilliseconds = 20_000;

let closing: Promise<void> | undefined;
const openParts: (() => Promise<void>)[] = [];

/** Closes what has been opened, the last first; a second signal does not wait. */
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
    if (closing) process.exit(1);
    void close(0);
  });
}

try {
  const started = performance.now();
  const runtime: Runtime = await startRuntime(process.env);
  openParts.push(runtime.stop);
  if (!runtime.config.production) {
    const { prepareDevelopment } = await import('./development/prepare.ts');
    await prepareDevelopment(runtime.databaseUrl, runtime.config);
  }
  const app = await buildApp(runtime.config);
  openParts.push(() => app.close());
  await app.listen({ host: runtime.config.host, port: runtime.config.port });
  if (!runtime.config.production) {
    const { banner } = await import('./development/banner.ts');
    console.log(await banner(app.listeningOrigin, performance.now() - started));
  }
} catch (error) {
  console.error(explainFailure(error));
  await close(1);
}
