import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ListSender, SubmissionService } from './submissions.service.ts';

export type EmployerListRoutesOptions = Readonly<{
  service: SubmissionService;
  /** Lets in machine clients with this scope, and writes `security` into the routes. */
  guard: (scope: FastifyInstance, needed: 'employer-lists:read' | 'employer-lists:write') => void;
  /** Who the guard has let in. */
  senderOf: (request: FastifyRequest) => ListSender;
}>;
