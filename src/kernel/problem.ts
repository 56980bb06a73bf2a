import type { Localised, TextParameters } from './locale.ts';

/** One entry of the closed catalogue of problems (RFC 9457). `code` is stable: clients branch on it. */
export type ProblemKind = Readonly<{
  code: string;
  status: number;
  title: Localised;
  detail: Localised;
  /** Instead of `detail` when no guesses are left. */
  usedUpDetail?: Localised;
  /** The refusal itself had an effect, a guess that was counted: repeated with its `Idempotency-Key` it has no other. */
  isFinal?: true;
}>;

/** One invalid place of the input. `pointer` is an RFC 6901 JSON pointer into the body, or `/query/name`, `/path/name`, `/header/name`. */
export type FieldError = Readonly<{
  pointer: string;
  code: string;
  detail: Localised;
  parameters?: TextParameters;
}>;

export type ProblemExtras = Readonly<{
  parameters?: TextParameters;
  errors?: readonly FieldError[];
  /** Seconds after which the same request may succeed; also sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** Guesses left for the current challenge. */
  attemptsLeft?: number;
  /** Work to be done before the same request is taken. */
  challenge?: object;
  /** What really happened. Logged, never sent. */
  cause?: unknown;
}>;

/**
 * What services throw for every refusal that a caller is to be told of. The public text comes from the
 * kind alone; the cause stays inside, so that the two can never mix.
 */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly extras: ProblemExtras;

  constructor(kind: ProblemKind, extras: ProblemExtras = {}) {
    super(kind.code, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'Problem';
    this.kind = kind;
    this.extras = extras;
  }
}

/**
 * Makes all checks, and refuses for the first problem with the field errors of every one.
 * @throws {Problem} of the first check that found one; whatever else a check throws
 */
export async function refuseTogether(checks: readonly (() => Promise<void>)[]): Promise<void> {
  const found: Problem[] = [];
  for (const check of checks) {
    await check().catch((error: unknown) => {
      if (!(error instanceof Problem) || !error.extras.errors) throw error;
      found.push(error);
    });
  }
  const [first] = found;
  if (!first) return;
  const errors = found.flatMap(({ extras }) => extras.errors ?? []);
  throw new Problem(first.kind, { ...first.extras, errors });
}

/** Keeps the literal `code` of every entry, so that a catalogue is a closed list for the type checker too. */
export function defineProblems<const T extends Readonly<Record<string, ProblemKind>>>(kinds: T): T {
  return kinds;
}

/** Problems that any route can answer with. */
export const commonProblems = defineProblems({
  invalidInput: {
    code: 'invalid-input',
    status: 400,
    title: { fa: 'ورودی نادرست است', en: 'The input is not valid' },
    detail: {
      fa: 'آنچه وارد شده درست نیست: {first}',
      en: 'What was entered is not valid: {first}',
    },
  },
  malformedRequest: {
    code: 'malformed-request',
    status: 400,
    title: { fa: 'درخواست خوانده نشد', en: 'The request could not be read' },
    detail: {
      fa: 'نشانی درخواست، یا بدنهٔ آن برای نوع محتوایی که نام برده است، درست نوشته نشده است.',
      en: 'The address is not well-formed, or the body is not what its content type says.',
    },
  },
  methodNotAllowed: {
    code: 'method-not-allowed',
    status: 405,
    title: { fa: 'این روش پذیرفته نیست', en: 'The method is not allowed' },
    detail: {
      fa: 'این نشانی با این متد HTTP کار نمی‌کند؛ متدهای مجاز: {allowed}',
      en: 'This address does not take this HTTP method; it takes {allowed}.',
    },
  },
  unsupportedMediaType: {
    code: 'unsupported-media-type',
    status: 415,
    title: { fa: 'نوع محتوا پذیرفته نیست', en: 'The content type is not supported' },
    detail: {
      fa: 'این نشانی بدنه‌ای از نوع {accepted} و بدون فشرده‌سازی می‌پذیرد.',
      en: 'This address takes a body of type {accepted}, without an encoding.',
    },
  },
  bodyTooLarge: {
    code: 'body-too-large',
    status: 413,
    title: { fa: 'حجم درخواست زیاد است', en: 'The request is too large' },
    detail: {
      fa: 'حجم آنچه فرستاده شده از حد مجاز بیشتر است؛ فایل کوچک‌تری بفرستید.',
      en: 'What was sent is larger than allowed; send a smaller file.',
    },
  },
  notFound: {
    code: 'not-found',
    status: 404,
    title: { fa: 'صفحه پیدا نشد', en: 'There is nothing at this address' },
    detail: { fa: 'این صفحه وجود ندارد.', en: 'This page does not exist.' },
  },
  insufficientScope: {
    code: 'insufficient-scope',
    status: 403,
    title: { fa: 'دسترسی کافی نیست', en: 'The scope is not sufficient' },
    detail: {
      fa: 'این برنامه یا کلید آن اجازهٔ این کار را ندارد.',
      en: 'The client, or its token, lacks the scope that this address asks for.',
    },
  },
  notAuthenticated: {
    code: 'not-authenticated',
    status: 401,
    title: { fa: 'وارد نشده‌اید', en: 'Signing in is needed' },
    detail: {
      fa: 'زمان ورود شما تمام شده است؛ دوباره وارد شوید.',
      en: 'Your sign-in has ended; sign in again.',
    },
  },
  tooManyRequests: {
    code: 'too-many-requests',
    status: 429,
    title: { fa: 'تعداد درخواست‌ها زیاد است', en: 'Too many requests' },
    detail: {
      fa: 'از شبکهٔ شما در این دقیقه درخواست‌های زیادی رسیده است؛ {later} دوباره تلاش کنید.',
      en: 'Too many requests came from your network within a minute; try again {later}.',
    },
  },
  busy: {
    code: 'busy',
    status: 503,
    title: { fa: 'سامانه شلوغ است', en: 'The service is busy' },
    detail: {
      fa: 'اکنون امکان پاسخ‌گویی نیست؛ {later} دوباره تلاش کنید.',
      en: 'This cannot be done right now; try again {later}.',
    },
  },
  internal: {
    code: 'internal-error',
    status: 500,
    title: { fa: 'خطای داخلی', en: 'Something went wrong on our side' },
    detail: {
      fa: 'خطایی پیش‌بینی‌نشده رخ داد. دوباره تلاش کنید؛ اگر باز پیش آمد، شناسهٔ درخواست را به پشتیبانی بدهید.',
      en: 'An unexpected error happened. Try again; if it comes back, give the request id to support.',
    },
  },
});
