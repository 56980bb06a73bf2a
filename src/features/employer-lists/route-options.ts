import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WorkshopRule } from '../clients/index.ts';
import type { ListSender, SubmissionService } from './submissions.service.ts';

export type EmployerListRoutesOptions = Readonly<{
  service: SubmissionService;
  /** Lets in machine clients with this scope, and writes `security` into the routes. */
  guard: (scope: FastifyInstance, needed: 'employer-lists:read' | 'employer-lists:write') => void;
  /** Who the guard has let in. */
  senderOf: (request: FastifyRequest) => ListSender;
}>;

/** Of routes that take the id of a list, or list them. */
export const ownLists: WorkshopRule = {
  inUseCase: 'a client finds what it has sent itself, of workshops that it still may act for',
};

/** Of routes that take the files of a list. */
export const namedInFiles: WorkshopRule = {
  inUseCase: 'a list is refused when its files are read, and where their first bytes say so, at once',
};
