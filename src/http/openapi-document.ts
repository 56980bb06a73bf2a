import { STATUS_CODES } from 'node:http';
import { toLater } from '../kernel/locale.ts';
import type { ProblemKind } from '../kernel/problem.ts';
import { nameShapes } from './openapi-shapes.ts';
import { describeProblem, type ProblemCatalogue, problemType } from './problems.ts';

// The parts of an OpenAPI 3.1 document that are looked at here; the rest passes through.
type Schema = { properties?: Record<string, Record<string, unknown>>; [key: string]: unknown };
type Media = { schema?: Schema; examples?: Record<string, unknown> };
type Reference = { $ref: string };
type Response = { description?: string; headers?: Record<string, unknown>; content?: Record<string, Media> };
type Parameter = { name: string; in: string };
type Operation = {
  operationId?: string;
  parameters?: (Parameter | Reference)[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response | Reference>;
  'x-counts-attempts'?: true;
};
type Components = Record<string, Record<string, unknown>>;
export type Document = { components: Components; paths: Record<string, Record<string, Operation>> };

/** A request that a test sends for real, and what it was answered. Secrets in it are made up. */
export type RecordedExample = Readonly<{
  summary: string;
  body?: unknown;
  status: number;
  /** Media type and body of the answer; `null` without one. */
  answer: Readonly<{ type: string; body: unknown }> | null;
}>;

/** By operation id. */
export type RecordedExamples = Readonly<Record<string, Readonly<Record<string, RecordedExample>>>>;

/** What the generator writes where a response has no description of its own. */
const unnamed = 'Default Response';

const isReference = (part: object): part is Reference => '$ref' in part;
const pascal = (text: string) =>
  text.replace(/(?:^|[-_ ])(\w)/g, (_match, letter: string) => letter.toUpperCase());

/**
 * Completes the document that the routes give: the closed list of problem codes with an example of each, the
 * recorded examples, headers of refusals, and what repeats itself as components.
 */
export function completeDocument(
  document: Document,
  {
    catalogue,
    examples,
    publicUrl,
  }: Readonly<{
    catalogue: ProblemCatalogue;
    examples: RecordedExamples;
    publicUrl: string;
  }>,
): Document {
  const { components } = document;
  nameShapes(document);
  listCodes(components, catalogue);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const operation of Object.values(item)) {
      if (path.includes('{')) addNotFound(operation, catalogue);
      addRecorded(operation, examples[operation.operationId ?? ''] ?? {});
      for (const [status, response] of Object.entries(operation.responses)) {
        if (isReference(response)) continue;
        if (response.description === unnamed) response.description = STATUS_CODES[status] ?? unnamed;
        describeRefusal(response, catalogue, publicUrl, components);
      }
    }
  }
  markCountedAttempts(document, catalogue);
  addHeaders(document);
  hoistResponses(document);
  hoistParameters(document);
  return document;
}

function listCodes({ schemas }: Components, catalogue: ProblemCatalogue): void {
  const code = schemas?.ProblemCode as Schema | undefined;
  if (code) code['x-extensible-enum'] = [...catalogue.keys()].sort();
}

