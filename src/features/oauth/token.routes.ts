import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { askWithForm, errorResponse, formErrors, takeForms } from './client-forms.ts';
import { oauthPaths } from './provider.ts';
import type { ProviderBridge } from './provider-bridge.ts';
import {
  MachineTokenSchema,
  OAuthErrorSchema,
  PushedForm,
  PushedRequestSchema,
  TokenForm,
} from './token.schemas.ts';
import { formType } from './token-form.ts';

type Options = Readonly<{ ask: ProviderBridge }>;

/** `POST /v1/oauth/token` and `/v1/oauth/par`: their errors are in the form of RFC 6749, as client libraries expect. */
export const tokenRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  for (const schema of [MachineTokenSchema, PushedRequestSchema, OAuthErrorSchema]) app.addSchema(schema);
  takeForms(app);
  await app.register(tokenRoute, options);
  await app.register(pushedRequestRoute, options);
};

const tokenRoute: FastifyPluginAsyncTypebox<Options> = async (app, { ask }) => {
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
        summary: 'Get an access token',
        description:
          'Client credentials (RFC 6749 §4.4) for a client’s own name; a code, or the refresh token that came with it, for a ' +
          'person’s grant (§4.1, §6). The client proves itself by HTTP Basic or by a signed assertion (RFC 7523). A token ends ' +
          'early when its client is disabled or the credential it was got with is replaced.',
        security: [{ clientBasic: [] }, {}],
        body: { content: { [formType]: { schema: TokenForm } } },
        response: {
          200: Type.Ref('MachineToken'),
          400: errorResponse(
            'invalid_request',
            'invalid_grant',
            'unsupported_grant_type',
            'invalid_scope',
            'invalid_target',
          ),
          ...formErrors,
        },
      },
    },
    async (request, reply) => {
      const { access_token, token_type, expires_in, scope, refresh_token, id_token } = await askWithForm(
        ask,
        request,
        oauthPaths.token,
      );
      return reply.send({ access_token, token_type, expires_in, scope, refresh_token, id_token });
    },
  );
};

const pushedRequestRoute: FastifyPluginAsyncTypebox<Options> = async (app, { ask }) => {
  app.post(
    oauthPaths.pushedRequest,
    {
      config: { repeats: { exempt: 'a request that was pushed twice is two, and both run out in a minute' } },
      validatorCompiler: () => () => true,
      schema: {
        operationId: 'pushAuthorizationRequest',
        tags: ['machine clients'],
        summary: 'Ask for a person’s grant',
        description:
          'A pushed authorization request (RFC 9126), the only way to ask. Then lead the person’s browser to ' +
          '`/v1/oauth/authorize` with `client_id` and the `request_uri` of the answer; the code comes back to `redirect_uri` ' +
          'with `state` and `iss`.',
        security: [{ clientBasic: [] }, {}],
        body: { content: { [formType]: { schema: PushedForm } } },
        response: {
          201: Type.Ref('PushedRequest'),
          400: errorResponse('invalid_request', 'invalid_scope', 'invalid_target', 'unauthorized_client'),
          ...formErrors,
        },
      },
    },
    async (request, reply) => {
      const { request_uri, expires_in } = await askWithForm(ask, request, oauthPaths.pushedRequest);
      return reply.code(201).send({ request_uri, expires_in });
    },
  );
};
