import { Ajv, type ErrorObject, type SchemaValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler, FastifyServerOptions } from 'fastify';
import type { TProperties, TSchema } from 'typebox';
import type { Localised } from '../kernel/locale.ts';
import type { FieldError } from '../kernel/problem.ts';
import { toAsciiDigits } from '../kernel/text.ts';
import type { ExactlyOneOf } from './fields.ts';
import { textFormats } from './formats.ts';

/** Keyword of `exactlyOneOf`; one of the members is named as the faulty one. */
const validateExactlyOneOf: SchemaValidateFunction = (choice: ExactlyOneOf, data: object) => {
  const given = choice.fields.filter((field) => field in data);
  if (given.length === 1) return true;
  const [field, code, detail] =
    given.length === 0
      ? [choice.fields[0], 'required', choice.missing]
      : [given.at(-1), 'only-one-of', choice.doubled];
  validateExactlyOneOf.errors = [{ keyword: 'exactlyOneOf', params: { field, code, detail } }];
  return false;
};

function createAjv(options: { coerceTypes: boolean; allErrors: boolean }): Ajv {
  // Bodies are taken as they are: with Ajv's usual settings in Fastify null becomes 0, 5 becomes "5" and
  // unknown keys vanish silently. Query and path are text by nature and are coerced.
  const ajv = new Ajv({ ...options, removeAdditional: false, useDefaults: true });
  addFormats.default(ajv);
  for (const [name, { accepts }] of Object.entries(textFormats))
    ajv.addFormat(name, { type: 'string', validate: accepts });
  ajv.addKeyword({ keyword: 'exactlyOneOf', type: 'object', errors: true, validate: validateExactlyOneOf });
  return ajv;
}

/**
 * Of a body with up to so many values, more than any honest one has, every fault is told; of another the first:
 * `[{},{},…]` may hold thousands, each with a text of its own in the answer.
 */
const maxValuesToSearch = 200;

function isSmall(body: unknown): boolean {
  // Without recursion, for it may be as deep as it is long.
  const values = [body];
  for (const value of values) {
    if (values.length > maxValuesToSearch) return false;
    if (typeof value === 'object' && value !== null) values.push(...Object.values(value));
  }
  return true;
}

/** The members that are of this type. */
function toNames(schema: TSchema, type: string): string[] {
  const { properties = {} } = schema as { properties?: TProperties };
  return Object.entries(properties).flatMap(([name, member]: [string, { type?: unknown }]) =>
    member.type === type ? [name] : [],
  );
}

/** Numbers of a path or query, in the digits of whatever keyboard they were typed on. */
function writeInAscii(values: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) {
    const value = values[name];
    if (typeof value === 'string') values[name] = toAsciiDigits(value);
  }
}

/** Many programs send an empty list for one that they do not mean to send: it counts as absent. */
function dropEmptyLists(body: unknown, names: readonly string[]): void {
  if (typeof body !== 'object' || body === null) return;
  const members = body as Record<string, unknown>;
  for (const name of names) {
    const value = members[name];
    if (Array.isArray(value) && value.length === 0) delete members[name];
  }
}

type Validator = {
  (data: unknown): boolean;
  errors?: ErrorObject[] | null;
};

type Controller = NonNullable<FastifyServerOptions['schemaController']>;
type ValidatorFactory = NonNullable<NonNullable<Controller['compilersFactory']>['buildValidator']>;

/**
 * For `schemaController.compilersFactory`: a compiler that is merely set on the instance is replaced by
 * Fastify's own in every scope that adds schemas.
 */
export function createValidatorFactory(): ValidatorFactory {
  const first = createAjv({ coerceTypes: false, allErrors: false });
  const all = createAjv({ coerceTypes: false, allErrors: true });
  const coercing = createAjv({ coerceTypes: true, allErrors: true });
  const compileBody = (schema: TSchema): Validator => {
    const { required = [] } = schema as { required?: string[] };
    const optionalLists = toNames(schema, 'array').filter((name) => !required.includes(name));
    const findFirst = first.compile(schema);
    let findAll: typeof findFirst | undefined;
    const validate: Validator = (body) => {
      dropEmptyLists(body, optionalLists);
      if (findFirst(body)) return true;
      validate.errors = findFirst.errors ?? null;
      if (isSmall(body)) {
        findAll ??= all.compile(schema);
        if (!findAll(body)) validate.errors = findAll.errors ?? null;
      }
      return false;
    };
    return validate;
  };
  const compileText = (schema: TSchema): Validator => {
    const judge = coercing.compile(schema);
    const numbers = toNames(schema, 'integer');
    const validate: Validator = (values) => {
      writeInAscii(values as Record<string, unknown>, numbers);
      const isValid = judge(values);
      validate.errors = judge.errors ?? null;
      return isValid;
    };
    return validate;
  };
  const compile: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) =>
    httpPart === 'body' ? compileBody(schema) : compileText(schema);
  // The compiler's types describe Ajv pools of Fastify's own making; at run time it is called like this one.
  return (() => compile) as unknown as ValidatorFactory;
}

