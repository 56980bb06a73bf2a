import { startRuntime } from '../composition/runtime.ts';
import { startWorker } from '../composition/worker.ts';
import { type Command, defineAction } from './command.ts';
import { runUntilSignalled } from './lifetime.ts';

const worker = defineAction({
  summary:
    'dispatches messages beside services that run with MESSAGE_DELIVERY=worker (or without it: any number may do it at once), with the same settings',
  run: ({ environment }) =>
    runUntilSignalled(async (opened) => {
      const { config, stop } = await startRuntime(environment);
      opened(stop);
      await startWorker(config, opened);
    }),
});

export const command: Command = { actions: { '': worker } };
