import { Type } from 'typebox';
import { questionsPerPerson } from './catalogue.ts';

export const SecurityQuestionsSchema = Type.Object(
  {
    questionsPerPerson: Type.Integer({ description: 'How many to choose and answer.', examples: [3] }),
    questions: Type.Array(
      Type.Object({
        id: Type.String({ examples: ['childhood-toy'] }),
        text: Type.Object({ fa: Type.String(), en: Type.String() }),
      }),
    ),
  },
  { $id: 'SecurityQuestions', title: 'SecurityQuestions' },
);

/** Answers in a body, to be enrolled or to be verified. */
export const securityAnswersSchema = Type.Array(
  Type.Object(
    {
      question: Type.String({
        maxLength: 40,
        description: 'Id of the catalogue.',
        examples: ['childhood-toy'],
      }),
      answer: Type.String({
        maxLength: 200,
        description:
          'Case, accents, digits of any script, Arabic and Persian letter forms, spacing and punctuation make no difference.',
        examples: ['خرس قهوه‌ای'],
      }),
    },
    { additionalProperties: false },
  ),
  {
    minItems: questionsPerPerson,
    maxItems: questionsPerPerson,
    description: 'Different questions, in any order.',
  },
);
