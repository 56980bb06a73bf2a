import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { toProblem } from '../../http/problems.ts';
import { isOAuthErrorCode, OAuthError, oauthErrors } from './oauth-error.ts';
import type { ProviderAnswer, ProviderBridge } from './provider-bridge.ts';
import { clientNotAuthenticated, type Form, formType, parseForm, requireClientProof } from './token-form.ts';

/** What addresses have in common that clients post forms to: they are read strictly, and refusals speak RFC 6749. */
export function takeForms(app: FastifyInstance): void {
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
}

/** The provider's answer to a form of a client that proves itself. @throws {OAuthError} */
export async function askWithForm(
  ask: ProviderBridge,
  request: FastifyRequest,
  url: string,
): Promise<Members> {
  const sent: unknown = request.body;
  const form: Form = sent instanceof Map ? sent : new Map();
  const { authorization } = request.headers;
  requireClientProof(authorization, form);
  return readAnswer(
    await ask({
      method: 'POST',
      url,
      headers: { accept: 'application/json', ...(authorization !== undefined && { authorization }) },
      form,
    }),
  );
}

export const formErrors = {
  401: errorResponse('invalid_client'),
  429: errorResponse('slow_down'),
  500: errorResponse('server_error'),
  503: errorResponse('temporarily_unavailable'),
};

export function errorResponse(...codes: readonly OAuthError['code'][]) {
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    content: { 'application/json': { schema: Type.Ref('OAuthError') } },
  };
}

/** As the provider says them; the schema of the answer picks what is shown. */
type Members = Readonly<Record<string, never>>;

/** @throws {OAuthError} what the provider refused, in words of ours where several refusals must look alike */
function readAnswer({ status, headers, text }: ProviderAnswer): Members {
  const body = JSON.parse(text) as Members;
  if (status < 400) return body;
  const { error, error_description: description }: Record<string, string> = body;
  if (error === 'invalid_client') throw clientNotAuthenticated();
  if (status >= 500) throw new Error(`the provider answered ${status} ${error}`);
  // Codes of single parameters (`invalid_request_uri`, …) are told as what they are a case of.
  const code = isOAuthErrorCode(error) ? error : 'invalid_request';
  const seconds = headers['retry-after'];
  throw new OAuthError(code, toAscii(description ?? code), seconds === undefined ? null : Number(seconds));
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

/** The characters that RFC 6749 §5.2 allows. */
const toAscii = (text: string) => text.replace(/[^ !#-[\]-~]/g, "'");
