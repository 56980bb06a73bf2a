import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { MachinePrincipal } from '../../kernel/caller.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Quotas } from '../quotas/quotas.ts';
import { clientProblems } from './clients.problems.ts';
import * as clients from './clients.repository.ts';
import { type ClientScope, isClientScope } from './scopes.ts';

/** A program that calls in its own name, as it stands at this request. */
export type MachineClient = Readonly<{
  clientId: string;
  name: string;
  /** What both the token and the client itself still may do. */
  scopes: readonly ClientScope[];
  /** Workshops (ten digits) that it may act for; `null`: any. */
  workshopCodes: readonly string[] | null;
}>;

export type ClientDependencies = Readonly<{ db: Kysely<Database>; quotas: Quotas }>;

export type ClientService = ReturnType<typeof createClientService>;

export function createClientService({ db, quotas }: ClientDependencies) {
  return {
    /**
     * The client of a token, looked up now: one that was disabled, or whose credential went, is refused at its
     * next request on every replica. Counts the request.
     * @throws {Problem} `not-authenticated`, `too-many-client-requests`
     */
    async serve({ clientId, credentialId, scopes }: MachinePrincipal): Promise<MachineClient> {
      const client = await clients.findServedClient(db, clientId, credentialId);
      if (!client) throw new Problem(commonProblems.notAuthenticated);
      const quota = { limit: client.requestsPerMinute, windowSeconds: 60 };
      const consumed = await quotas.consume(db, 'machine-requests', [clientId], quota);
      if (!consumed.allowed) {
        throw new Problem(clientProblems.tooManyClientRequests, {
          retryAfterSeconds: consumed.resetsInSeconds,
        });
      }
      return {
        clientId,
        name: client.name,
        scopes: client.scopes.filter((scope) => scopes.includes(scope)).filter(isClientScope),
        workshopCodes: client.workshopCodes,
      };
    },
  };
}
