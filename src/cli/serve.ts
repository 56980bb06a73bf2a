import { startRuntime } from '../composition/runtime.ts';
import { mistypedSettings } from '../composition/settings.table.ts';
import { httpOrigin } from '../kernel/http-origin.ts';
import { type Command, defineAction } from './command.ts';
import { runUntilSignalled } from './lifetime.ts';

const serve = defineAction({
  summary: 'the service, until SIGTERM or SIGINT lets running requests end; settings: README.md',
  run: ({ environment }) =>
    runUntilSignalled(async (opened) => {
      const started = performance.now();
      const production = environment.NODE_ENV === 'production';
      const development = production ? undefined : await import('../development/start.ts');
      development?.greet();
      for (const line of mistypedSettings(environment)) console.error(line);
      const runtime = await startRuntime(environment, {
        progress: development?.progress,
        async beforeDatabase({ traces }) {
          if (!traces) return;
          const { startTracing } = await import('../operations/tracing.ts');
          opened(startTracing(traces));
        },
      });
      opened(runtime.stop);
      const { config } = runtime;
      await development?.prepareDevelopment(runtime.databaseUrl, config, development.progress);
      const { buildApp } = await import('../composition/app.ts');
      const app = await buildApp(config);
      opened(() => app.close());
      await app.operations?.listen();
      await app.listen({ host: config.host, port: config.port });
      if (!development) return;
      const origin = httpOrigin(config.host, Number(new URL(app.listeningOrigin).port));
      opened(await development.announce(config.dataDirectory, origin));
      console.log(await development.banner(origin, config.host, performance.now() - started));
    }),
});

export const command: Command = { actions: { '': serve } };
