import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { fixedDocument, sendFixedDocument } from '../../http/fixed-document.ts';
import { problemResponses } from '../../http/problems.ts';
import { questionsPerPerson, securityQuestions } from './catalogue.ts';
import { SecurityQuestionsSchema } from './security-questions.schemas.ts';

export const securityQuestionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.addSchema(SecurityQuestionsSchema);
  const catalogue = fixedDocument({ questionsPerPerson, questions: securityQuestions });

  app.get(
    '/v1/security-questions',
    {
      schema: {
        operationId: 'listSecurityQuestions',
        tags: ['passwords'],
        summary: 'The catalogue of security questions',
        description: 'In both languages, the same for everybody. Answers `ETag` and 304.',
        security: [],
        response: {
          200: Type.Ref('SecurityQuestions'),
          304: Type.Null({ description: 'The client has it.' }),
          ...problemResponses(),
        },
      },
    },
    (request, reply) => sendFixedDocument(request, reply, catalogue),
  );
};
