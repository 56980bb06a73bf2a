import type { FastifyContextConfig, FastifySchema } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The media type of the body, where the schema does not say it because the route reads it by itself. */
    accepts?: string;
  }
}

type BodySchema = Readonly<{ content?: Record<string, unknown> }>;

type Route = Readonly<{ config?: FastifyContextConfig; schema?: FastifySchema }>;

/** The media type of bodies that the route takes; `null`: it reads none. */
export function getAcceptedType({ config, schema }: Route): string | null {
  if (config?.accepts) return config.accepts;
  const body = schema?.body as BodySchema | undefined;
  return body ? Object.keys(body.content ?? { 'application/json': true }).join(', ') : null;
}
