import { ProblemError } from '@savabegh/client';
import { defineTexts } from '../language/texts.ts';

/** What went wrong, for people: one sentence, and one for each field that it is about. */
export type Refusal = Readonly<{
  message: string;
  /** By the name of the field: the last step of the JSON pointer, or the whole one for what is deeper. */
  fields: ReadonlyMap<string, string>;
  code: string;
  retryAfterSeconds?: number;
  attemptsLeft?: number;
}>;

const t = defineTexts(
  {
    offline: 'پاسخی از سامانه نرسید. اتصال اینترنت را بررسی کنید و دوباره بفرستید؛ کاری دو بار انجام نمی‌شود.',
    unexpected: 'سامانه اکنون پاسخ نمی‌دهد؛ کمی بعد دوباره تلاش کنید.',
    support: '{message} کد پیگیری: {id}',
  },
  {
    offline: 'No answer came. Check your connection and send it again; nothing is done twice.',
    unexpected: 'The service is not answering; try again in a while.',
    support: '{message} Reference: {id}',
  },
);

function toFieldName(pointer: string): string {
  const [, first = '', ...rest] = pointer.split('/');
  return rest.length === 0 ? first : pointer;
}

/**
 * The service's own sentences are for people, in the language of the page; `sentences` are better ones that a page knows.
 */
export function toRefusal(
  error: unknown,
  sentences: Readonly<Partial<Record<string, string>>> = {},
): Refusal {
  if (!(error instanceof ProblemError)) {
    const message = error instanceof TypeError ? t('offline') : t('unexpected');
    return { message, fields: new Map(), code: 'no-answer' };
  }
  const { problem, code } = error;
  const fields = new Map((problem.errors ?? []).map(({ pointer, detail }) => [toFieldName(pointer), detail]));
  const message = sentences[code] ?? problem.detail;
  return {
    message: problem.status === 500 ? t('support', { message, id: problem.requestId }) : message,
    fields,
    code,
    ...(problem.retryAfterSeconds !== undefined && { retryAfterSeconds: problem.retryAfterSeconds }),
    ...(problem.attemptsLeft !== undefined && { attemptsLeft: problem.attemptsLeft }),
  };
}
