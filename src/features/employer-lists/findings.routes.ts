import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { PageQuery, pageOrJson, pageProblems, sendPreferredPage } from '../../pages/negotiated-page.ts';
import { type FindingCode, findingCodes } from './finding-rules.ts';
import { describeFinding } from './finding-texts.ts';
import { findingIndex, findingPage } from './findings.page.ts';
import { FindingKindSchema, FindingParams } from './findings.schemas.ts';

const tags = ['employer lists'];
const CatalogueSchema = Type.Object(
  { findings: Type.Array(Type.Ref('FindingKind')) },
  { title: 'FindingKinds' },
);
const isCode = (text: string): text is FindingCode => (findingCodes as readonly string[]).includes(text);

/** The catalogue of findings, published as that of problems is: pages for people, JSON for programs. */
export const findingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.addSchema(FindingKindSchema);

  app.get(
    '/findings',
    {
      schema: {
        operationId: 'listFindings',
        tags,
        summary: 'Everything that can be found in a list',
        description:
          'The closed list of codes in the reports of lists: severity, when each happens and what to do, causes before their consequences; a page for browsers.',
        security: [],
        querystring: PageQuery,
        response: {
          200: pageOrJson('The catalogue.', CatalogueSchema),
          ...pageProblems(commonProblems.invalidInput),
        },
      },
    },
    async (request, reply) => {
      const kinds = findingCodes.map(describeFinding);
      const page = sendPreferredPage(request, reply, (locale) => findingIndex(kinds, locale));
      return page ?? reply.send({ findings: kinds });
    },
  );

  app.get(
    '/findings/:code',
    {
      schema: {
        operationId: 'getFinding',
        tags,
        summary: 'What a finding means and what to do',
        description: 'One entry of the catalogue: a page for browsers, JSON for programs.',
        security: [],
        querystring: PageQuery,
        params: FindingParams,
        response: {
          200: pageOrJson('The kind of finding.', Type.Ref('FindingKind')),
          ...pageProblems(commonProblems.invalidInput, commonProblems.notFound),
        },
      },
    },
    async (request, reply) => {
      const { code } = request.params;
      if (!isCode(code)) throw new Problem(commonProblems.notFound);
      const kind = describeFinding(code);
      return sendPreferredPage(request, reply, (locale) => findingPage(kind, locale)) ?? reply.send(kind);
    },
  );
};
