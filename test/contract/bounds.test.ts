import t from 'tap';
import { startTestService } from '../support/app.ts';

type Schema = Readonly<{
  $ref?: string;
  type?: string;
  format?: string;
  enum?: readonly unknown[];
  const?: unknown;
  pattern?: string;
  maxLength?: number;
  maxItems?: number;
  properties?: Readonly<Record<string, Schema>>;
  items?: Schema;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  allOf?: readonly Schema[];
}>;

/** Looked at and never refused, however long: Node.js bounds all headers of a request together (431). */
const boundedByHttp = new Set(['Accept-Language', 'If-None-Match']);
/** Formats whose check knows a length of its own. */
const bounded = new Set(['uuid', 'date', 'date-time', 'binary']);
/** A pattern that ends, and repeats nothing without end. */
const isEnding = (pattern: string) => /^\^.*\$$/.test(pattern) && !/[*+]|,\}/.test(pattern);

function isBoundedText({ enum: values, const: value, maxLength = 0, format = '', pattern = '' }: Schema) {
  if (values !== undefined || value !== undefined) return true;
  return maxLength > 0 || bounded.has(format) || isEnding(pattern);
}

function partsOf({ properties = {}, items, anyOf = [], oneOf = [], allOf = [] }: Schema): [string, Schema][] {
  return [
    ...Object.entries(properties).map(([name, part]): [string, Schema] => [`/${name}`, part]),
    ...(items ? [['[]', items] as [string, Schema]] : []),
    ...[...anyOf, ...oneOf, ...allOf].map((part): [string, Schema] => ['', part]),
  ];
}

t.test('every text and list of a request has a longest form', async (t) => {
  const service = await startTestService(t);
  const { body: document } = await service.get('/openapi.json');
  const resolve = <Item extends { $ref?: string }>(item: Item): Item =>
    item.$ref === undefined
      ? item
      : item.$ref
          .slice(2)
          .split('/')
          .reduce((part, key) => part[key], document);
  const unbounded = new Set<string>();
  let looked = 0;
  const walk = (given: Schema, path: string, above: ReadonlySet<string> = new Set()): void => {
    if (given.$ref !== undefined && above.has(given.$ref)) return;
    const inside = given.$ref === undefined ? above : new Set([...above, given.$ref]);
    const schema = resolve(given);
    looked += 1;
    if (schema.type === 'string' && !isBoundedText(schema)) unbounded.add(path);
    if (schema.type === 'array' && schema.maxItems === undefined) unbounded.add(`${path} (list)`);
    for (const [name, part] of partsOf(schema)) walk(part, `${path}${name}`, inside);
  };
  for (const [path, item] of Object.entries<Record<string, Record<string, unknown>>>(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const parameters = (operation.parameters ?? []) as { $ref?: string; name: string; schema: Schema }[];
      for (const { name, schema } of parameters.map(resolve))
        if (!boundedByHttp.has(name)) walk(schema, `${method} ${path} ?${name}`);
      const requestBody = (operation.requestBody ?? {}) as {
        $ref?: string;
        content?: Record<string, { schema: Schema }>;
      };
      for (const { schema } of Object.values(resolve(requestBody).content ?? {}))
        walk(schema, `${method} ${path}`);
    }
  }
  t.same([...unbounded], []);
  t.ok(looked > 100, `${looked} schemas were looked at`);
});

t.test('the form of the token endpoint is held to its bound', async (t) => {
  const service = await startTestService(t);
  const { status, body } = await service.call('POST', '/v1/oauth/token', {
    rawBody: `grant_type=client_credentials&scope=${'x'.repeat(8_001)}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  t.equal(status, 400);
  t.equal(body.error, 'invalid_request');
});
