import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { getLocale } from '../../http/caller.ts';
import { StringEnum } from '../../http/fields.ts';
import { problemResponses } from '../../http/problems.ts';
import type { Locale } from '../../kernel/locale.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { sendPage } from '../../pages/negotiated-page.ts';
import { machineGuardProblems } from '../clients/index.ts';
import { employerListProblems } from './employer-lists.problems.ts';
import { askAgainSeconds, confirmRemovals, SubmissionParams } from './employer-lists.schemas.ts';
import { findingsAsCsv } from './report.csv.ts';
import { type PrintedReport, reportPage, reportPagePolicy } from './report.page.ts';
import { type EmployerListRoutesOptions, namedInFiles, ownLists } from './route-options.ts';
import { uploadOptions, uploadProblems, withListForm } from './upload.schemas.ts';
import { receiveList } from './upload.ts';

/** By a parameter, so that a front end needs no header to offer both. */
const format = Type.Optional(
  StringEnum(['html', 'csv'], { default: 'html', description: '`html`: the page to print.' }),
);

const fileResponse = {
  description: 'The report.',
  content: {
    'text/html': { schema: Type.String({ description: 'Needs nothing from outside.' }) },
    'text/csv': { schema: Type.String({ description: 'UTF-8 with byte order mark, a line a finding.' }) },
  },
};

const whatItHolds =
  'For accountants: a page to print on A4 with the workshop, the month, totals, what was corrected and every finding, or a table for ' +
  'spreadsheets. In the language of `Accept-Language`. Of each severity up to 5,000 findings are kept.';

/** The report of a list as a file. */
export const reportFileRoutes: FastifyPluginAsyncTypebox<EmployerListRoutesOptions> = async (
  app,
  { service, guard, senderOf },
) => {
  guard(app, 'employer-lists:read');
  app.get(
    '/v1/employer-lists/:id/report',
    {
      config: { workshop: ownLists },
      schema: {
        operationId: 'getEmployerListReport',
        tags: ['employer lists'],
        summary: 'The report of a list as a file',
        description: whatItHolds,
        params: SubmissionParams,
        querystring: Type.Object({ format }, { additionalProperties: false }),
        response: {
          200: fileResponse,
          ...problemResponses(
            commonProblems.invalidInput,
            ...machineGuardProblems,
            employerListProblems.notFound,
            employerListProblems.reportNotReady,
          ),
        },
      },
    },
    async (request, reply) => {
      const { id, receivedAt, report } = await service.find(request.params.id, senderOf(request));
      if (report === null) {
        throw new Problem(employerListProblems.reportNotReady, { retryAfterSeconds: askAgainSeconds });
      }
      return sendReport(reply, { id, receivedAt, report }, getLocale(request), request.query.format);
    },
  );
};

/** The same of a list that is only tried: nothing is kept of it, so the file is the answer itself. */
export const dryRunReportRoutes: FastifyPluginAsyncTypebox<EmployerListRoutesOptions> = async (
  app,
  { service, guard, senderOf },
) => {
  guard(app, 'employer-lists:write');
  await app.register(multipart, uploadOptions);
  app.post(
    '/v1/employer-lists/report',
    {
      config: {
        accepts: 'multipart/form-data',
        workshop: namedInFiles,
        repeats: { exempt: 'nothing is kept of a dry run' },
        swaggerTransform: withListForm,
      },
      schema: {
        operationId: 'getDryRunReport',
        tags: ['employer lists'],
        summary: 'The report of a dry run as a file',
        description: `Takes a list as \`POST /v1/employer-lists\` with \`dryRun\` does, keeps nothing of it, and answers with what would be reported. ${whatItHolds}`,
        querystring: Type.Object({ format, confirm: confirmRemovals }, { additionalProperties: false }),
        response: { 200: fileResponse, ...uploadProblems },
      },
    },
    async (request, reply) => {
      const receivedAt = new Date();
      const list = await receiveList(request, service.enter);
      const report = await service.dryRun(list, senderOf(request), request.query.confirm === 'removals');
      return sendReport(reply, { id: null, receivedAt, report }, getLocale(request), request.query.format);
    },
  );
};

function sendReport(
  reply: FastifyReply,
  report: PrintedReport,
  locale: Locale,
  format: 'html' | 'csv' | undefined,
) {
  const isTable = format === 'csv';
  reply
    .header('vary', 'accept-language')
    .header('content-language', locale)
    .header(
      'content-disposition',
      `${isTable ? 'attachment' : 'inline'}; filename="employer-list-report.${isTable ? 'csv' : 'html'}"`,
    );
  if (!isTable) return sendPage(reply, reportPage(report, locale), locale, reportPagePolicy);
  return reply
    .type('text/csv; charset=utf-8; header=present')
    .serializer(String)
    .send(findingsAsCsv(report.report.findings, locale) as never);
}
