import { Type } from 'typebox';
import { Int32, OpenEnum, StringEnum, Uuid } from '../../http/fields.ts';
import { oauthErrors } from './oauth-error.ts';
import { assertionType, maxParameterLength } from './token-form.ts';

/** Documentation of the form; it is read by `parseForm` and the provider, which refuse in the words of the RFC. */
export const TokenForm = Type.Object({
  grant_type: StringEnum(['client_credentials']),
  scope: Type.Optional(
    Type.String({
      maxLength: maxParameterLength,
      description: 'Scopes with a space between; without it all that the client may have.',
    }),
  ),
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
});

export const MachineTokenSchema = Type.Object(
  {
    access_token: Type.String({ description: 'JWT (RFC 9068) for the `Authorization` header.' }),
    token_type: StringEnum(['Bearer']),
    expires_in: Int32({ description: 'Seconds.', examples: [600] }),
    scope: Type.String({ description: 'What the token allows.', examples: ['employer-lists:write'] }),
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
