import type { ErrorObject } from 'ajv';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import { isLostConnection, isPassingFailure } from '../database/failures.ts';
import { idempotencyProblems } from '../kernel/idempotency-key.ts';
import { type Locale, localise, type TextParameters, toLater } from '../kernel/locale.ts';
import {
  commonProblems,
  type FieldError,
  Problem,
  type ProblemExtras,
  type ProblemKind,
} from '../kernel/problem.ts';
import { getAcceptedType } from './accepted-type.ts';
import { getLocale } from './caller.ts';
import { Int32, Int64, OpenEnum } from './fields.ts';
import { toFieldError } from './validation.ts';

/** RFC 9457, with the members every client of this service can rely on. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri', description: 'Stable address of the kind of problem.' }),
    // The values are known when all routes are.
    code: OpenEnum([], {
      title: 'ProblemCode',
      description:
        'Stable code to branch on; the last part of `type`. Treat one that you do not know by its status.',
    }),
    title: Type.String({ description: 'Short text for people, in the language of `Accept-Language`.' }),
    status: Int32(),
    detail: Type.String({ description: 'What happened and what to do, for people.' }),
    requestId: Type.String({ description: 'Give this to support.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            pointer: Type.String({
              description:
                'JSON pointer (RFC 6901) into the body; `/query/name`, `/path/name` or `/header/name` of what is not in it.',
            }),
            code: Type.String({ description: 'What is wrong, for programs; more of them may come.' }),
            detail: Type.String({ description: 'The same for people.' }),
          },
          { title: 'FieldError' },
        ),
      ),
    ),
    retryAfterSeconds: Type.Optional(Int32({ description: 'Also sent as `Retry-After`.' })),
    attemptsLeft: Type.Optional(Int32({ description: 'Guesses left for the current challenge.' })),
    challenge: Type.Optional(
      Type.Object(
        {
          parameters: Type.Object(
            {
              algorithm: Type.String({ examples: ['SHA-256'] }),
              nonce: Type.String({ description: 'Hexadecimal, like all but the numbers.' }),
              salt: Type.String(),
              cost: Int32({ description: 'Digests a candidate key.' }),
              keyLength: Int32(),
              keyPrefix: Type.String({ description: 'What the right key begins with.' }),
              expiresAt: Int64({ description: 'Seconds since 1970.' }),
            },
            { title: 'ChallengeParameters' },
          ),
          signature: Type.String(),
        },
        {
          title: 'WorkChallenge',
          description: 'Of `proof-of-work-required`: solve it, and repeat the request with `Proof-Of-Work`.',
        },
      ),
    ),
  },
  { $id: 'Problem', title: 'Problem', description: 'An error as RFC 9457 describes it.' },
);

/**
 * The `response` entries of a route for the problems it can answer with, one a status, each naming its
 * codes. Those that any route can answer with come by themselves; what can be wrong with bodies and parameters too (`addresses`).
 */
export function problemResponses(
  ...kinds: readonly ProblemKind[]
): Record<number, ReturnType<typeof problemResponse>> {
  const byStatus = new Map<number, ProblemKind[]>();
  for (const kind of [
    ...kinds,
    commonProblems.tooManyRequests,
    commonProblems.busy,
    commonProblems.internal,
  ]) {
    const same = byStatus.get(kind.status) ?? [];
    if (!same.includes(kind)) same.push(kind);
    byStatus.set(kind.status, same);
  }
  return Object.fromEntries([...byStatus].map(([status, same]) => [status, problemResponse(same)]));
}

/** A route's `response` with these problems as well. */
export function addProblems(response: object, ...kinds: readonly ProblemKind[]): object {
  const documented = Object.values(response).flatMap(
    (each: { [kindsOf]?: readonly ProblemKind[] }) => each[kindsOf] ?? [],
  );
  return { ...response, ...problemResponses(...documented, ...kinds) };
}

/** What can be wrong with any body. */
export const bodyProblems = [
  commonProblems.invalidInput,
  commonProblems.malformedRequest,
  commonProblems.bodyTooLarge,
  commonProblems.unsupportedMediaType,
] as const;

/** Under which a documented response keeps the kinds it stands for, out of the contract itself. */
const kindsOf = Symbol('kinds of problems');

function problemResponse(kinds: readonly ProblemKind[]) {
  return {
    description: kinds.map(({ code, title }) => `\`${code}\`: ${title.en}`).join('; '),
    content: { [problemType]: { schema: Type.Ref('Problem') } },
    [kindsOf]: kinds,
  };
}

export const problemType = 'application/problem+json';

/** For routes whose success is no 2xx: what `default` stands for in the contract. */
export const anyProblem = {
  description: 'Every answer that is not listed is a problem.',
  content: { [problemType]: { schema: Type.Ref('Problem') } },
};

/** Every kind of problem that the service can answer with, by code: what its routes document. */
export type ProblemCatalogue = ReadonlyMap<string, ProblemKind>;

declare module 'fastify' {
  interface FastifyInstance {
    problemCatalogue: ProblemCatalogue;
  }
  interface FastifyRequest {
    /** Of the problem that the request was answered with; `null`: none. */
    problemCode: string | null;
    /** It failed in the middle: what it was to do may have been done all the same. */
    isOutcomeUnknown: boolean;
  }
}