/** A path with a hole in it does not match when what stands in the hole is empty or endless. */
function addNotFound({ responses }: Operation, catalogue: ProblemCatalogue): void {
  const kind = catalogue.get('not-found');
  if (!kind || responses[404]) return;
  responses[404] = {
    description: `\`${kind.code}\`: ${kind.title.en}`,
    content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** The problems that a response is for, which its description names. */
const codesOf = ({ description = '' }: Response): string[] =>
  [...description.matchAll(/`([a-z-]+)`: /g)].map(([, code = '']) => code);

/** Marks what answers a guess, at a password, a code, answers: clients are not to repeat it by themselves when it is refused. */
function markCountedAttempts(document: Document, catalogue: ProblemCatalogue): void {
  const isCounted = (response: Response | Reference) =>
    !isReference(response) && codesOf(response).some((code) => catalogue.get(code)?.isFinal);
  for (const operation of toOperations(document)) {
    if (Object.values(operation.responses).some(isCounted)) operation['x-counts-attempts'] = true;
  }
}

function addRecorded(operation: Operation, recorded: Readonly<Record<string, RecordedExample>>): void {
  for (const [name, { summary, body, status, answer }] of Object.entries(recorded)) {
    const [request] = Object.values(operation.requestBody?.content ?? {});
    if (request && body !== undefined)
      request.examples = { ...request.examples, [name]: { summary, value: body } };
    const response = operation.responses[status];
    if (!answer || !response || isReference(response)) continue;
    const media = response.content?.[answer.type];
    // Problems have an example each of their own.
    if (media && answer.type !== problemType) {
      media.examples = { ...media.examples, [name]: { summary, value: answer.body } };
    }
  }
}

function toExample(kind: ProblemKind, publicUrl: string) {
  const retryAfterSeconds = kind.status === 429 || kind.status === 503 ? 30 : undefined;
  return {
    summary: kind.title.en,
    value: {
      ...describeProblem(kind, publicUrl, 'fa', {
        later: toLater(retryAfterSeconds ?? 1, 'fa'),
        accepted: 'application/json',
      }),
      requestId: '0198c3a1-7b1e-4c55-9d0a-3f6f2b8e4d10',
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    },
  };
}

/** Points a response that is a problem to the example of each code that its description names. */
function describeRefusal(
  response: Response,
  catalogue: ProblemCatalogue,
  publicUrl: string,
  components: Components,
): void {
  const media = response.content?.[problemType];
  if (!media) return;
  media.examples = {};
  for (const code of codesOf(response)) {
    const kind = catalogue.get(code);
    if (!kind) continue;
    components.examples ??= {};
    components.examples[code] ??= toExample(kind, publicUrl);
    media.examples[code] = { $ref: `#/components/examples/${code}` };
  }
}

const text = (description: string, example: string) => ({ description, schema: { type: 'string' }, example });
const headers = {
  RequestId: text('Give this to support.', '0198c3a1-7b1e-4c55-9d0a-3f6f2b8e4d10'),
  RateLimitPolicy: text(
    'The ceiling of one network over all addresses (draft-ietf-httpapi-ratelimit-headers): requests `q` in `w` seconds.',
    '"network";q=300;w=60',
  ),
  RateLimit: text(
    'What is left (`r`) of the ceiling that binds, and in how many seconds (`t`) there is more: of `network` or, in a 429, ' +
      'of what was counted, by the code of the problem.',
    '"network";r=299;t=60',
  ),
  ContentLanguage: text('Language of the texts for people.', 'fa'),
  ETag: text('Names this state; for `If-None-Match`.', 'W/"17.1.2.5c1e8f20d9b7"'),
  Location: text('Where what was created is found.', '/v1/recoveries/0198c3a1-9f02-7d41-b6a3-5c1e8f20d9b7'),
  RetryAfter: {
    description: 'Seconds after which the same request may succeed.',
    schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 2_147_483_647 },
  },
  WwwAuthenticate: { description: 'How to authenticate (RFC 9110 §11.6.1).', schema: { type: 'string' } },
};

/** Read of every request by whatever answers in words; without it the texts are Persian. */
const acceptLanguage = {
  name: 'Accept-Language',
  in: 'header',
  description: 'Language of texts for people: `fa` (the default) or `en`.',
  schema: { type: 'string', examples: ['en'] },
};
const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  description: '`ETag` of the state that the caller has: 304 as long as it is the current one.',
  schema: { type: 'string', examples: ['W/"17.1.2.5c1e8f20d9b7"'] },
};

type HeaderName = keyof typeof headers;

