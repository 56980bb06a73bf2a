import type { Fetch } from './platform.ts';
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

/** A refusal of the token endpoint (RFC 6749 §5.2); `error` is its code, `message` is for developers. */
export class OAuthError extends Error {
  readonly status: number;
  readonly error: components['schemas']['OAuthError']['error'];

  constructor(status: number, { error, error_description }: components['schemas']['OAuthError']) {
    super(error_description ?? error);
    this.name = 'OAuthError';
    this.status = status;
    this.error = error;
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

function isOAuthError(body: unknown): body is components['schemas']['OAuthError'] {
  return typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string';
}

/**
 * A page where data was meant, as hotels' networks and proxies send with status 200, or data cut short, is no answer of the
 * service.
 */
export function withOwnAnswers(send: Fetch): Fetch {
  return async (request) => {
    const response = await send(request);
    const type = response.headers.get('content-type') ?? '';
    const isPage = type.includes('text/html') && !request.headers.get('accept')?.includes('text/html');
    if (!response.ok || !(isPage || type.includes('json'))) return response;
    const text = await response.clone().text();
    if (isPage || !isJson(text)) throw new UnexpectedAnswerError(response.status, text);
    return response;
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What openapi-fetch resolves to. */
type Outcome<Data> = Readonly<{ data?: Data; error?: unknown; response: Response }>;

/**
 * The data of a successful call.
 * @throws {ProblemError} when the service refused
 * @throws {OAuthError} when the token endpoint refused
 * @throws {UnexpectedAnswerError} when what came back was not the service's
 */
export async function unwrap<Data>(call: Promise<Outcome<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (response.ok) return data as Data;
  if (isProblem(error)) throw new ProblemError(error);
  if (isOAuthError(error)) throw new OAuthError(response.status, error);
  throw new UnexpectedAnswerError(response.status, error);
}
