import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { toProblem } from '../../http/problems.ts';
import { MachineTokenSchema, OAuthErrorSchema, TokenForm } from './clients.schemas.ts';
import { type ClientService, tokenPath } from './clients.service.ts';
import { OAuthError, oauthErrors } from './oauth-error.ts';
import { parseForm, parseTokenRequest } from './token-request.ts';

const formType = 'application/x-www-form-urlencoded';

/** `POST /v1/oauth/token`: the one route that answers errors in the form of RFC 6749, as client libraries expect. */
export const tokenRoutes: FastifyPluginAsyncTypebox<{ service: ClientService }> = async (
  app,
  { service },
) => {
  app.addSchema(MachineTokenSchema);
  app.addSchema(OAuthErrorSchema);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(formType, { parseAs: 'string' }, async (_request: unknown, body: string) =>
    parseForm(body),
  );
  // RFC 6749 §5.1 asks for it beside `no-store`.
  app.addHook('onRequest', async (_request, reply) => void reply.header('pragma', 'no-cache'));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = toOAuthError(error);
    if (refusal.code === 'server_error') request.log.error({ err: error }, refusal.code);
    if (refusal.code === 'temporarily_unavailable') request.log.warn({ err: error }, refusal.code);
    return send(reply, refusal);
  });

  app.post(
    tokenPath,
    {
      config: {
        repeats: {
          exempt: 'a token is not kept: another one does no harm, and an assertion is good for one',
        },
      },
      // The form is documented, not validated, by its schema: refusals speak the language of the RFC.
      validatorCompiler: () => () => true,
      schema: {
        operationId: 'getMachineToken',
        tags: ['machine clients'],
        summary: 'Get a machine access token',
        description:
          'Client credentials (RFC 6749 §4.4), proved by HTTP Basic or by a signed assertion (RFC 7523). A token ends ' +
          'early when its client is disabled or the credential it was got with is replaced.',
        security: [{ clientBasic: [] }, {}],
        body: { content: { [formType]: { schema: TokenForm } } },
        response: {
          200: Type.Ref('MachineToken'),
          400: errorResponse('invalid_request', 'unsupported_grant_type', 'invalid_scope'),
          401: errorResponse('invalid_client'),
          429: errorResponse('slow_down'),
          500: errorResponse('server_error'),
          503: errorResponse('temporarily_unavailable'),
        },
      },
    },
    async (request, reply) => {
      const form: unknown = request.body;
      const parameters = form instanceof Map ? (form as ReadonlyMap<string, string>) : new Map();
      const granted = await service.grantToken(parseTokenRequest(request.headers.authorization, parameters));
      return reply.send({
        access_token: app.accessTokens.machines.sign(granted),
        token_type: 'Bearer',
        expires_in: app.accessTokens.ttlSeconds,
        scope: granted.scopes.join(' '),
      });
    },
  );
};

function errorResponse(...codes: readonly OAuthError['code'][]) {
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    content: { 'application/json': { schema: Type.Ref('OAuthError') } },
  };
}

function send(reply: FastifyReply, { code, description, retryAfterSeconds }: OAuthError): FastifyReply {
  if (code === 'invalid_client') reply.header('www-authenticate', 'Basic realm="savabegh"');
  if (retryAfterSeconds !== null) reply.header('retry-after', retryAfterSeconds);
  return reply
    .code(oauthErrors[code])
    .type('application/json; charset=utf-8')
    .send({ error: code, error_description: description });
}

/** What the same error means on every other route, in the words of the RFC. */
function toOAuthError(error: FastifyError): OAuthError {
  if (error instanceof OAuthError) return error;
  const { kind, extras } = toProblem(error);
  const retryAfterSeconds = extras.retryAfterSeconds ?? null;
  if (kind.status === 429) return new OAuthError('slow_down', 'Too many requests.', retryAfterSeconds);
  if (kind.status === 503) {
    return new OAuthError('temporarily_unavailable', 'This cannot be done right now.', retryAfterSeconds);
  }
  if (kind.status < 500) return new OAuthError('invalid_request', `The body must be a form (${formType}).`);
  return new OAuthError('server_error', 'An unexpected error happened.');
}
