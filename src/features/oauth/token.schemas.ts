import { Type } from 'typebox';
import { Int32, OpenEnum, StringEnum, Uuid } from '../../http/fields.ts';
import { oauthErrors } from './oauth-error.ts';
import { assertionType, maxParameterLength } from './token-form.ts';

const clientMembers = {
  client_id: Type.Optional(Uuid('If given, the client that asks.')),
  client_assertion_type: Type.Optional(StringEnum([assertionType])),
  client_assertion: Type.Optional(
    Type.String({
      maxLength: maxParameterLength,
      description:
        'Instead of HTTP Basic: a JWT signed with a registered key (RFC 7523). `iss` and `sub` are the client’s id, ' +
        '`aud` is this service’s public URL, `exp` at most five minutes ahead, `jti` good for one request.',
    }),
  ),
};

/** Documentation of the form; it is read by `parseForm` and the provider, which refuse in the words of the RFC. */
export const TokenForm = Type.Object({
  grant_type: StringEnum(['client_credentials', 'authorization_code', 'refresh_token']),
  code: Type.Optional(Type.String({ maxLength: 200, description: 'Of `authorization_code`.' })),
  redirect_uri: Type.Optional(Type.String({ maxLength: 2_000, description: 'The same as it was pushed.' })),
  code_verifier: Type.Optional(Type.String({ maxLength: 128, description: 'RFC 7636.' })),
  refresh_token: Type.Optional(Type.String({ maxLength: 200 })),
  scope: Type.Optional(
    Type.String({
      maxLength: maxParameterLength,
      description: 'Scopes with a space between; without it all that the client may have.',
    }),
  ),
  ...clientMembers,
});

/** Documentation of the form of a pushed request. */
export const PushedForm = Type.Object(
  {
    response_type: StringEnum(['code']),
    redirect_uri: Type.String({ maxLength: 2_000, description: 'Exactly as it was registered.' }),
    scope: Type.String({ maxLength: maxParameterLength, examples: ['record:figures'] }),
    code_challenge: Type.String({ maxLength: 128, description: 'RFC 7636.' }),
    code_challenge_method: StringEnum(['S256']),
    state: Type.Optional(Type.String({ maxLength: maxParameterLength, description: 'Comes back as it is.' })),
    nonce: Type.Optional(
      Type.String({ maxLength: maxParameterLength, description: 'With `openid`: stands in the ID token.' }),
    ),
    ...clientMembers,
    client_id: Uuid('The client that asks.'),
  },
  { title: 'PushedForm' },
);

export const PushedRequestSchema = Type.Object(
  {
    request_uri: Type.String({ description: 'For the browser, once, within `expires_in`.' }),
    expires_in: Int32({ description: 'Seconds.', examples: [60] }),
  },
  { $id: 'PushedRequest', title: 'PushedRequest', description: 'RFC 9126 §2.2' },
);

export const MachineTokenSchema = Type.Object(
  {
    access_token: Type.String({ description: 'JWT (RFC 9068) for the `Authorization` header.' }),
    token_type: StringEnum(['Bearer']),
    expires_in: Int32({ description: 'Seconds.', examples: [600] }),
    scope: Type.String({ description: 'What the token allows.', examples: ['employer-lists:write'] }),
    refresh_token: Type.Optional(
      Type.String({ description: 'With a person’s grant: for the next token, as long as the grant holds.' }),
    ),
    id_token: Type.Optional(Type.String({ description: 'Where `openid` was asked for.' })),
  },
  { $id: 'MachineToken', title: 'MachineToken', description: 'RFC 6749 §5.1' },
);

export const OAuthErrorSchema = Type.Object(
  {
    error: OpenEnum(Object.keys(oauthErrors), { title: 'OAuthErrorCode' }),
    error_description: Type.String({ description: 'For developers; English.' }),
  },
  { $id: 'OAuthError', title: 'OAuthError', description: 'RFC 6749 §5.2' },
);
