import type { Session } from '@savabegh/client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { endIfOver } from './session.ts';

export const createQueries = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      // The client repeats what was lost by itself; whoever is offline is told so, instead of waiting.
      queries: { retry: false, staleTime: 60_000, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
    queryCache: new QueryCache({ onError: endIfOver }),
    mutationCache: new MutationCache({ onError: endIfOver }),
  });

const ofSessions = new WeakMap<Session, QueryClient>();

/** What a session has read ends with it: the next person in this tab sees nothing of it. */
export function getQueries(session: Session): QueryClient {
  const queries = ofSessions.get(session) ?? createQueries();
  ofSessions.set(session, queries);
  return queries;
}
