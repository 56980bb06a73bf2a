import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { escapeHtml, negotiated, pageContent, sendPage, wantsPage } from '../../http/negotiated-page.ts';
import { problemResponses } from '../../http/problems.ts';
import { textPage } from '../../http/text-page.ts';
import type { Localised } from '../../kernel/locale.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { type FindingCode, findingCodes } from './finding-rules.ts';
import { describeFinding, type FindingKind } from './finding-texts.ts';
import { FindingKindSchema, FindingParams } from './findings.schemas.ts';

const tags = ['employer lists'];
const heading: Localised = { fa: 'ایرادهای لیست', en: 'What can be found in a list' };
const severities = {
  error: { fa: 'خطا: لیست ثبت نمی‌شود', en: 'error: the list is refused' },
  warning: { fa: 'هشدار: لیست ثبت می‌شود', en: 'warning: the list is imported' },
} as const satisfies Record<FindingKind['severity'], Localised>;

function section({ code, severity, title, when, advice }: FindingKind): string {
  const inLanguage = (locale: 'fa' | 'en', direction: 'rtl' | 'ltr') =>
    `<div lang="${locale}" dir="${direction}"><h2>${escapeHtml(title[locale])}</h2>` +
    `<p>${escapeHtml(when[locale])}</p><p>${escapeHtml(advice[locale])}</p></div>`;
  return `<section id="${code}">
${inLanguage('fa', 'rtl')}
${inLanguage('en', 'ltr')}
<p><a href="/findings/${code}"><code>${code}</code></a> · <span lang="fa">${severities[severity].fa}</span> · <span lang="en" dir="ltr">${severities[severity].en}</span></p>
</section>`;
}

function page(title: Localised, kinds: readonly FindingKind[]): string {
  return textPage({
    title: escapeHtml(`${title.fa} · ${title.en}`),
    lang: 'fa',
    main: kinds.map(section).join('\n'),
  });
}

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
        response: {
          200: {
            description: 'The catalogue.',
            content: {
              'application/json': {
                schema: Type.Object(
                  { findings: Type.Array(Type.Ref('FindingKind')) },
                  { title: 'FindingKinds' },
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
      const kinds = findingCodes.map(describeFinding);
      negotiated(reply);
      if (wantsPage(request)) return sendPage(reply, page(heading, kinds));
      return reply.send({ findings: kinds });
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
        params: FindingParams,
        response: {
          200: {
            description: 'The kind of finding.',
            content: { 'application/json': { schema: Type.Ref('FindingKind') }, ...pageContent },
          },
          ...problemResponses(commonProblems.invalidInput, commonProblems.notFound),
        },
      },
    },
    async (request, reply) => {
      const { code } = request.params;
      if (!isCode(code)) throw new Problem(commonProblems.notFound);
      const kind = describeFinding(code);
      negotiated(reply);
      if (wantsPage(request)) return sendPage(reply, page(kind.title, [kind]));
      return reply.send(kind);
    },
  );
};
