import type { FastifyRequest, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import { commonProblems, Problem } from '../kernel/problem.ts';
import { getAcceptedType } from './accepted-type.ts';
import { addProblems, bodyProblems } from './problems.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Methods of the address, HEAD and OPTIONS among them; none: there is nothing at it. */
    allowedMethods(url: string): string[];
  }
}

type Address = Readonly<{ pattern: RegExp; methods: Set<string> }>;

/** `/v1/recoveries/:id` as what it stands for. */
function toPattern(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) =>
      part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '.*'),
    )
    .join('/');
  return new RegExp(`^${source}$`);
}

const isEncoded = (encoding: string | undefined) =>
  encoding !== undefined && encoding.toLowerCase() !== 'identity';

/**
 * A body where none is read is nobody's business, whatever its type says: many clients name one on every POST. One that is
 * read is read as it is.
 */
async function passBody(request: FastifyRequest): Promise<void> {
  const { headers } = request.raw;
  if (getAcceptedType(request.routeOptions) === null) {
    delete headers['content-type'];
    delete headers['content-length'];
    delete headers['transfer-encoding'];
  } else if (isEncoded(headers['content-encoding'])) {
    throw new Problem(commonProblems.unsupportedMediaType);
  }
}

/** Parameters of a query that nobody knows are misspelt, or meant for another version. */
function refuseUnknownParameters(route: RouteOptions): void {
  const { schema, url, validatorCompiler } = route;
  if (!url.startsWith('/v1/') || !schema || validatorCompiler) return;
  const { querystring = Type.Object({}), response = {} } = schema as {
    querystring?: object;
    response?: object;
  };
  route.schema = {
    ...schema,
    querystring: { ...querystring, additionalProperties: false },
    response: addProblems(response, commonProblems.invalidInput),
  };
}

/** Of a route that reads a body, and answers in the form of problems: what can be wrong with the body. */
function documentBodyProblems(route: RouteOptions): void {
  const { schema, validatorCompiler } = route;
  const { hide, response = {} } = (schema ?? {}) as { hide?: boolean; response?: object };
  if (!schema || hide || validatorCompiler || getAcceptedType(route) === null) return;
  route.schema = { ...schema, response: addProblems(response, ...bodyProblems) };
}

/** What holds for every address: which methods, bodies and parameters it takes. */
export const addresses = fp(
  async (app) => {
    const known = new Map<string, Address>();
    app.addHook('onRoute', (route) => {
      // Preflights of all addresses are one route.
      if (route.url === '*') return;
      const address = known.get(route.url) ?? {
        pattern: toPattern(route.url),
        methods: new Set(['OPTIONS']),
      };
      for (const method of [route.method].flat()) address.methods.add(method);
      known.set(route.url, address);
      refuseUnknownParameters(route);
      documentBodyProblems(route);
    });
    app.decorate('allowedMethods', (url: string) => {
      const path = url.split('?', 1)[0] ?? '';
      const found = [...known.values()].filter(({ pattern }) => pattern.test(path));
      return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
    });
    app.addHook('preParsing', passBody);
    // No address takes it: 405, where the framework would first want a content type (RFC 10008 §2).
    app.addHttpMethod('QUERY', { hasBody: false, overrideExisting: true });
    // Limited like every other route: unknown addresses are no way around the limits.
    app.setNotFoundHandler({ preHandler: app.rateLimit() }, async (request, reply) => {
      const methods = app.allowedMethods(request.url);
      const allowed = methods.join(', ');
      const isOptions = request.method === 'OPTIONS';
      // A route of files has looked, and there was none of that name.
      const isMissing = methods.length === 0 || (!isOptions && methods.includes(request.method));
      if (isMissing) throw new Problem(commonProblems.notFound);
      reply.header('allow', allowed);
      if (isOptions) return reply.code(204).send();
      throw new Problem(commonProblems.methodNotAllowed, { parameters: { allowed } });
    });
  },
  { name: 'addresses', dependencies: ['rate-limits', 'problems'] },
);
