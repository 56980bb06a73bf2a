import { type Api, createCalls, type Options } from './calls.ts';
import { type Flow, openFlow, type StartedFlow } from './flow.ts';
import { createMachineApi, type Machine } from './machine.ts';
import { createSessions, type Sessions } from './sessions.ts';

export type Savabegh = Sessions &
  Readonly<{
    /** For routes that anybody may call. */
    api: Api;
    flow(started: StartedFlow): Flow;
    /** A program's own access, by client credentials (RFC 6749 §4.4). */
    machine(machine: Machine): Api;
  }>;

/**
 * The service at one address. Holds no state but what its sessions and machines hold.
 * @throws where the engine has no cryptographic randomness and none is given
 */
export function createSavabegh(options: Options): Savabegh {
  const calls = createCalls(options);
  return {
    ...createSessions(calls, options.cookies ? options.baseUrl : null),
    api: calls.api,
    flow: (started) => openFlow(calls, started),
    machine: (machine) => createMachineApi(calls, machine),
  };
}
