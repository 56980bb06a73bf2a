import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer, connect as openSocket, type Socket } from 'node:net';
import { entry } from '../../support/command.ts';

const respawnPauseMs = 300;

export type WorkerProcess = Readonly<{
  /** Ends it without a chance to clean up; another one follows. */
  kill(): void;
  /** Asks it to end, and returns its exit code. */
  stop(): Promise<number | null>;
  /** How often it ended by itself. */
  crashes(): number;
}>;

/** A worker under a supervisor that starts it again when it ends, as every installation has one. */
export function startWorkerProcess(env: Readonly<Record<string, string>>): WorkerProcess {
  let child: ChildProcess;
  let stopping = false;
  let wasKilled = false;
  let crashes = 0;
  let ended: Promise<number | null>;
  const start = () => {
    child = spawn(process.execPath, [entry, 'worker'], {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint += chunk.toString('utf8');
    });
    ended = new Promise((resolve) => child.once('exit', resolve));
    child.once('exit', () => {
      if (stopping) return;
      // One that meets no database when it starts says so and ends; everything else is a crash.
      if (!wasKilled && !/assertMigrated|startQueue|does not answer/.test(complaint)) {
        crashes += 1;
        console.error(complaint);
      }
      wasKilled = false;
      setTimeout(() => {
        if (!stopping) start();
      }, respawnPauseMs);
    });
  };
  start();
  process.once('exit', () => child.kill('SIGKILL'));
  return {
    kill() {
      wasKilled = true;
      child.kill('SIGKILL');
    },
    stop() {
      stopping = true;
      child.kill('SIGTERM');
      return ended;
    },
    crashes: () => crashes,
  };
}

/** A fixed address for a database that restarts elsewhere, and whose connections can be cut. */
export async function startProxy(target: () => number) {
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    if (!isOpen) return socket.destroy();
    const upstream = openSocket(target(), '127.0.0.1');
    upstream.on('error', () => socket.destroy());
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    restore() {
      isOpen = true;
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
