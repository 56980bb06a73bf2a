import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { problemResponses } from '../../http/problems.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { machineGuardProblems } from '../clients/index.ts';
import { employerListLifeRoutes } from './employer-list-life.routes.ts';
import { employerListProblems } from './employer-lists.problems.ts';
import {
  askAgainSeconds,
  awaitedSubmission,
  SubmissionParams,
  SubmissionSchema,
  SubmitQuery,
} from './employer-lists.schemas.ts';
import { viewStanding, viewSummary } from './employer-lists.view.ts';
import { findingRoutes } from './findings.routes.ts';
import { FindingSchema } from './findings.schemas.ts';
import { viewFindings } from './findings.view.ts';
import { type IntakeReport, refusedReport } from './intake-report.ts';
import { dryRunReportRoutes, reportFileRoutes } from './report.routes.ts';
import { type EmployerListRoutesOptions, namedInFiles, ownLists } from './route-options.ts';
import type { Submission } from './submissions.service.ts';
import { uploadOptions, uploadProblems, withListForm } from './upload.schemas.ts';
import { receiveList } from './upload.ts';

const tags = ['employer lists'];
export const employerListRoutes: FastifyPluginAsyncTypebox<EmployerListRoutesOptions> = async (
  app,
  options,
) => {
  app.addSchema(FindingSchema);
  app.addSchema(SubmissionSchema);
  await app.register(submissionRoute, options);
  await app.register(reportRoute, options);
  await app.register(reportFileRoutes, options);
  await app.register(dryRunReportRoutes, options);
  await app.register(findingRoutes);
  await app.register(employerListLifeRoutes, options);
};

const submissionRoute: FastifyPluginAsyncTypebox<EmployerListRoutesOptions> = async (
  app,
  { service, guard, senderOf },
) => {
  guard(app, 'employer-lists:write');
  await app.register(multipart, uploadOptions);
  app.addHook('onReady', async () => service.start());
  app.addHook('onClose', () => service.stop());

  app.post(
    '/v1/employer-lists',
    {
      config: {
        accepts: 'multipart/form-data',
        workshop: namedInFiles,
        repeats: { exempt: 'the content of a list is its key: sent again it changes nothing' },
        swaggerTransform: withListForm,
      },
      schema: {
        operationId: 'submitEmployerList',
        tags,
        summary: 'Send a workshop’s month',
        description:
          'The list as the employers’ program writes it: DSKKAR00.DBF and DSKWOR00.DBF as two files of a multipart form, or one zip file with both. ' +
          'It is taken in whole or not at all, and `state` says which; the report names row and column of everything found. The content ' +
          'that counts already changes nothing; other content of the same workshop, month, contract row (`MON_PYM`) and number (compared without leading zeros; blank is 1) ' +
          'replaces it, also content that counted before; another number or contract row adds to the month. ' +
          '`correction` says what it does to the list that it replaces; one that takes off most of its people is refused unless `confirm=removals` says that it is meant. ' +
          'In a burst lists wait for their turn: what is not done in 20 seconds is answered 202 with state `received`, and its report follows. ' +
          'Only when the queue is full is the answer 503, before anything is read. ' +
          'Sending again after a lost answer is safe without an idempotency key, for the content is one.',
        querystring: SubmitQuery,
        response: {
          200: {
            description: 'A dry run: what would become of the list.',
            content: { 'application/json': { schema: Type.Ref('EmployerListSubmission') } },
          },
          201: {
            description: 'The list was looked at; `state` says what became of it.',
            content: { 'application/json': { schema: Type.Ref('EmployerListSubmission') } },
          },
          202: awaitedSubmission(
            'The list is in; its report follows at `Location`, after `Retry-After` at the earliest.',
          ),
          ...uploadProblems,
        },
      },
    },
    async (request, reply) => {
      const sender = senderOf(request);
      const { dryRun, confirm } = request.query;
      const confirmRemovals = confirm === 'removals';
      if (dryRun) {
        const list = await receiveList(request, service.enter);
        const report = await service.dryRun(list, sender, confirmRemovals);
        return reply.code(200).send({ dryRun: true, state: report.state, ...viewReport(report) });
      }
      const list = await receiveList(request, service.enter);
      const submission = await service.submit(list, sender, confirmRemovals);
      return askAgain(reply, submission)
        .code(submission.state === 'received' ? 202 : 201)
        .header('location', `/v1/employer-lists/${submission.id}`)
        .send(viewSubmission(submission));
    },
  );
};

const reportRoute: FastifyPluginAsyncTypebox<EmployerListRoutesOptions> = async (
  app,
  { service, guard, senderOf },
) => {
  guard(app, 'employer-lists:read');
  app.get(
    '/v1/employer-lists/:id',
    {
      config: { workshop: ownLists },
      schema: {
        operationId: 'getEmployerListSubmission',
        tags,
        summary: 'What became of a list',
        description:
          'State and report of a list that this client has sent, and how it stands now. Reports of lists that were not imported are kept for 90 days. ' +
          'A list that is `received` is kept until it is its turn, whatever happens to the process that received it.',
        params: SubmissionParams,
        response: {
          200: awaitedSubmission('What became of the list; of one that is `received` with `Retry-After`.'),
          ...problemResponses(
            commonProblems.invalidInput,
            ...machineGuardProblems,
            employerListProblems.notFound,
          ),
        },
      },
    },
    async (request, reply) => {
      const submission = await service.find(request.params.id, senderOf(request));
      return askAgain(reply, submission).send(viewSubmission(submission));
    },
  );
};

/** Says when to ask again for a list that waits for its turn. */
function askAgain<Reply extends Pick<FastifyReply, 'header'>>(reply: Reply, { state }: Submission): Reply {
  if (state === 'received') reply.header('retry-after', askAgainSeconds);
  return reply;
}

function viewReport(report: IntakeReport) {
  return {
    ...viewSummary(report),
    findings: viewFindings(report.findings),
  };
}

function viewSubmission({ id, state, receivedAt, standing, report }: Submission) {
  return {
    dryRun: false,
    id,
    state,
    receivedAt: receivedAt.toISOString(),
    standing: viewStanding(standing),
    ...viewReport(report ?? refusedReport),
  };
}
