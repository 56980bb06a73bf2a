import type { ExactlyOneOf } from './fields.ts';
import { textFormats } from './formats.ts';

/** A JSON schema, as far as it is looked at here. */
type Schema = { [key: string]: unknown };

/** The parts of a document that hold schemas. */
export type WithShapes = {
  components: Record<string, Record<string, unknown>>;
  paths: Record<string, Record<string, object>>;
};

const prefix = '#/components/schemas/';
const pascal = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

type Shape = { content: Schema; text: string; descriptions: Set<string>; places: Schema[] };

/**
 * Gives every schema with a `title` its one place among the components, under that name, so that foreign clients get
 * one type for what is one thing; writes choices (`exactlyOneOf`) as alternatives with names of their own; and says by
 * patterns what our own formats mean.
 */
export function nameShapes({ components, paths }: WithShapes): void {
  const schemas = (components.schemas ?? {}) as Record<string, Schema>;
  const shapes = new Map<string, Shape>();
  for (const part of [schemas, paths]) describeFormats(part);
  for (const schema of Object.values(schemas)) walkParts(schema, shapes);
  walkParts(paths, shapes);
  for (const [name, { content, descriptions, places }] of shapes) {
    // What is said of it everywhere belongs to the shape, what is said of one use stays there.
    const [description] = descriptions.size === 1 ? descriptions : [];
    schemas[name] ??= { ...content, ...(description !== undefined && { description }) };
    for (const place of places) {
      const own = descriptions.size > 1 ? place.description : undefined;
      for (const key of Object.keys(place)) delete place[key];
      Object.assign(place, { $ref: prefix + name }, own !== undefined && { description: own });
    }
  }
  for (const [name, schema] of Object.entries(schemas)) offerChoice(schemas, name, schema);
  components.schemas = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  for (const schema of Object.values(components.schemas)) openAnswers(schema as Schema);
}

function describeFormats(part: Schema): void {
  const { pattern } = textFormats[String(part.format)] ?? {};
  if (part.type === 'string' && pattern !== undefined) part.pattern = pattern;
  for (const [key, value] of Object.entries(part))
    if (isSchema(value) && !isExample(key)) describeFormats(value);
}

/** Innermost first, so that a shape is compared when what it is made of has been named. */
function walkParts(part: Schema, shapes: Map<string, Shape>): void {
  for (const [key, value] of Object.entries(part)) {
    if (!isSchema(value) || isExample(key)) continue;
    walkParts(value, shapes);
    if (typeof value.title === 'string' && (value.type !== undefined || value.anyOf))
      noteShape(value, shapes);
  }
}

const isExample = (key: string) => key === 'examples' || key === 'example' || key === 'enum';

function noteShape(place: Schema, shapes: Map<string, Shape>): void {
  const { description, ...content } = place;
  const name = String(content.title);
  const text = JSON.stringify(content);
  const shape = shapes.get(name) ?? { content, text, descriptions: new Set(), places: [] };
  if (shape.text !== text) throw new Error(`two different shapes of the contract are called ${name}`);
  if (typeof description === 'string') shape.descriptions.add(description);
  shape.places.push(place);
  shapes.set(name, shape);
}

/** One object with optional members becomes one object for each of them. */
function offerChoice(schemas: Record<string, Schema>, name: string, schema: Schema): void {
  const choice = schema.exactlyOneOf as ExactlyOneOf | undefined;
  if (!choice) return;
  const { exactlyOneOf: _, title: __, description, ...object } = schema;
  const properties = object.properties as Record<string, unknown>;
  const anyOf = choice.fields.map((field) => {
    const own = Object.fromEntries(
      Object.entries(properties).filter(([key]) => key === field || !choice.fields.includes(key)),
    );
    const required = [field, ...((object.required as string[] | undefined) ?? [])];
    const title = `${name}With${pascal(field)}`;
    schemas[title] = { ...object, title, properties: own, required };
    return { $ref: prefix + title };
  });
  schemas[name] = { title: name, ...(description !== undefined && { description }), anyOf };
}

/** Answers may get more members at any time; requests say that they take no others. */
function openAnswers(schema: Schema): void {
  if (schema.type === 'object' && schema.properties !== undefined) schema.additionalProperties ??= true;
  for (const value of Object.values(schema)) if (isSchema(value)) openAnswers(value);
}
