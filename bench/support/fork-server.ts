import { fork } from 'node:child_process';
import { once } from 'node:events';

export type ForkedServer<Ready> = Readonly<{ pid: number; ready: Ready; stop(): Promise<void> }>;

/**
 * Runs a file that serves, in a process of its own, so that load and service do not share an event loop. The
 * file gets `input` as its first message and answers with one message when it is ready; `stop` ends it.
 */
export async function forkServer<Ready>(file: URL, input: object): Promise<ForkedServer<Ready>> {
  const child = fork(file, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.send(input);
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${file.pathname} ended with ${code}`);
  });
  const [ready] = await Promise.race([once(child, 'message'), failed]);
  failed.catch(() => {});
  return {
    pid: child.pid as number,
    ready: ready as Ready,
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** The other side: serves until the bench lets go. */
export async function serve<Input>(start: (input: Input) => Promise<object>): Promise<void> {
  const [input] = await once(process, 'message');
  process.on('disconnect', () => process.exit());
  process.send?.(await start(input as Input));
}
