import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { toProblem } from '../../http/problems.ts';
import { isOAuthErrorCode, OAuthError, oauthErrors } from './oauth-error.ts';
import { oauthPaths } from './provider.ts';
import type { ProviderAnswer, ProviderBridge } from './provider-bridge.ts';
import { MachineTokenSchema, OAuthErrorSchema, TokenForm } from './token.schemas.ts';
import { clientNotAuthenticated, type Form, formType, parseForm, requireClientProof } from './token-form.ts';

/** `POST /v1/oauth/token`: its errors are in the form of RFC 6749, as client libraries expect. */
export const tokenRoutes: FastifyPluginAsyncTypebox<{ ask: ProviderBridge }> = async (app, { ask }) => {
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
    oauthPaths.token,
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
          400: errorResponse('invalid_request', 'unsupported_grant_type', 'invalid_scope', 'invalid_target'),
          401: errorResponse('invalid_client'),
          429: errorResponse('slow_down'),
          500: errorResponse('server_error'),
          503: errorResponse('temporarily_unavailable'),
        },
      },
    },
    async (request, reply) => {
      const sent: unknown = request.body;
      const form: Form = sent instanceof Map ? sent : new Map();
      const { authorization } = request.headers;
      requireClientProof(authorization, form);
      const answer = await ask({
        method: 'POST',
        url: oauthPaths.token,
        headers: { accept: 'application/json', ...(authorization !== undefined && { authorization }) },
        form,
      });
      const { access_token, token_type, expires_in, scope } = readAnswer(answer);
      return reply.send({ access_token, token_type, expires_in, scope });
    },
  );
};

function errorResponse(...codes: readonly OAuthError['code'][]) {
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    content: { 'application/json': { schema: Type.Ref('OAuthError') } },
  };
}

type ProviderBody = Readonly<Record<string, never>>;

/** @throws {OAuthError} what the provider refused, in words of ours where several refusals must look alike */
function readAnswer({ status, headers, text }: ProviderAnswer): ProviderBody {
  const body = JSON.parse(text) as ProviderBody;
  if (status < 400) return body;
  const { error, error_description: description }: Record<string, string> = body;
  if (error === 'invalid_client') throw clientNotAuthenticated();
  if (!isOAuthErrorCode(error)) throw new Error(`the provider answered ${status} ${error}`);
  const seconds = headers['retry-after'];
  throw new OAuthError(error, description ?? error, seconds === undefined ? null : Number(seconds));
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
