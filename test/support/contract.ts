import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { textFormats } from '../../src/http/formats.ts';
import type { Answer, TestService } from './app.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document is walked as the JSON that it is
type Json = any;

export type Parameter = Readonly<{
  name: string;
  in: string;
  required?: boolean;
  schema: Json;
  example?: Json;
}>;

export type Operation = Readonly<{
  id: string;
  method: string;
  /** With `{name}` for the parameters in it. */
  path: string;
  parameters: readonly Parameter[];
  security: readonly Readonly<Record<string, readonly string[]>>[];
  /** Media type and schema of the body. */
  body: Readonly<{ type: string; schema: Json; examples: Readonly<Record<string, { value: Json }>> }> | null;
  responses: Readonly<Record<string, Json>>;
}>;

export type Contract = Readonly<{
  document: Json;
  operations: readonly Operation[];
  operation(id: string): Operation;
  /** What an answer breaks of the contract; empty when nothing. */
  faultsOf(operation: Operation, answer: Answer): string[];
  /** Whether a value is valid for a schema of the document. */
  accepts(schema: Json, value: unknown): boolean;
  resolve(part: Json): Json;
}>;

const methods = ['get', 'put', 'post', 'delete', 'patch'];

/** A browser or a proxy may keep what anybody may read, and nothing else: no refusal either. */
function cachingFaults({ method, security }: Operation, { status, headers }: Answer): string[] {
  if (method === 'GET' && security.length === 0 && status < 400) return [];
  const caching = headers.get('cache-control');
  return caching === 'no-store' ? [] : [`cache-control is ${caching}, not no-store`];
}

/** The document that a running service serves, read as a foreign program would. */
export async function readContract(service: TestService): Promise<Contract> {
  return contractOf((await service.get('/openapi.json')).body);
}

/** Validators of the schemas of a document, whose text is written anew before it is read. */
function createValidators(
  document: Json,
  rewrite: (text: string) => string,
): (schema: Json) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  // Formats of the field say by a pattern what they mean, to programs that do not know them.
  for (const [name, { pattern }] of Object.entries(textFormats))
    if (pattern !== undefined) ajv.addFormat(name, true);
  ajv.addFormat('binary', true);
  ajv.addSchema(JSON.parse(rewrite(JSON.stringify(document))), 'contract.json');
  const compiled = new Map<Json, ValidateFunction>();
  return (schema) => {
    let validate = compiled.get(schema);
    if (!validate) {
      const text = rewrite(JSON.stringify(schema));
      const local = JSON.parse(text.replaceAll('"$ref":"#/', '"$ref":"contract.json#/'));
      validate = ajv.compile(local as AnySchema);
      compiled.set(schema, validate);
    }
    return validate;
  };
}

export function contractOf(document: Json): Contract {
  const resolve = (part: Json): Json => {
    if (typeof part?.$ref !== 'string') return part;
    const steps = part.$ref.replace(/^#\//, '').split('/');
    return resolve(steps.reduce((found: Json, step: string) => found?.[step], document));
  };
  const validatorOf = createValidators(document, (text) => text);
  // Answers may get more members, but none of them is left out of the document.
  const answerValidatorOf = createValidators(document, (text) =>
    text.replaceAll('"additionalProperties":true', '"additionalProperties":false'),
  );

  const operations: Operation[] = [];
  for (const [path, item] of Object.entries<Json>(document.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (!operation) continue;
      const [media] = Object.entries<Json>(operation.requestBody?.content ?? {});
      operations.push({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        parameters: (operation.parameters ?? []).map(resolve),
        security: operation.security ?? [],
        body: media ? { type: media[0], schema: media[1].schema, examples: media[1].examples ?? {} } : null,
        responses: Object.fromEntries(
          Object.entries(operation.responses).map(([status, response]) => [status, resolve(response)]),
        ),
      });
    }
  }

  function bodyFaults(type: string, media: Json, body: Json): string[] {
    const validate = answerValidatorOf(media.schema);
    const valid = validate(body);
    const faults = valid
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message, params }) =>
            `${instancePath} ${message} ${params.additionalProperty ?? ''}`,
        );
    if (type === 'application/problem+json') {
      const { value: example } = resolve(media.examples?.[body.code]) ?? {};
      if (!example) faults.push(`${body.code} is not documented here`);
      else if (example.type !== body.type || example.status !== body.status) {
        faults.push(`${body.code} is not like its example`);
      }
    }
    return faults;
  }

  function contentFaults(operation: Operation, answer: Answer): string[] {
    const response = operation.responses[answer.status];
    if (!response) return [`status ${answer.status} is not documented`];
    const content = response.content ?? {};
    if (answer.text === '') return Object.keys(content).length === 0 ? [] : ['the body is missing'];
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    if (!content[type]) return [`${type || 'a body'} is not documented for ${answer.status}`];
    return type.includes('json') ? bodyFaults(type, content[type], answer.body) : [];
  }

  return {
    document,
    operations,
    resolve,
    accepts: (schema, value) => validatorOf(schema)(value),
    operation(id) {
      const found = operations.find((operation) => operation.id === id);
      if (!found) throw new Error(`there is no operation ${id}`);
      return found;
    },
    faultsOf: (operation, answer) => [
      ...cachingFaults(operation, answer),
      ...contentFaults(operation, answer),
    ],
  };
}
