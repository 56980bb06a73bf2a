// biome-ignore lint/suspicious/noExplicitAny: two documents are compared as the JSON that they are
type Json = any;

const methods = ['get', 'put', 'post', 'delete', 'patch'];
/** Keywords that, when they get smaller or bigger, let fewer values through. */
const leasts = ['minimum', 'minLength', 'minItems', 'minProperties'];
const mosts = ['maximum', 'maxLength', 'maxItems', 'maxProperties'];

type Side = Readonly<{ document: Json; schema: Json }>;

function resolver(document: Json) {
  return function resolve(part: Json): Json {
    if (typeof part?.$ref !== 'string') return part;
    return resolve(
      part.$ref
        .replace(/^#\//, '')
        .split('/')
        .reduce((found: Json, step: string) => found?.[step], document),
    );
  };
}

const typesOf = (schema: Json): string[] => {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternatives.map((item: Json) => JSON.stringify(item)).sort();
  return [schema.type ?? 'any'].flat().sort();
};
const valuesOf = (schema: Json): Json[] | null => schema.enum ?? ('const' in schema ? [schema.const] : null);
/** Values of a list that may grow, and that clients are told to read as such. */
const openValuesOf = (schema: Json): Json[] => schema['x-extensible-enum'] ?? [];

/** Whether the alternatives of a union are compared: they are told apart by their names of properties. */
function alternativesOf({ document, schema }: Side): Json[] {
  const resolve = resolver(document);
  return (schema.anyOf ?? schema.oneOf ?? []).map(resolve);
}

/**
 * What of a schema breaks clients.
 * @param sent `true` for what clients send (it must not get narrower), `false` for what they receive (it must
 *   not get wider or lose anything)
 */
function schemaChanges(place: string, before: Side, after: Side, sent: boolean, depth = 0): string[] {
  const old = resolver(before.document)(before.schema);
  const now = resolver(after.document)(after.schema);
  if (!old || depth > 12) return [];
  if (!now) return [`${place}: is gone`];
  const [a, b] = [
    { document: before.document, schema: old },
    { document: after.document, schema: now },
  ];
  if (old.anyOf || old.oneOf || now.anyOf || now.oneOf) return unionChanges(place, a, b, sent, depth);
  const found: string[] = [];
  if (JSON.stringify(typesOf(old)) !== JSON.stringify(typesOf(now))) {
    return [`${place}: was ${typesOf(old)}, is ${typesOf(now)}`];
  }
  found.push(...valueChanges(place, old, now, sent));
  if ((old.format ?? '') !== (now.format ?? '') && (sent ? now.format : old.format)) {
    found.push(`${place}: format was ${old.format}, is ${now.format}`);
  }
  if (sent && now.pattern && now.pattern !== old.pattern) found.push(`${place}: pattern is ${now.pattern}`);
  if (sent) found.push(...boundChanges(place, old, now));
  found.push(...propertyChanges(place, a, b, sent, depth));
  if (old.items) {
    const items = [
      { document: before.document, schema: old.items },
      { document: after.document, schema: now.items },
    ] as const;
    found.push(...schemaChanges(`${place}[]`, ...items, sent, depth + 1));
  }
  return found;
}

/** Every alternative must still find one that it fits; of what is received none may be new. */
function unionChanges(place: string, before: Side, after: Side, sent: boolean, depth: number): string[] {
  const [old, now] = [alternativesOf(before), alternativesOf(after)];
  const [from, to] = sent ? [old, now] : [now, old];
  const fits = (item: Json, candidate: Json) => {
    const [a, b] = sent ? [item, candidate] : [candidate, item];
    const sides = [
      { document: before.document, schema: a },
      { document: after.document, schema: b },
    ] as const;
    return schemaChanges(place, ...sides, sent, depth + 1).length === 0;
  };
  const alone = from.filter((item) => !to.some((candidate) => fits(item, candidate)));
  if (old.length === 0 || now.length === 0) return [`${place}: became or was a choice`];
  return alone.map(() => `${place}: a choice is ${sent ? 'gone' : 'new'} or has changed`);
}

function valueChanges(place: string, old: Json, now: Json, sent: boolean): string[] {
  const [before, after] = [valuesOf(old), valuesOf(now)];
  const gone = openValuesOf(old).filter((value) => !openValuesOf(now).includes(value));
  if (gone.length > 0) return gone.map((value) => `${place}: ${value} is gone`);
  if (sent) {
    if (!after) return [];
    if (!before) return [`${place}: only certain values are accepted now`];
    return before
      .filter((value) => !after.includes(value))
      .map((value) => `${place}: ${value} is not accepted any more`);
  }
  if (!before) return [];
  if (!after) return [`${place}: any value may be received now`];
  return after
    .filter((value) => !before.includes(value))
    .map((value) => `${place}: ${value} may be received now`);
}

function boundChanges(place: string, old: Json, now: Json): string[] {
  const narrower = [
    ...leasts.filter(
      (name) => now[name] !== undefined && now[name] > (old[name] ?? Number.NEGATIVE_INFINITY),
    ),
    ...mosts.filter((name) => now[name] !== undefined && now[name] < (old[name] ?? Number.POSITIVE_INFINITY)),
  ];
  return narrower.map((name) => `${place}: ${name} was ${old[name]}, is ${now[name]}`);
}

function propertyChanges(place: string, before: Side, after: Side, sent: boolean, depth: number): string[] {
  const [old, now] = [before.schema, after.schema];
  const found: string[] = [];
  for (const [name, schema] of Object.entries<Json>(old.properties ?? {})) {
    const at = `${place}.${name}`;
    const next = now.properties?.[name];
    if (!next) {
      found.push(`${at}: is gone`);
      continue;
    }
    found.push(
      ...schemaChanges(
        at,
        { document: before.document, schema },
        { document: after.document, schema: next },
        sent,
        depth + 1,
      ),
    );
    if (!sent && old.required?.includes(name) && !now.required?.includes(name))
      found.push(`${at}: may be missing now`);
  }
  const demanded = sent ? (now.required ?? []).filter((name: string) => !old.required?.includes(name)) : [];
  for (const name of demanded) found.push(`${place}.${name}: is required now`);
  return found;
}

function parameterChanges(place: string, before: Json, after: Json, old: Json, now: Json): string[] {
  const found: string[] = [];
  const list = (document: Json, operation: Json): Json[] =>
    (operation.parameters ?? []).map(resolver(document));
  const was = list(before, old);
  const is = list(after, now);
  const same = (a: Json) => (b: Json) => a.name === b.name && a.in === b.in;
  for (const parameter of was) {
    const at = `${place} ${parameter.in} ${parameter.name}`;
    const next = is.find(same(parameter));
    if (!next) found.push(`${at}: is gone`);
    else {
      const sides = [
        { document: before, schema: parameter.schema },
        { document: after, schema: next.schema },
      ] as const;
      found.push(...schemaChanges(at, ...sides, true));
      if (next.required && !parameter.required) found.push(`${at}: is required now`);
    }
  }
  for (const parameter of is) {
    if (parameter.required && !was.some(same(parameter)))
      found.push(`${place} ${parameter.in} ${parameter.name}: is new and required`);
  }
  return found;
}

function mediaChanges(
  place: string,
  before: Json,
  after: Json,
  old: Json,
  now: Json,
  sent: boolean,
): string[] {
  return Object.entries<Json>(old ?? {}).flatMap(([type, media]) => {
    const next = now?.[type];
    if (!next) return [`${place}: ${type} is gone`];
    return schemaChanges(
      place,
      { document: before, schema: media.schema },
      { document: after, schema: next.schema },
      sent,
    );
  });
}

function operationChanges(place: string, before: Json, after: Json, old: Json, now: Json): string[] {
  const found = parameterChanges(place, before, after, old, now);
  if (old.operationId !== now.operationId) found.push(`${place}: operationId was ${old.operationId}`);
  const allowed = (operation: Json) => (operation.security ?? []).map((item: Json) => JSON.stringify(item));
  for (const item of allowed(old))
    if (!allowed(now).includes(item)) found.push(`${place}: ${item} is not enough any more`);
  if (allowed(old).length === 0 && allowed(now).length > 0)
    found.push(`${place}: anybody could call it before`);
  if (!old.requestBody && now.requestBody?.required) found.push(`${place}: a body is required now`);
  found.push(
    ...mediaChanges(`${place} body`, before, after, old.requestBody?.content, now.requestBody?.content, true),
  );
  for (const [status, response] of Object.entries<Json>(old.responses)) {
    const next = resolver(after)(now.responses[status]);
    const was = resolver(before)(response);
    // Problems may go, and new ones may come: clients know any problem by its shape.
    if (!next && Number(status) < 400) found.push(`${place}: ${status} is gone`);
    if (next)
      found.push(...mediaChanges(`${place} ${status}`, before, after, was.content, next.content, false));
  }
  for (const status of Object.keys(now.responses)) {
    if (Number(status) < 400 && !(status in old.responses)) found.push(`${place}: ${status} is new`);
  }
  return found;
}

/**
 * What in a contract would break programs written against an earlier one: anything gone, anything newly
 * required, requests that were accepted and are not any more, answers that were promised and are not any more.
 * New routes, new optional input, new members of answers, new problems are no break.
 */
export function breakingChanges(before: Json, after: Json): string[] {
  return Object.entries<Json>(before.paths).flatMap(([path, item]) =>
    methods
      .filter((method) => item[method])
      .flatMap((method) => {
        const place = `${method.toUpperCase()} ${path}`;
        const now = after.paths[path]?.[method];
        return now ? operationChanges(place, before, after, item[method], now) : [`${place}: is gone`];
      }),
  );
}
