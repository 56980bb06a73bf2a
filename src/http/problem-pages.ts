import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Localised } from '../kernel/locale.ts';
import { commonProblems, Problem, type ProblemKind } from '../kernel/problem.ts';
import { Int32, LocalisedText } from './fields.ts';
import { escapeHtml, negotiated, pageContent, sendPage, wantsPage } from './negotiated-page.ts';
import { problemResponses } from './problems.ts';
import { textPage } from './text-page.ts';

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

/** Figures that differ from case to case are left open. */
const general = (text: string) => text.replace(/\{\w+\}/g, '…');
const escaped = (text: string) => escapeHtml(general(text));

function section({ code, status, title, detail }: ProblemKind): string {
  return `<section id="${code}">
<div lang="fa" dir="rtl"><h2>${escaped(title.fa)}</h2><p>${escaped(detail.fa)}</p></div>
<div lang="en" dir="ltr"><h2>${escaped(title.en)}</h2><p>${escaped(detail.en)}</p></div>
<p dir="ltr"><a href="/problems/${code}"><code>${code}</code></a> · HTTP ${status}</p>
</section>`;
}

function page(heading: string, kinds: readonly ProblemKind[]): string {
  return textPage({ title: escaped(heading), lang: 'fa', main: kinds.map(section).join('\n') });
}

const generalised = ({ fa, en }: Localised) => ({ fa: general(fa), en: general(en) });

/** The pages that the `type` of a problem leads to, from the catalogue that the problems themselves come from. */
export const problemPages: FastifyPluginAsyncTypebox<{ publicUrl: string }> = async (app, { publicUrl }) => {
  app.addSchema(KindSchema);
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
        response: {
          200: {
            description: 'The catalogue.',
            content: {
              'application/json': {
                schema: Type.Object(
                  { problems: Type.Array(Type.Ref('ProblemKind')) },
                  { title: 'ProblemKinds' },
                ),
              },
              ...pageContent,
            },
          },
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const kinds = [...app.problemCatalogue.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
      negotiated(reply);
      if (wantsPage(request)) return sendPage(reply, page('Problems', kinds));
      return reply.send({ problems: kinds.map(asJson) });
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
        params: Type.Object({
          code: Type.String({
            pattern: '^[a-z-]+$',
            maxLength: 64,
            description: 'Code of a problem.',
            examples: ['not-authenticated'],
          }),
        }),
        response: {
          200: {
            description: 'The kind of problem.',
            content: { 'application/json': { schema: Type.Ref('ProblemKind') }, ...pageContent },
          },
          ...problemResponses(commonProblems.invalidInput, commonProblems.notFound),
        },
      },
    },
    async (request, reply) => {
      const kind = app.problemCatalogue.get(request.params.code);
      if (!kind) throw new Problem(commonProblems.notFound);
      negotiated(reply);
      if (wantsPage(request)) return sendPage(reply, page(kind.title.en, [kind]));
      return reply.send(asJson(kind));
    },
  );
};
