import { gunzipSync, gzipSync } from 'node:zlib';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { getReader, requireAccessToken } from '../../http/authentication.ts';
import { getLocale } from '../../http/caller.ts';
import { acceptsGzip, preferredType } from '../../http/negotiation.ts';
import { problemResponses } from '../../http/problems.ts';
import { toPosition } from '../../kernel/cursor.ts';
import type { Locale } from '../../kernel/locale.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { parseWorkshopCode } from '../../kernel/workshop-code.ts';
import { FiguresSchema } from './figures.schemas.ts';
import { type RecordTable, recordsAsCsv } from './records.csv.ts';
import { RecordsQuery, RecordsSchema } from './records.schemas.ts';
import { type Answer, type RecordFilter, type RecordService, wholeRecord } from './records.service.ts';
import { SummarySchema } from './summary.schemas.ts';
import { YearParams, YearSchema } from './year.schemas.ts';

const tags = ['insurance records'];
const maxTags = 10;
/** Below this size the headers weigh more than what compression saves. */
const worthCompressingBytes = 1400;

/** The validators of `If-None-Match` (RFC 9110 §13.1.2), compared weakly. */
function getTags(request: FastifyRequest): string[] {
  const header = request.headers['if-none-match'];
  if (!header) return [];
  return [...header.matchAll(/"([\w.-]{1,80})"/g)].slice(0, maxTags).map(([, tag]) => tag ?? '');
}

const wantsCsv = (request: FastifyRequest): boolean =>
  preferredType(request, ['application/json', 'text/csv']) === 'text/csv';

/**
 * The tag is for clients that keep a copy of their own. It is weak, for it names the state of the record, not the bytes
 * of one encoding.
 */
function prepare(reply: FastifyReply, tag: string): FastifyReply {
  return reply.header('etag', `W/"${tag}"`).header('vary', 'accept, accept-encoding');
}

function sendJson(request: FastifyRequest, reply: FastifyReply, { tag, content }: Answer<object>) {
  prepare(reply, tag);
  if (content === null) return reply.code(304).send();
  return sendText(request, reply.type('application/json; charset=utf-8'), JSON.stringify(content));
}

function sendText(request: FastifyRequest, reply: FastifyReply, text: string) {
  const compress = text.length > worthCompressingBytes && acceptsGzip(request);
  return compress ? reply.header('content-encoding', 'gzip').send(gzipSync(text)) : reply.send(text);
}

/** A copy in one form is no copy in the other: the CSV has tags of its own, one for each language. */
const csvTag = (locale: Locale) => `.${locale}.csv`;

function sendCsv(request: FastifyRequest, reply: FastifyReply, { tag, content }: Answer<RecordTable>) {
  const locale = getLocale(request);
  prepare(reply, `${tag}${csvTag(locale)}`).header('vary', 'accept, accept-encoding, accept-language');
  if (content === null) return reply.code(304).send();
  reply
    .type('text/csv; charset=utf-8; header=present')
    .header('content-language', locale)
    .header('content-disposition', 'attachment; filename="insurance-records.csv"');
  return sendText(request, reply, recordsAsCsv(content, locale));
}

function sendGzipped(request: FastifyRequest, reply: FastifyReply, { tag, content }: Answer<Buffer>) {
  prepare(reply, tag);
  if (content === null) return reply.code(304).send();
  reply.type('application/json; charset=utf-8');
  if (!acceptsGzip(request)) return reply.send(gunzipSync(content));
  return reply.header('content-encoding', 'gzip').send(content);
}

const notModified = Type.Null({
  description: 'The state that `If-None-Match` names is still the current one.',
});

type Routes = FastifyPluginAsyncTypebox<{ service: RecordService }>;

export const recordRoutes: Routes = async (app, options) => {
  for (const schema of [RecordsSchema, SummarySchema, FiguresSchema, YearSchema]) app.addSchema(schema);
  requireAccessToken(app);
  for (const routes of [monthRoutes, countRoutes]) await app.register(routes, options);
};

