/** An operation of the contract that can answer with a problem. */
export type Answering = Readonly<{
  method: string;
  path: string;
  operationId: string;
  tag: string;
  summary: string;
}>;

/** The parts of the contract that say so. */
type Contract = Readonly<{
  paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components?: Readonly<{ responses?: Readonly<Record<string, Response>> }>;
}>;
type Operation = Readonly<{
  operationId?: string;
  tags?: readonly string[];
  summary?: string;
  responses?: Readonly<Record<string, Response | Readonly<{ $ref: string }>>>;
}>;
type Response = Readonly<{ description?: string }>;

/** By code, which operations the contract documents it for, in its order. */
export function answeringOperations({
  paths = {},
  components,
}: Contract): ReadonlyMap<string, readonly Answering[]> {
  const found = new Map<string, Answering[]>();
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const { operationId = '', tags: [tag = ''] = [], summary = '', responses = {} } = operation;
      const answering = { method: method.toUpperCase(), path, operationId, tag, summary };
      for (const code of new Set(
        Object.values(responses).flatMap((response) => codesOf(response, components)),
      )) {
        found.set(code, [...(found.get(code) ?? []), answering]);
      }
    }
  }
  return found;
}

/** A documented response names its codes: `` `code`: title ``. */
function codesOf(
  response: Response | Readonly<{ $ref: string }>,
  components: Contract['components'],
): string[] {
  const { description = '' } =
    '$ref' in response ? (components?.responses?.[response.$ref.split('/').at(-1) ?? ''] ?? {}) : response;
  return [...description.matchAll(/`([a-z-]+)`: /g)].map(([, code = '']) => code);
}
