import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { getLocale } from '../../http/caller.ts';
import { StringEnum } from '../../http/fields.ts';
import { sendPage } from '../../http/negotiated-page.ts';
import { problemResponses } from '../../http/problems.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { machineGuardProblems } from '../clients/index.ts';
import { employerListProblems } from './employer-lists.problems.ts';
import { SubmissionParams } from './employer-lists.schemas.ts';
import { findingsAsCsv } from './report.csv.ts';
import { reportPage, reportPagePolicy } from './report.page.ts';
import type { EmployerListRoutesOptions } from './route-options.ts';

/** After which it is worth asking again for the report of a list that waits for its turn. */
const askAgainSeconds = 5;

/** The report of a list as a file: by a parameter, so that a front end needs no header to offer both. */
export const reportFileRoutes: FastifyPluginAsyncTypebox<EmployerListRoutesOptions> = async (
  app,
  { service, guard, senderOf },
) => {
  guard(app, 'employer-lists:read');
  app.get(
    '/v1/employer-lists/:id/report',
    {
      schema: {
        operationId: 'getEmployerListReport',
        tags: ['employer lists'],
        summary: 'The report of a list as a file',
        description:
          'For accountants: a page to print on A4 with the workshop, the month, totals, what was corrected and every finding, or a table for ' +
          'spreadsheets. In the language of `Accept-Language`. Of each severity up to 5,000 findings are kept.',
        params: SubmissionParams,
        querystring: Type.Object(
          {
            format: Type.Optional(
              StringEnum(['html', 'csv'], { default: 'html', description: '`html`: the page to print.' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: {
            description: 'The report.',
            content: {
              'text/html': { schema: Type.String({ description: 'Needs nothing from outside.' }) },
              'text/csv': {
                schema: Type.String({ description: 'UTF-8 with byte order mark, a line a finding.' }),
              },
            },
          },
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
      const locale = getLocale(request);
      const isTable = request.query.format === 'csv';
      reply
        .header('cache-control', 'no-store')
        .header('vary', 'accept-language')
        .header('content-language', locale)
        .header(
          'content-disposition',
          `${isTable ? 'attachment' : 'inline'}; filename="employer-list-report.${isTable ? 'csv' : 'html'}"`,
        );
      if (!isTable) return sendPage(reply, reportPage({ id, receivedAt, report }, locale), reportPagePolicy);
      return reply
        .type('text/csv; charset=utf-8; header=present')
        .serializer(String)
        .send(findingsAsCsv(report.findings, locale) as never);
    },
  );
};
