import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { toPage } from '../../http/paging.ts';
import { problemResponses } from '../../http/problems.ts';
import { uuidPosition } from '../../kernel/cursor.ts';
import { type JalaliMonth, parseJalaliMonth } from '../../kernel/jalali.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { parseWorkshopCode, type WorkshopCode } from '../../kernel/workshop-code.ts';
import { clientProblems, machineGuardProblems } from '../clients/index.ts';
import {
  OwnListsQuery,
  OwnListsSchema,
  WithdrawalQuery,
  WithdrawalSchema,
  WorkshopMonthParams,
  WorkshopMonthQuery,
  WorkshopMonthSchema,
} from './employer-list-life.schemas.ts';
import { employerListProblems } from './employer-lists.problems.ts';
import { SubmissionParams } from './employer-lists.schemas.ts';
import { viewMonth, viewPage, viewWithdrawal } from './employer-lists.view.ts';
import { type EmployerListRoutesOptions, ownLists } from './route-options.ts';

const tags = ['employer lists'];

/** What becomes of lists after they were sent: one's own, those of a month, and taking one back. */
export const employerListLifeRoutes: FastifyPluginAsyncTypebox<EmployerListRoutesOptions> = async (
  app,
  options,
) => {
  app.addSchema(OwnListsSchema);
  app.addSchema(WithdrawalSchema);
  app.addSchema(WorkshopMonthSchema);
  await app.register(ownListsRoute, options);
  await app.register(withdrawalRoute, options);
  await app.register(workshopMonthRoute, options);
};

const ownListsRoute: FastifyPluginAsyncTypebox<EmployerListRoutesOptions> = async (
  app,
  { service, guard, senderOf },
) => {
  guard(app, 'employer-lists:read');
  app.get(
    '/v1/employer-lists',
    {
      config: { workshop: ownLists },
      schema: {
        operationId: 'listEmployerLists',
        tags,
        summary: 'One’s own lists',
        description:
          'What this client has sent, newest first; `standing` says whether a list counts now, and why not. Lists that were imported stay; ' +
          'what was refused or changed nothing is kept for 90 days. What was found of a list is in its report.',
        querystring: OwnListsQuery,
        response: {
          200: Type.Ref('EmployerListPage'),
          ...problemResponses(commonProblems.invalidInput, ...machineGuardProblems),
        },
      },
    },
    async (request, reply) => {
      const { workshop, month, state } = request.query;
      const filter = {
        workshop: workshop === undefined ? null : parseWorkshopCode(workshop),
        month: month === undefined ? null : parseJalaliMonth(month),
        state: state ?? null,
      };
      const page = await service.page(senderOf(request), filter, toPage(request.query, uuidPosition));
      return reply.send(viewPage(page));
    },
  );
};

const withdrawalRoute: FastifyPluginAsyncTypebox<EmployerListRoutesOptions> = async (
  app,
  { service, guard, senderOf },
) => {
  guard(app, 'employer-lists:write');
  app.post(
    '/v1/employer-lists/:id/withdrawal',
    {
      config: { workshop: ownLists },
      schema: {
        operationId: 'withdrawEmployerList',
        tags,
        summary: 'Take a list back',
        description:
          'As if the list had never counted: people’s records and what is known of them follow, and the list whose place it had taken counts again (`restored`). ' +
          'A list that somebody else has sent is taken back by sending it again first, which is answered `unchanged` with an id of one’s own. ' +
          'One that takes off most of its people is refused unless `confirm=removals` says that it is meant. ' +
          'Sending the same files again puts the list back.',
        params: SubmissionParams,
        querystring: WithdrawalQuery,
        response: {
          200: Type.Ref('EmployerListWithdrawal'),
          ...problemResponses(
            commonProblems.invalidInput,
            ...machineGuardProblems,
            employerListProblems.notFound,
            employerListProblems.notAccepted,
            employerListProblems.replaced,
            employerListProblems.withdrawn,
            employerListProblems.removalsUnconfirmed,
          ),
        },
      },
    },
    async (request, reply) => {
      const confirmRemovals = request.query.confirm === 'removals';
      const withdrawal = await service.withdraw(request.params.id, senderOf(request), confirmRemovals);
      return reply.send(viewWithdrawal(withdrawal));
    },
  );
};

const workshopMonthRoute: FastifyPluginAsyncTypebox<EmployerListRoutesOptions> = async (
  app,
  { service, guard, senderOf },
) => {
  guard(app, 'employer-lists:read');
  app.get(
    '/v1/workshops/:code/months/:month',
    {
      config: { workshop: { inPath: 'code' } },
      schema: {
        operationId: 'getWorkshopMonth',
        tags,
        summary: 'All lists of a workshop’s month',
        description:
          'Whoever sent them, newest first: contract rows, numbers and versions. Of each contract row and number one list counts, the last one that was sent and ' +
          'not withdrawn; `standing` says of the others why they do not. `totals` are those of the lists that count, as their heads declare them.',
        params: WorkshopMonthParams,
        querystring: WorkshopMonthQuery,
        response: {
          200: Type.Ref('WorkshopMonth'),
          ...problemResponses(
            commonProblems.invalidInput,
            ...machineGuardProblems,
            clientProblems.workshopNotAllowed,
          ),
        },
      },
    },
    async (request, reply) => {
      const of = {
        workshopCode: parseWorkshopCode(request.params.code) as WorkshopCode,
        month: parseJalaliMonth(request.params.month) as JalaliMonth,
      };
      const { before, limit } = toPage(request.query, /^\d{1,15}$/);
      const page = { before: before === null ? null : Number(before), limit };
      const found = await service.workshopMonth(senderOf(request).clientId, of, page);
      return reply.send(viewMonth(found));
    },
  );
};