/** Which headers a response has, by what it is. */
function headersOf(
  status: string,
  { content, headers: declared }: Response,
  operation: Operation,
): Partial<Record<string, HeaderName>> {
  const asksToWait = status === '429' || status === '503' || declared?.['Retry-After'] !== undefined;
  const isCacheable = '304' in operation.responses && (status === '200' || status === '304');
  return {
    'Request-Id': 'RequestId',
    'RateLimit-Policy': 'RateLimitPolicy',
    RateLimit: 'RateLimit',
    ...(content?.[problemType] && { 'Content-Language': 'ContentLanguage' }),
    ...(asksToWait && { 'Retry-After': 'RetryAfter' }),
    ...(status === '401' && { 'WWW-Authenticate': 'WwwAuthenticate' }),
    ...(status === '201' && { Location: 'Location' }),
    ...(isCacheable && { ETag: 'ETag' }),
  };
}

/** Names every header that is sent or read: typed clients can neither set nor read what is not in the document. */
function addHeaders(document: Document): void {
  document.components.headers = { ...document.components.headers, ...headers };
  for (const operation of toOperations(document)) {
    for (const [status, response] of Object.entries(operation.responses)) {
      if (isReference(response)) continue;
      const own = Object.entries(headersOf(status, response, operation));
      response.headers = {
        ...response.headers,
        ...Object.fromEntries(
          own.map(([name, component]) => [name, { $ref: `#/components/headers/${component}` }]),
        ),
      };
    }
    const read = '304' in operation.responses ? [acceptLanguage, ifNoneMatch] : [acceptLanguage];
    operation.parameters = [...(operation.parameters ?? []), ...read];
  }
}

/** The name of a component with this content: an earlier one with the same, or the next free one. */
function nameFor(components: Record<string, unknown>, wish: string, content: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wish : `${wish}${number}`;
    if (!(name in components) || JSON.stringify(components[name]) === content) return name;
  }
}

function countOf(parts: readonly object[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const part of parts) {
    const content = JSON.stringify(part);
    counts.set(content, (counts.get(content) ?? 0) + 1);
  }
  return counts;
}

function toOperations({ paths }: Document): Operation[] {
  return Object.values(paths).flatMap((item) => Object.values(item));
}

/** Refusals that several operations share become one component each, named by their codes. */
function hoistResponses(document: Document): void {
  const operations = toOperations(document);
  const counts = countOf(operations.flatMap(({ responses }) => Object.values(responses)));
  const shared: Record<string, unknown> = {};
  for (const { responses } of operations) {
    for (const [status, response] of Object.entries(responses)) {
      const content = JSON.stringify(response);
      const codes = isReference(response) ? [] : codesOf(response);
      // Of the few that are pages too each stands where it is.
      if ((counts.get(content) ?? 0) < 2 || codes.length === 0 || content.includes('"text/html"')) continue;
      const name = nameFor(shared, codes.map(pascal).join('Or'), content);
      shared[name] = JSON.parse(content);
      responses[status] = { $ref: `#/components/responses/${name}` };
    }
  }
  document.components.responses = shared;
}

/** Parameters that several operations share become one component each; Go has one type for a name, whatever it is of. */
function hoistParameters(document: Document): void {
  const schemas = document.components.schemas ?? {};
  const operations = toOperations(document);
  const counts = countOf(operations.flatMap(({ parameters = [] }) => parameters));
  const shared: Record<string, unknown> = {};
  for (const operation of operations) {
    if (!operation.parameters) continue;
    operation.parameters = operation.parameters.map((parameter) => {
      const content = JSON.stringify(parameter);
      if ((counts.get(content) ?? 0) < 2 || isReference(parameter)) return parameter;
      const wish = pascal(parameter.name);
      const name = nameFor(shared, wish in schemas ? `${wish}Parameter` : wish, content);
      shared[name] = parameter;
      return { $ref: `#/components/parameters/${name}` };
    });
  }
  document.components.parameters = shared;
}
