import fc from 'fast-check';
import type { Contract, Operation } from './contract.ts';

// biome-ignore lint/suspicious/noExplicitAny: schemas and the values made from them are plain JSON
type Json = any;

/** A request made from the document: `valid` says whether its body and query keep to it. */
export type FuzzRequest = Readonly<{
  what: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: { type: string; text: string } | null;
  valid: boolean;
}>;

/** Values that break parsers, whatever was asked for. */
const nasty: readonly Json[] = [
  null,
  true,
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER + 1,
  '',
  ' ',
  '\0',
  '\ud800',
  '\u202e\u200c۱۲۳',
  'x'.repeat(30_000),
  "' or 1=1 --",
  '../../etc/passwd',
  '{{7*7}}#{7*7}%s%n',
  [],
  {},
  [[[[[[[[]]]]]]]],
  { __proto__: null, constructor: { prototype: {} } },
];

function textOf(schema: Json): fc.Arbitrary<string> {
  const [least, most] = [schema.minLength ?? 0, Math.min(schema.maxLength ?? 200, 300)];
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'date-time') {
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
      .map((date) => date.toISOString());
  }
  if (schema.format === 'date') return fc.constantFrom('2026-11-22', '1991-04-04');
  if (schema.format === 'idn-email') return fc.constantFrom('someone@example.ir', 'a.b+c@sub.example.com');
  if (schema.format === 'national-code') return fc.constantFrom('0499370899', '۰۴۹۹۳۷۰۸۹۹', '0790419904');
  if (schema.format === 'iran-mobile') return fc.constantFrom('09124370899', '+98 912 437 0899');
  if (schema.format === 'one-time-code') return fc.constantFrom('123456', '۱۲۳۴۵۶', '000000');
  if (schema.format === 'jalali-date') return fc.constantFrom('1370-01-15', '1399-12-30');
  if (schema.format === 'jalali-month') return fc.constantFrom('1404-08', '۱۴۰۴/۰۸');
  if (schema.format === 'workshop-code') return fc.constantFrom('0987654321', '۰۹۸۷۶۵۴۳۲۱');
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern, 'u'));
  // Both ends of the length, and something between.
  return fc.oneof(
    fc
      .string({ minLength: least, maxLength: most, unit: 'grapheme' })
      .filter((text) => [...text].length <= most),
    fc.constant('a'.repeat(least)),
    fc.constant('ک'.repeat(Math.max(least, most))),
  );
}

/** Values that a schema of the document accepts. */
export function valuesOf(contract: Contract, given: Json): fc.Arbitrary<Json> {
  const schema = contract.resolve(given);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice: Json) => valuesOf(contract, choice)));
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'string':
      return schema.examples ? fc.oneof(fc.constantFrom(...schema.examples), textOf(schema)) : textOf(schema);
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000_000 });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valuesOf(contract, schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, (schema.minItems ?? 0) + 3),
      });
    case 'object': {
      const properties = Object.entries<Json>(schema.properties ?? {});
      const required = properties.map(([name]) => name).filter((name) => schema.required?.includes(name));
      return fc.record(
        Object.fromEntries(properties.map(([name, property]) => [name, valuesOf(contract, property)])),
        { requiredKeys: required },
      );
    }
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue();
  }
}

/** A body with one thing wrong, or at an edge: every property in turn, then the whole. */
function* variantsOf(contract: Contract, given: Json, body: Json): Generator<[string, Json]> {
  const schema = contract.resolve(given);
  // Of a choice the members of all alternatives.
  const objects: Json[] = (schema.anyOf ?? [schema]).map(contract.resolve);
  const properties: Json = Object.assign({}, ...objects.map((object) => object.properties));
  for (const name of Object.keys(properties)) {
    const property = contract.resolve(properties[name]);
    const { [name]: _left, ...without } = body;
    yield [`without ${name}`, without];
    for (const [index, value] of nasty.entries())
      yield [`${name}: nasty ${index}`, { ...body, [name]: value }];
    for (const length of [property.minLength - 1, property.maxLength, property.maxLength + 1]) {
      if (length >= 0) yield [`${name}: ${length} characters`, { ...body, [name]: 'a'.repeat(length) }];
    }
    for (const figure of [property.minimum - 1, property.minimum, property.maximum, property.maximum + 1]) {
      if (Number.isFinite(figure)) yield [`${name}: ${figure}`, { ...body, [name]: figure }];
    }
    if (property.maxItems && Array.isArray(body[name])) {
      const item = body[name][0] ?? null;
      yield [`${name}: too many`, { ...body, [name]: Array(property.maxItems + 1).fill(item) }];
      yield [`${name}: nasty items`, { ...body, [name]: [...nasty] }];
    }
  }
  yield ['an unknown key', { ...body, unknownKey: 1 }];
  for (const [index, value] of nasty.entries()) yield [`the whole: nasty ${index}`, value];
}

const rawBodies: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['half an object', '{"'],
  ['a deep array', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['repeated keys', '{"a":1,"a":2}'],
  ['a poisoned prototype', '{"__proto__":{"admin":true}}'],
  ['too much', `{"a":"${'x'.repeat(70_000)}"}`],
];

/** Where the holes of the path are filled; the ids of live flows come from the caller. */
export type Filling = Readonly<Record<string, string>>;

const junkInPath = [
  'x',
  '%00',
  '..%2f..',
  'ک',
  '0',
  '-1',
  'a'.repeat(90),
  '00000000-0000-0000-0000-000000000000',
];

type Options = Readonly<{ filling: Filling; seed: number; each: number }>;
type Plan = Options & Readonly<{ contract: Contract; operation: Operation; usual: FuzzRequest }>;

