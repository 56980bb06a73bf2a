import { readFile } from 'node:fs/promises';
import t from 'tap';
import { breakingChanges } from '../support/breaking-changes.ts';

const read = async (name: string) =>
  JSON.parse(await readFile(new URL(`../../openapi/${name}`, import.meta.url), 'utf8'));
const released = await read('released.json');

t.test('nothing breaks programs written against the released contract', async (t) => {
  t.same(breakingChanges(released, await read('openapi.json')), []);
});

// biome-ignore lint/suspicious/noExplicitAny: a document is changed as the JSON that it is
type Json = any;

/** A contract with a bit of everything. */
const contract = (): Json => ({
  paths: {
    '/things/{id}': {
      post: {
        operationId: 'makeThing',
        security: [{ accessToken: [] }],
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100 } },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: { type: 'string', minLength: 1, maxLength: 40 },
                  kind: { type: 'string', enum: ['a', 'b'] },
                  tags: { type: 'array', maxItems: 5, items: { type: 'string' } },
                },
              },
            },
          },
        },
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          401: {
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Thing: {
        type: 'object',
        required: ['id', 'state', 'parent'],
        properties: {
          id: { type: 'string', format: 'uuid' },
          state: { type: 'string', enum: ['open', 'closed'] },
          note: { type: 'string' },
          parent: {
            anyOf: [
              { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
              { type: 'null' },
            ],
          },
        },
      },
      Problem: {
        type: 'object',
        required: ['code'],
        properties: { code: { type: 'string', 'x-extensible-enum': ['one', 'two'] } },
      },
    },
  },
});

const operation = (document: Json) => document.paths['/things/{id}'].post;
const body = (document: Json) => operation(document).requestBody.content['application/json'].schema;
const thing = (document: Json) => document.components.schemas.Thing;

const breaking: Readonly<Record<string, (document: Json) => void>> = {
  'a path is gone': (d) => delete d.paths['/things/{id}'],
  'a method is gone': (d) => {
    d.paths['/things/{id}'] = { put: operation(d) };
  },
  'an operation is renamed': (d) => {
    operation(d).operationId = 'createThing';
  },
  'a parameter is gone': (d) => operation(d).parameters.pop(),
  'a parameter becomes required': (d) => {
    operation(d).parameters[1].required = true;
  },
  'a new required parameter': (d) =>
    operation(d).parameters.push({ name: 'x', in: 'header', required: true, schema: { type: 'string' } }),
  'a parameter gets narrower': (d) => {
    operation(d).parameters[1].schema.maximum = 50;
  },
  'another scope is needed': (d) => {
    operation(d).security = [{ clientCredentials: ['things:write'] }];
  },
  'a property of the body becomes required': (d) => body(d).required.push('kind'),
  'a property of the body is gone': (d) => delete body(d).properties.kind,
  'a value is not accepted any more': (d) => body(d).properties.kind.enum.pop(),
  'text must be longer': (d) => {
    body(d).properties.name.minLength = 2;
  },
  'text must match a pattern': (d) => {
    body(d).properties.name.pattern = '^a';
  },
  'fewer items are accepted': (d) => {
    body(d).properties.tags.maxItems = 4;
  },
  'items are of another type': (d) => {
    body(d).properties.tags.items.type = 'integer';
  },
  'the media type of the body is gone': (d) => {
    operation(d).requestBody.content = { 'text/csv': { schema: { type: 'string' } } };
  },
  'a success is gone': (d) => delete operation(d).responses[200],
  'another success comes': (d) => {
    operation(d).responses[202] = {};
  },
  'a member of the answer is gone': (d) => delete thing(d).properties.note,
  'a member of the answer may be missing': (d) => thing(d).required.shift(),
  'a member of the answer has another type': (d) => {
    thing(d).properties.note.type = ['string', 'null'];
  },
  'a member of the answer has another format': (d) => delete thing(d).properties.id.format,
  'a member of the answer has a new value': (d) => thing(d).properties.state.enum.push('lost'),
  'a choice of the answer has changed': (d) => delete thing(d).properties.parent.anyOf[0].properties.id,
  'a choice of the answer is new': (d) => thing(d).properties.parent.anyOf.push({ type: 'string' }),
  'a code of problems is gone': (d) =>
    d.components.schemas.Problem.properties.code['x-extensible-enum'].pop(),
};

const harmless: Readonly<Record<string, (document: Json) => void>> = {
  nothing: () => {},
  'a new path': (d) => {
    d.paths['/more'] = { get: { operationId: 'more', responses: { 200: {} } } };
  },
  'a new optional parameter': (d) =>
    operation(d).parameters.push({ name: 'x', in: 'query', schema: { type: 'string' } }),
  'a new optional property': (d) => {
    body(d).properties.more = { type: 'string' };
  },
  'a value more is accepted': (d) => body(d).properties.kind.enum.push('c'),
  'longer text is accepted': (d) => {
    body(d).properties.name.maxLength = 80;
  },
  'another way to authenticate': (d) => operation(d).security.push({ clientCredentials: [] }),
  'a new member of the answer': (d) => {
    thing(d).properties.more = { type: 'string' };
    thing(d).required.push('more');
  },
  'a new code of problems': (d) =>
    d.components.schemas.Problem.properties.code['x-extensible-enum'].push('three'),
  'a new refusal': (d) => {
    operation(d).responses[409] = operation(d).responses[401];
  },
  'a description': (d) => {
    operation(d).description = 'Makes a thing.';
  },
};

t.test('changes that break programs are recognised', async (t) => {
  for (const [name, change] of Object.entries(breaking)) {
    const after = contract();
    change(after);
    t.not(breakingChanges(contract(), after).length, 0, name);
  }
});

t.test('changes that break nothing are let through', async (t) => {
  for (const [name, change] of Object.entries(harmless)) {
    const after = contract();
    change(after);
    t.same(breakingChanges(contract(), after), [], name);
  }
});