/** Fills as routes are registered, so that the closed list of codes has one source. */
function collectCatalogue(app: FastifyInstance): ProblemCatalogue {
  const catalogue = new Map<string, ProblemKind>(
    [...Object.values(commonProblems), ...Object.values(idempotencyProblems)].map((kind) => [
      kind.code,
      kind,
    ]),
  );
  app.addHook('onRoute', ({ schema }) => {
    for (const response of Object.values((schema?.response ?? {}) as Record<string, object>)) {
      for (const kind of (response as { [kindsOf]?: readonly ProblemKind[] })[kindsOf] ?? []) {
        const known = catalogue.get(kind.code) ?? kind;
        // Two meanings under one address would leave clients to guess.
        if (known !== kind) throw new Error(`two kinds of problems are called ${kind.code}`);
        catalogue.set(kind.code, kind);
      }
    }
  });
  return catalogue;
}

/** What is told to people. */
type Told = Readonly<{ code: string; title: string; detail: string; requestId: string }>;

/** Makes a page of a refusal, for who asked for one; `null` for everybody else, who gets JSON. */
export type RefusalPage = (
  request: FastifyRequest,
  describe: (locale: Locale) => Told,
) => Readonly<{ html: string; locale: Locale; policy: string }> | null;

export type ProblemsOptions = Readonly<{ publicUrl: string; toPage?: RefusalPage }>;

/** The members of a problem that come from its kind. */
export function describeProblem(
  kind: ProblemKind,
  publicUrl: string,
  locale: Locale,
  parameters: TextParameters,
) {
  return {
    type: `${publicUrl}/problems/${kind.code}`,
    code: kind.code,
    title: localise(kind.title, locale, parameters),
    status: kind.status,
    detail: localise(kind.detail, locale, parameters),
  };
}

/** The one place where errors become answers: public text from the catalogue, cause to the log. */
export const problems = fp<ProblemsOptions>(
  async (app, { publicUrl, toPage = () => null }) => {
    app.addSchema(ProblemSchema);
    app.decorate('problemCatalogue', collectCatalogue(app));
    app.decorateRequest('problemCode', null);
    app.decorateRequest('isOutcomeUnknown', false);

    const describe = (
      request: FastifyRequest,
      kind: ProblemKind,
      { errors: faults, retryAfterSeconds, attemptsLeft, challenge, parameters }: ProblemExtras,
      locale: Locale,
    ) => {
      const errors = faults?.map((fault) => toPublicError(fault, locale));
      const values = {
        accepted: getAcceptedType(request.routeOptions) ?? '',
        ...parameters,
        // People read one sentence: what is wrong first stands in it. `errors` is for programs.
        first: errors?.[0]?.detail ?? '',
        later: toLater(retryAfterSeconds ?? 1, locale),
      };
      const isUsedUp = attemptsLeft === 0 && kind.usedUpDetail !== undefined;
      return {
        ...describeProblem(kind, publicUrl, locale, values),
        ...(isUsedUp && { detail: localise(kind.usedUpDetail, locale, values) }),
        requestId: request.id,
        ...(errors && { errors }),
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
        ...(attemptsLeft !== undefined && { attemptsLeft }),
        ...(challenge !== undefined && { challenge }),
      };
    };

    const send = (request: FastifyRequest, reply: FastifyReply, kind: ProblemKind, extras: ProblemExtras) => {
      request.problemCode = kind.code;
      if (extras.retryAfterSeconds !== undefined) reply.header('retry-after', extras.retryAfterSeconds);
      if (kind.status === 401) reply.header('www-authenticate', 'Bearer');
      reply.code(kind.status).header('cache-control', 'no-store');
      const page = toPage(request, (locale) => describe(request, kind, extras, locale));
      if (page) {
        return reply
          .header('content-language', page.locale)
          .header('content-security-policy', page.policy)
          .type('text/html; charset=utf-8')
          .serializer(String)
          .send(page.html);
      }
      const locale = getLocale(request);
      return reply
        .header('content-language', locale)
        .type(`${problemType}; charset=utf-8`)
        .serializer(JSON.stringify)
        .send(describe(request, kind, extras, locale));
    };

    app.setErrorHandler((error: FastifyError, request, reply) => {
      const problem = toProblem(error);
      request.isOutcomeUnknown = problem.kind === commonProblems.internal || isLostConnection(error);
      if (problem.kind.status >= 500) {
        request.log[problem.kind.status === 503 ? 'warn' : 'error'](
          { err: problem.cause ?? error },
          problem.kind.code,
        );
      }
      return send(request, reply, problem.kind, problem.extras);
    });
  },
  { name: 'problems', dependencies: ['rate-limits'] },
);

function toPublicError({ pointer, code, detail, parameters }: FieldError, locale: Locale) {
  return { pointer, code, detail: localise(detail, locale, parameters) };
}

const ofFramework: Readonly<Record<string, ProblemKind>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: commonProblems.bodyTooLarge,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: commonProblems.unsupportedMediaType,
  FST_ERR_CTP_EMPTY_TYPE: commonProblems.unsupportedMediaType,
};

/** The database is back within seconds, or a connection is free again. */
const passingFailureSeconds = 1;

export function toProblem(error: FastifyError): Problem {
  if (error instanceof Problem) return error;
  if (error.validation) {
    const errors = (error.validation as ErrorObject[]).map((fault) =>
      toFieldError(fault, error.validationContext),
    );
    return new Problem(commonProblems.invalidInput, { errors });
  }
  const kind = ofFramework[error.code];
  if (kind) return new Problem(kind);
  // The framework's other client errors (bad JSON, bad content length, a malformed URL …).
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new Problem(commonProblems.malformedRequest);
  }
  if (isPassingFailure(error)) {
    return new Problem(commonProblems.busy, { retryAfterSeconds: passingFailureSeconds, cause: error });
  }
  return new Problem(commonProblems.internal, { cause: error });
}
