import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { getLocale } from '../../http/caller.ts';
import { fixedDocument, sendFixedDocument } from '../../http/fixed-document.ts';
import { anyProblem, problemResponses } from '../../http/problems.ts';
import { localise } from '../../kernel/locale.ts';
import { Problem } from '../../kernel/problem.ts';
import { passwordProblems } from './passwords.problems.ts';
import { EvaluationBody, EvaluationSchema, PasswordPolicySchema } from './passwords.schemas.ts';
import type { Passwords } from './passwords.service.ts';

const tags = ['passwords'];

export type PasswordRoutesOptions = Readonly<{
  passwords: Pick<Passwords, 'policy' | 'evaluate'>;
  /** '' = there is no such page. */
  changePasswordUrl: string;
}>;

export const passwordRoutes: FastifyPluginAsyncTypebox<PasswordRoutesOptions> = async (app, options) => {
  const { passwords, changePasswordUrl } = options;
  app.addSchema(PasswordPolicySchema);
  app.addSchema(EvaluationSchema);
  const policy = fixedDocument(passwords.policy);

  app.get(
    '/v1/password-policy',
    {
      schema: {
        operationId: 'getPasswordPolicy',
        tags,
        summary: 'The password policy as data',
        description:
          'Every rule with its parameters and its text in both languages, the string that password managers read, ' +
          'and the clauses of standards that the policy meets or breaks. Answers `ETag` and 304.',
        security: [],
        response: {
          200: Type.Ref('PasswordPolicy'),
          304: Type.Null({ description: 'The client has it.' }),
          ...problemResponses(),
        },
      },
    },
    (request, reply) => sendFixedDocument(request, reply, policy),
  );

  app.post(
    '/v1/password-policy/evaluations',
    {
      config: { repeats: { exempt: 'nothing is kept, so that nothing can be done twice' } },
      schema: {
        operationId: 'evaluatePassword',
        tags,
        summary: 'What the policy thinks of a password',
        description:
          'Every rule that is broken, at once, while somebody is typing. Nothing is stored or logged. Rules about ' +
          'earlier passwords, the name and the year of birth are applied only when the password is really set.',
        security: [],
        body: EvaluationBody,
        response: { 200: Type.Ref('PasswordEvaluation'), ...problemResponses() },
      },
    },
    async (request, reply) => {
      const { password, ...person } = request.body;
      const { acceptable, score, violations } = await passwords.evaluate(password, person);
      const locale = getLocale(request);
      reply.header('content-language', locale);
      return {
        acceptable,
        score,
        violations: violations.map(({ rule, code, detail, parameters }) => ({
          rule,
          code,
          detail: localise(detail, locale, parameters),
          parameters,
        })),
      };
    },
  );

  app.get(
    '/.well-known/change-password',
    {
      schema: {
        operationId: 'changePasswordPage',
        tags,
        summary: 'Where to change a password',
        description: 'Redirects to the page of the front end (W3C, A Well-Known URL for Changing Passwords).',
        security: [],
        response: {
          302: Type.Null({ description: 'The page.' }),
          ...problemResponses(passwordProblems.changeAddressUnknown),
          default: anyProblem,
        },
      },
    },
    async (_request, reply) => {
      if (changePasswordUrl === '') throw new Problem(passwordProblems.changeAddressUnknown);
      return reply.redirect(changePasswordUrl, 302);
    },
  );
};