const typeTexts: Readonly<Record<string, Localised>> = {
  integer: { fa: 'این مقدار باید عدد صحیح باشد.', en: 'This must be a whole number.' },
  number: { fa: 'این مقدار باید عدد باشد.', en: 'This must be a number.' },
  string: { fa: 'این مقدار باید متن باشد.', en: 'This must be text.' },
  boolean: { fa: 'این مقدار باید بله یا خیر باشد.', en: 'This must be true or false.' },
  array: { fa: 'این مقدار باید فهرست باشد.', en: 'This must be a list.' },
  object: { fa: 'این مقدار باید چند فیلد داشته باشد.', en: 'This must have fields.' },
};

const texts: Readonly<Record<string, Localised>> = {
  required: { fa: 'این مقدار را وارد کنید.', en: 'This value is required.' },
  additionalProperties: { fa: 'این فیلد پذیرفته نمی‌شود.', en: 'This field is not accepted.' },
  minLength: { fa: 'دست‌کم {limit} کاراکتر لازم است.', en: 'At least {limit} characters are needed.' },
  maxLength: { fa: 'بیشتر از {limit} کاراکتر پذیرفته نیست.', en: 'At most {limit} characters are accepted.' },
  minItems: { fa: 'دست‌کم {limit} مورد لازم است.', en: 'At least {limit} items are needed.' },
  maxItems: { fa: 'بیشتر از {limit} مورد پذیرفته نیست.', en: 'At most {limit} items are accepted.' },
  minimum: { fa: 'نباید کمتر از {limit} باشد.', en: 'Must not be less than {limit}.' },
  maximum: { fa: 'نباید بیشتر از {limit} باشد.', en: 'Must not be more than {limit}.' },
  enum: { fa: 'باید یکی از این‌ها باشد: {values}', en: 'Must be one of: {values}' },
  other: { fa: 'این مقدار پذیرفته نیست.', en: 'This value is not accepted.' },
};

function escapePointer(key: string): string {
  // A key of the caller's own making is shown back: cut, and escaped as RFC 6901 says.
  return key.slice(0, 64).replace(/~/g, '~0').replace(/\//g, '~1');
}

/** Of what is not in the body its part of the request comes first. */
const placesOf: Readonly<Record<string, string>> = {
  query: '/query',
  querystring: '/query',
  params: '/path',
  headers: '/header',
};

const toPointer = (path: string, context: string | undefined) => `${placesOf[context ?? ''] ?? ''}${path}`;

/** An Ajv fault as a field error; the value itself is never repeated. */
export function toFieldError(fault: ErrorObject, context: string | undefined): FieldError {
  const { keyword, params, instancePath } = fault;
  if (keyword === 'exactlyOneOf') {
    const { field, code, detail } = params as { field: string; code: string; detail: Localised };
    return { pointer: toPointer(`${instancePath}/${field}`, context), code, detail };
  }
  const key = keyword === 'required' ? params.missingProperty : params.additionalProperty;
  const path = typeof key === 'string' ? `${instancePath}/${escapePointer(key)}` : instancePath;
  const values = Array.isArray(params.allowedValues) ? params.allowedValues.join(', ') : '';
  const format = String(params.format);
  const codes: Readonly<Record<string, string>> = {
    format: textFormats[format]?.code ?? format,
    additionalProperties: 'unknown-key',
  };
  const specific: Readonly<Record<string, Localised | undefined>> = {
    format: textFormats[format]?.detail,
    type: typeTexts[String(params.type)],
  };
  return {
    pointer: toPointer(path, context),
    code: codes[keyword] ?? keyword,
    detail: specific[keyword] ?? texts[keyword] ?? (texts.other as Localised),
    parameters: { limit: Number(params.limit ?? 0), values },
  };
}
