import type { components } from './schema.ts';

/** An error as the service describes it (RFC 9457); `code` is a closed list to branch on. */
export type Problem = components['schemas']['Problem'];
export type ProblemCode = Problem['code'];

/** What `unwrap` throws: the service refused, and says why in a way that people may be shown. */
export class ProblemError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.status = problem.status;
    this.problem = problem;
  }

  get code(): ProblemCode {
    return this.problem.code;
  }

  /** Seconds after which the same request may succeed, when that is known. */
  get retryAfterSeconds(): number | undefined {
    return this.problem.retryAfterSeconds;
  }
}

/** What came was no answer of the service: a proxy's page, a broken connection, a refusal in another form. */
export class UnexpectedAnswerError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`unexpected answer with status ${status}`);
    this.name = 'UnexpectedAnswerError';
    this.status = status;
    this.body = body;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'type' in body && 'detail' in body;
}

/** What openapi-fetch resolves to. */
type Outcome<Data> = Readonly<{ data?: Data; error?: unknown; response: Response }>;

/**
 * The data of a successful call.
 * @throws {ProblemError} when the service refused
 * @throws {UnexpectedAnswerError} when what came back was not the service's
 */
export async function unwrap<Data>(call: Promise<Outcome<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (response.ok) return data as Data;
  throw isProblem(error) ? new ProblemError(error) : new UnexpectedAnswerError(response.status, error);
}