const monthRoutes: Routes = async (app, { service }) => {
  app.get(
    '/v1/me/insurance-records',
    {
      config: { grantScope: 'record:months' },
      schema: {
        operationId: 'getInsuranceRecords',
        tags,
        summary: 'One’s own months of insurance',
        description:
          'Grouped by year, newest first, and by workshop; raw and capped days side by side. Without conditions ' +
          'it is the whole record. With `Accept: text/csv` it comes as a table for spreadsheets, where workshop codes and numbers of lists stand behind a left-to-right mark (U+200E), to keep their zeros in every spreadsheet. Answers with an `ETag`; send it as `If-None-Match` to get 304 as long as nothing has changed.',
        querystring: RecordsQuery,
        response: {
          200: {
            description: 'The months.',
            content: {
              'application/json': { schema: Type.Ref('InsuranceRecords') },
              'text/csv': {
                schema: Type.String({
                  description: 'UTF-8 with byte order mark, a line for every row of a list.',
                }),
              },
            },
          },
          304: notModified,
          ...problemResponses(
            commonProblems.invalidInput,
            commonProblems.notAuthenticated,
            commonProblems.insufficientScope,
          ),
        },
      },
    },
    async (request, reply) => {
      const filter = toFilter(request.query);
      const known = getTags(request);
      if (wantsCsv(request)) {
        const suffix = csvTag(getLocale(request));
        const tags = known.filter((tag) => tag.endsWith(suffix)).map((tag) => tag.slice(0, -suffix.length));
        return sendCsv(request, reply, await service.findTable(getReader(request), tags, filter));
      }
      if (filter === wholeRecord) {
        return sendGzipped(request, reply, await service.wholeRecord(getReader(request), known));
      }
      return sendJson(request, reply, await service.findRecords(getReader(request), known, filter));
    },
  );

  app.get(
    '/v1/me/insurance-records/years/:year',
    {
      config: { grantScope: 'record:months' },
      schema: {
        operationId: 'getInsuranceRecordYear',
        tags,
        summary: 'One year of one’s own record',
        description:
          'All twelve months of a Jalali year: raw and capped days, wages, premiums, concurrent work, and every workshop and list a month came from.',
        params: YearParams,
        response: {
          200: Type.Ref('InsuranceRecordYear'),
          304: notModified,
          ...problemResponses(
            commonProblems.invalidInput,
            commonProblems.notAuthenticated,
            commonProblems.insufficientScope,
          ),
        },
      },
    },
    async (request, reply) =>
      sendJson(
        request,
        reply,
        await service.findYear(getReader(request), getTags(request), request.params.year),
      ),
  );
};

const countRoutes: Routes = async (app, { service }) => {
  app.get(
    '/v1/me/insurance-records/summary',
    {
      config: { grantScope: 'record:summary' },
      schema: {
        operationId: 'getInsuranceRecordSummary',
        tags,
        summary: 'One’s own record in numbers',
        description:
          'Days in both ways of counting, gaps up to the as-of month, overlaps, wages, and a bar for every year.',
        response: {
          200: Type.Ref('InsuranceRecordSummary'),
          304: notModified,
          ...problemResponses(commonProblems.notAuthenticated, commonProblems.insufficientScope),
        },
      },
    },
    async (request, reply) =>
      sendJson(request, reply, await service.summarise(getReader(request), getTags(request))),
  );

  app.get(
    '/v1/me/insurance-records/figures',
    {
      config: { grantScope: 'record:figures' },
      schema: {
        operationId: 'getInsuranceRecordFigures',
        tags,
        summary: 'The few figures that others ask for',
        description:
          'Last wage, averages of the last 3 and 12 months of work, insured days in all and in the last 60 months, and the month up to which they count. Nothing else of the record: no workshop, no single month but that of the last wage.',
        response: {
          200: Type.Ref('InsuranceRecordFigures'),
          304: notModified,
          ...problemResponses(commonProblems.notAuthenticated, commonProblems.insufficientScope),
        },
      },
    },
    async (request, reply) =>
      sendJson(request, reply, await service.figures(getReader(request), getTags(request))),
  );
};

type Query = Omit<Partial<RecordFilter>, 'newestYear'> & { cursor?: string };

/** The very object `wholeRecord` when nothing is asked for: that one is kept rendered. */
function toFilter(query: Query): RecordFilter {
  if (Object.keys(query).length === 0) return wholeRecord;
  const { workshop: text, cursor, ...rest } = query;
  const newestYear = toPosition(cursor, /^\d{4}$/);
  const filter = { ...wholeRecord, ...rest, ...(newestYear !== null && { newestYear: Number(newestYear) }) };
  const workshop = parseWorkshopCode(text ?? '');
  return workshop ? { ...filter, workshop } : filter;
}
