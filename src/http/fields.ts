import { type Static, type TNumberOptions, type TSchema, type TSchemaOptions, Type } from 'typebox';
import type { Localised } from '../kernel/locale.ts';

/**
 * What schemas of requests and answers are made of. A schema with a `title` is known by it: the contract has it once,
 * under that name, and refers to it wherever it is used.
 */

/** What a schema describes, as it is put together and sent: nobody changes it on the way. */
export type Shown<Schema extends TSchema> = DeepReadonly<Static<Schema>>;

type DeepReadonly<T> = T extends object ? { readonly [Name in keyof T]: DeepReadonly<T[Name]> } : T;

const maxInt32 = 2_147_483_647;

/** A whole number that 32 bits hold: days, months, years, counts of one answer. */
export const Int32 = (options: TNumberOptions = {}) =>
  Type.Integer({ format: 'int32', minimum: 0, maximum: maxInt32, ...options });

/** One that needs 64, and no more than JSON numbers hold in JavaScript: sums, counters, money. */
export const Int64 = (options: TNumberOptions = {}) =>
  Type.Integer({ format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, ...options });

const Money = (description: string, minimum: number) =>
  Int64({ title: minimum < 0 ? 'SignedMoney' : 'Money', minimum, description: `${description}, in rials.` });

export const Rials = (description: string) => Money(description, 0);

/** As somebody else wrote it: it may be below zero. */
export const DeclaredRials = (description: string) => Money(description, -Number.MAX_SAFE_INTEGER);

/** A closed list: it does not grow within `/v1`. */
export const StringEnum = <const Values extends string[]>(
  values: readonly [...Values],
  options: TSchemaOptions = {},
) => Type.Enum(values, { type: 'string', ...options });

/** A list that may grow: for programs any text, whose present values are named. */
export const OpenEnum = (values: readonly string[], options: TSchemaOptions = {}) =>
  Type.String({ ...options, 'x-extensible-enum': [...values] });

/**
 * What may be null. A plain value is one schema of two types, which generators read as an optional value of its type; a
 * list of values and a shape with a name stand beside `null`, so that they are the same wherever they are used.
 */
export function Nullable<Schema extends TSchema>(schema: Schema, options: TSchemaOptions = {}) {
  const { type, title, enum: values } = schema as Readonly<Record<string, unknown>>;
  const isPlain = plainTypes.has(type) && title === undefined && values === undefined;
  return Type.Unsafe<Static<Schema> | null>(
    isPlain
      ? { ...schema, ...options, type: [type, 'null'] }
      : { ...options, anyOf: [schema, { type: 'null' }] },
  );
}

const plainTypes: ReadonlySet<unknown> = new Set(['string', 'integer', 'number', 'boolean']);

/**
 * Of an object: exactly one of these optional members is there. Validation tells it as a fault of one field, and the
 * contract as a choice between objects with names of their own.
 */
export const exactlyOneOf = (
  fields: readonly [string, ...string[]],
  texts: Readonly<{ missing: Localised; doubled: Localised }>,
) => ({ exactlyOneOf: { fields, ...texts } satisfies ExactlyOneOf });

export type ExactlyOneOf = Readonly<{
  fields: readonly [string, ...string[]];
  missing: Localised;
  doubled: Localised;
}>;

/** With a description of its own, where one is given. */
const described = (description: string | undefined) => (description === undefined ? {} : { description });

export const LocalisedText = (description?: string) =>
  Type.Object(
    { fa: Type.String(), en: Type.String() },
    { title: 'LocalisedText', ...described(description) },
  );

export const JalaliMonthNumber = (options: TNumberOptions = {}) =>
  Int32({ minimum: 1, maximum: 12, ...options });

export const JalaliMonthField = (description?: string) =>
  Type.Object(
    { year: Int32(), month: JalaliMonthNumber() },
    { title: 'JalaliMonth', ...described(description) },
  );

export const Uuid = (description?: string) => Type.String({ format: 'uuid', ...described(description) });

/** As it is typed; `parseWorkshopCode` reads it. */
export const WorkshopCodeField = Type.String({
  format: 'workshop-code',
  maxLength: 40,
  description: 'Code of a workshop (کد کارگاه), ten digits.',
  examples: ['0987654321'],
});

/** As it is kept and answered. */
export const WorkshopCodeText = Type.String({
  pattern: '^[0-9]{10}$',
  description: 'Ten digits.',
  examples: ['0987654321'],
});

export const Instant = (description?: string) =>
  Type.String({ format: 'date-time', ...described(description) });
