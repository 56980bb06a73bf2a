import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import { type TProperties, Type } from 'typebox';
import {
  type IdempotentRequest,
  idempotencyKeyMaxCharacters,
  idempotencyProblems,
  type KeptAnswer,
} from '../kernel/idempotency-key.ts';
import { Problem } from '../kernel/problem.ts';
import { addProblems } from './problems.ts';

/** What becomes of a repeat, where it is not simply the same answer. */
export type Repeats =
  /** Why the route takes no key, or looks after it by itself. */
  | Readonly<{ exempt: string }>
  /** For answers with a secret: the body to be sent, or `null` once the secret has been used. */
  | Readonly<{ again: (body: never, request: FastifyRequest) => Promise<object | null> }>;

type Begun =
  | Readonly<{ answer: KeptAnswer }>
  | Readonly<{ answer: null; keep(answer: KeptAnswer): Promise<void>; release(): Promise<void> }>;

declare module 'fastify' {
  interface FastifyContextConfig {
    repeats?: Repeats;
    /** Throws unless whoever repeats a request could still make it: what a guard asks beyond a live session. */
    requireRepeater?(request: FastifyRequest): Promise<void>;
    takesIdempotencyKey?: true;
  }
  interface FastifyRequest {
    /** The first request with its key, whose answer is to be kept; `null`: without a key, or a repeat. */
    idempotent: Extract<Begun, { answer: null }> | null;
  }
}

export type IdempotencyOptions = Readonly<{
  begin(request: IdempotentRequest): Promise<Begun>;
  /** Whose key it is; '': whoever has it. */
  toCallerName(request: FastifyRequest): string;
}>;

export const idempotencyHeaders = {
  'idempotency-key': Type.Optional(
    Type.String({
      format: 'idempotency-key',
      maxLength: idempotencyKeyMaxCharacters,
      description:
        'A secret of this one request: at least 22 random characters. For 24 hours the same request with the same key gets ' +
        'the same answer, from anywhere, and does nothing more; an answer with a secret only until that has been used.',
      examples: ['b7Qm0h2Vt9sXk4LrEw6PzA'],
    }),
  ),
};

/** Whatever of an answer is not made anew for every request. */
const keptHeaders = [
  'content-type',
  'content-language',
  'cache-control',
  'location',
  'set-cookie',
  'retry-after',
  'www-authenticate',
] as const;

const isRepeatable = ({ method, url, schema, config }: RouteOptions) =>
  [method].flat().some((name) => ['POST', 'PUT', 'PATCH'].includes(name)) &&
  url.startsWith('/v1/') &&
  !(schema as { hide?: boolean } | undefined)?.hide &&
  !(config?.repeats && 'exempt' in config.repeats);

/**
 * `Idempotency-Key` for every POST, PUT and PATCH (draft-ietf-httpapi-idempotency-key-header), without a line in the routes: the
 * first request is served and its answer kept, a repeat gets that answer. Refusals that changed nothing are judged anew. Where
 * nobody can tell whether something was done, the key stays taken without an answer: what sends or creates is done once or
 * not at all, and whoever repeats it is told so.
 */
export const idempotency = fp<IdempotencyOptions>(
  async (app, { begin, toCallerName }) => {
    app.decorateRequest('idempotent', null);

    app.addHook('onRoute', (route) => {
      if (!isRepeatable(route)) return;
      const { schema = {} } = route;
      const { properties = {} } = (schema.headers ?? {}) as { properties?: TProperties };
      route.config = { ...route.config, takesIdempotencyKey: true };
      route.schema = {
        ...schema,
        headers: Type.Object({ ...properties, ...idempotencyHeaders }),
        response: addProblems(schema.response ?? {}, ...Object.values(idempotencyProblems)),
      };
    });

    // After guards and validation: a key is taken for what will be served.
    app.addHook('preHandler', async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const { config } = request.routeOptions;
      if (typeof key !== 'string' || !config.takesIdempotencyKey) return;
      const begun = await begin({
        route: `${request.method} ${request.url.split('?', 1)[0]}`,
        caller: toCallerName(request),
        principal: request.principal,
        key,
        content: JSON.stringify([request.query, request.body ?? null]),
      });
      if (begun.answer === null) {
        request.idempotent = begun;
        return;
      }
      return repeat(request, reply, begun.answer);
    });

    app.addHook('onSend', async (request, reply, payload) => {
      const first = request.idempotent;
      if (!first) return;
      request.idempotent = null;
      if (request.isOutcomeUnknown) return;
      const isFinal = app.problemCatalogue.get(request.problemCode ?? '')?.isFinal ?? reply.statusCode < 300;
      try {
        if (isFinal) await first.keep(toKeptAnswer(reply, payload));
        else await first.release();
      } catch (err) {
        // What was done is done, and is to be told; a repeat is told that nobody knows.
        request.log.warn({ err }, 'the end of a request with an idempotency key could not be kept');
      }
    });
  },
  { name: 'idempotency', dependencies: ['rate-limits'] },
);

function toKeptAnswer(reply: FastifyReply, payload: unknown): KeptAnswer {
  const present = keptHeaders.filter((name) => reply.hasHeader(name));
  const headers = Object.fromEntries(present.map((name) => [name, reply.getHeader(name) ?? '']));
  return { status: reply.statusCode, headers, body: typeof payload === 'string' ? payload : '' };
}

/** Sends the answer of the first once more. @throws {Problem} `idempotent-answer-used`, those of `requireRepeater` */
async function repeat(request: FastifyRequest, reply: FastifyReply, first: KeptAnswer) {
  await request.routeOptions.config.requireRepeater?.(request);
  const body = await bodyAgain(request, first);
  return reply
    .code(first.status)
    .headers(first.headers)
    .send(body === '' ? null : body);
}

async function bodyAgain(request: FastifyRequest, { status, body }: KeptAnswer): Promise<string> {
  const { repeats } = request.routeOptions.config;
  if (!repeats || !('again' in repeats) || status >= 300) return body;
  const again = await repeats.again(JSON.parse(body) as never, request);
  if (!again) throw new Problem(idempotencyProblems.answerUsed);
  return JSON.stringify(again);
}
