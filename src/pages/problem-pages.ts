import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { Int32, LocalisedText } from '../http/fields.ts';
import type { Locale, Localised } from '../kernel/locale.ts';
import { commonProblems, Problem, type ProblemKind } from '../kernel/problem.ts';
import { PageQuery, pageOrJson, pageProblems, sendPreferredPage } from './negotiated-page.ts';
import { general, problemIndex, problemPage } from './problem.page.ts';
import { answeringOperations } from './problem-operations.ts';
import { readProblemTexts } from './problem-texts.ts';

const tags = ['problems'];
const KindSchema = Type.Object(
  {
    type: Type.String({ format: 'uri' }),
    code: Type.String(),
    status: Int32(),
    title: LocalisedText(),
    detail: LocalisedText(),
  },
  {
    $id: 'ProblemKind',
    title: 'ProblemKind',
    description: 'What a kind of problem means, in every language.',
  },
);

const CatalogueSchema = Type.Object(
  { problems: Type.Array(Type.Ref('ProblemKind')) },
  { title: 'ProblemKinds' },
);

/** Of all operations: those that answer a problem are named unless they are more. */
const mostOf = 0.9;

const generalised = (text: Localised) => ({ fa: general(text, 'fa'), en: general(text, 'en') });

/** The pages that the `type` of a problem leads to, from the catalogue that the problems themselves come from. */
export const problemPages: FastifyPluginAsyncTypebox<{ publicUrl: string }> = async (app, { publicUrl }) => {
  app.addSchema(KindSchema);
  const texts = readProblemTexts();
  // The contract is complete when the first page is asked for.
  let answering: ReturnType<typeof answeringOperations> | undefined;
  function pageOf(kind: ProblemKind, locale: Locale): string {
    answering ??= answeringOperations(app.swagger() as object);
    const operations = answering.get(kind.code) ?? [];
    const count = new Set([...answering.values()].flat()).size;
    return problemPage(
      { kind, texts, answering: operations, isEverywhere: operations.length > count * mostOf },
      locale,
    );
  }
  const asJson = (kind: ProblemKind) => ({
    type: `${publicUrl}/problems/${kind.code}`,
    code: kind.code,
    status: kind.status,
    title: generalised(kind.title),
    detail: generalised(kind.detail),
  });

  app.get(
    '/problems',
    {
      schema: {
        operationId: 'listProblems',
        tags,
        summary: 'Every kind of problem',
        description: 'The closed list of codes with their meaning; a page for browsers.',
        security: [],
        querystring: PageQuery,
        response: {
          200: pageOrJson('The catalogue.', CatalogueSchema),
          ...pageProblems(commonProblems.invalidInput),
        },
      },
    },
    async (request, reply) => {
      const kinds = [...app.problemCatalogue.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
      const page = sendPreferredPage(request, reply, (locale) => problemIndex(kinds, texts, locale));
      return page ?? reply.send({ problems: kinds.map(asJson) });
    },
  );

  app.get(
    '/problems/:code',
    {
      schema: {
        operationId: 'getProblem',
        tags,
        summary: 'What a problem means and what to do',
        description: 'Where the `type` of a problem leads: a page for browsers, JSON for programs.',
        security: [],
        querystring: PageQuery,
        params: Type.Object({
          code: Type.String({
            pattern: '^[a-z-]+$',
            maxLength: 64,
            description: 'Code of a problem.',
            examples: ['not-authenticated'],
          }),
        }),
        response: {
          200: pageOrJson('The kind of problem.', Type.Ref('ProblemKind')),
          ...pageProblems(commonProblems.invalidInput, commonProblems.notFound),
        },
      },
    },
    async (request, reply) => {
      const kind = app.problemCatalogue.get(request.params.code);
      if (!kind) throw new Problem(commonProblems.notFound);
      return sendPreferredPage(request, reply, (locale) => pageOf(kind, locale)) ?? reply.send(asJson(kind));
    },
  );
};
