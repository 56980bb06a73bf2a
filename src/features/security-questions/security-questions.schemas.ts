import { Type } from 'typebox';
import { exactlyOneOf, Int32, LocalisedText } from '../../http/fields.ts';
import { CodeBody } from '../one-time-codes/index.ts';
import { questionsPerPerson } from './catalogue.ts';

export const SecurityQuestionsSchema = Type.Object(
  {
    questionsPerPerson: Int32({ description: 'How many to choose and answer.', examples: [3] }),
    questions: Type.Array(
      Type.Object(
        {
          id: Type.String({ examples: ['childhood-toy'] }),
          text: LocalisedText(),
        },
        { title: 'SecurityQuestion' },
      ),
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
    { title: 'SecurityAnswer', additionalProperties: false },
  ),
  {
    minItems: questionsPerPerson,
    maxItems: questionsPerPerson,
    description: 'Different questions, in any order.',
  },
);

/** What proves somebody who was asked for a code or for answers: one of the two. */
export const proofBody = (title: string) =>
  Type.Object(
    { code: Type.Optional(CodeBody.properties.code), answers: Type.Optional(securityAnswersSchema) },
    {
      title,
      ...exactlyOneOf(['code', 'answers'], {
        missing: { fa: 'کد یا پاسخ‌ها را وارد کنید.', en: 'The code or the answers are required.' },
        doubled: { fa: 'کد و پاسخ‌ها را با هم نفرستید.', en: 'Send either the code or the answers.' },
      }),
      additionalProperties: false,
    },
  );