const sampleOf = (contract: Contract, schema: Json, seed: number, numRuns: number): Json[] =>
  fc.sample(valuesOf(contract, schema), { seed, numRuns });

function parametersIn(operation: Operation, place: string) {
  return operation.parameters.filter((parameter) => parameter.in === place);
}

function fill(operation: Operation, values: Filling): string {
  return operation.path.replace(/\{(\w+)\}/g, (_hole, name: string) => values[name] ?? 'x');
}

function goodBody(contract: Contract, { body }: Operation, seed: number, filling: Filling = {}): Json {
  const [example] = Object.values(body?.examples ?? {}).map(({ value }) => value);
  const good = example ?? (body && sampleOf(contract, body.schema, seed, 1)[0]);
  const named = Object.entries(filling).filter(([name]) => Object.hasOwn(good ?? {}, name));
  return named.length > 0 ? { ...good, ...Object.fromEntries(named) } : good;
}

/** The documented example, or what the schemas give. */
function defaultRequest(contract: Contract, operation: Operation, { filling, seed }: Options): FuzzRequest {
  const made = (place: string, all: boolean) =>
    parametersIn(operation, place)
      .filter(({ required }) => all || required)
      .map(({ name, schema, example }) => [name, String(example ?? sampleOf(contract, schema, seed, 1)[0])]);
  const query = new URLSearchParams(made('query', false) as [string, string][]).toString();
  const { body } = operation;
  return {
    what: Object.keys(body?.examples ?? {}).length > 0 ? 'documented' : 'like the schema',
    path: fill(operation, { ...Object.fromEntries(made('path', true)), ...filling }),
    query: query && `?${query}`,
    headers: Object.fromEntries(made('header', false)),
    body: body && encode(body.type, goodBody(contract, operation, seed, filling)),
    valid: true,
  };
}

function* bodyRequests({ contract, operation, usual, seed, each }: Plan): Generator<FuzzRequest> {
  const { body } = operation;
  if (!body) return;
  if (body.type === 'application/json') {
    const as = (value: Json) => ({ type: body.type, text: JSON.stringify(value) ?? '' });
    for (const value of sampleOf(contract, body.schema, seed, each)) {
      yield { ...usual, what: 'made up', body: as(value) };
    }
    const variants = [...variantsOf(contract, body.schema, goodBody(contract, operation, seed))];
    for (const [what, value] of spread(variants, each * 3, seed)) {
      yield { ...usual, what, body: as(value), valid: contract.accepts(body.schema, value) };
    }
    for (const [what, text] of rawBodies) {
      yield { ...usual, what, body: { type: body.type, text }, valid: false };
    }
  }
  for (const type of ['text/plain', 'application/xml', '', body.type]) {
    yield { ...usual, what: `junk as ${type}`, body: { type, text: '<a>' }, valid: false };
  }
}

function* queryRequests({ contract, operation, usual, seed, each }: Plan): Generator<FuzzRequest> {
  for (const { name, schema } of parametersIn(operation, 'query')) {
    const edges = [schema.minimum - 1, schema.minimum, schema.maximum, schema.maximum + 1];
    const values = [...sampleOf(contract, schema, seed, 3), ...nasty, ...edges].map((value) =>
      value === null || typeof value !== 'object' ? String(value) : JSON.stringify(value),
    );
    for (const value of spread(values, each, seed)) {
      const pair = `${encodeURIComponent(name)}=${encodeURIComponent(value.slice(0, 4_000).toWellFormed())}`;
      yield { ...usual, what: `query ${name}`, query: `?${pair}` };
      yield { ...usual, what: `query ${name} twice`, query: `?${pair}&${pair}` };
    }
  }
  yield { ...usual, what: 'unknown query', query: '?unknown=1&__proto__[a]=1' };
}

function* placeRequests({ operation, usual }: Plan): Generator<FuzzRequest> {
  const names = parametersIn(operation, 'path').map(({ name }) => name);
  for (const junk of names.length > 0 ? junkInPath : []) {
    const path = fill(operation, Object.fromEntries(names.map((name) => [name, junk])));
    yield { ...usual, what: `path of ${junk.slice(0, 20)}`, path };
  }
  for (const { name } of parametersIn(operation, 'header')) {
    for (const value of ['', 'x', 'x'.repeat(3_000), '\u00e9']) {
      yield { ...usual, what: `header ${name}`, headers: { ...usual.headers, [name]: value } };
    }
  }
  for (const accept of ['text/html', 'application/xml', '*/*;q=0', 'text/csv', ',;=']) {
    yield { ...usual, what: `accept ${accept}`, headers: { ...usual.headers, accept } };
  }
}

/**
 * Requests for one operation: valid ones, each with one thing wrong, at the edges, and broken as a whole. The
 * same for the same seed. The first is the documented one.
 */
export function* requestsFor(
  contract: Contract,
  operation: Operation,
  options: Options,
): Generator<FuzzRequest> {
  const usual = defaultRequest(contract, operation, options);
  yield usual;
  const plan = { ...options, contract, operation, usual };
  yield* bodyRequests(plan);
  yield* queryRequests(plan);
  yield* placeRequests(plan);
}

function encode(type: string, value: Json): { type: string; text: string } {
  if (type === 'application/x-www-form-urlencoded') return { type, text: String(new URLSearchParams(value)) };
  return { type, text: JSON.stringify(value) };
}

/** At most so many, taken from all over the list. */
function spread<T>(list: readonly T[], most: number, seed: number): T[] {
  if (list.length <= most) return [...list];
  const step = list.length / most;
  return Array.from({ length: most }, (_, index) => Math.floor((index + (seed % 7) / 7) * step)).flatMap(
    (index) => list.slice(index % list.length, (index % list.length) + 1),
  );
}
