import { Type } from 'typebox';
import { identityFields } from '../flows/flow.schemas.ts';
import { passwordSchema } from '../passwords/index.ts';

export const SignInBody = Type.Object(
  { ...identityFields, password: passwordSchema },
  { additionalProperties: false },
);

export const TokensSchema = Type.Object(
  {
    tokenType: Type.Literal('Bearer'),
    accessToken: Type.String({ description: 'JWT (RFC 9068) for the `Authorization` header.' }),
    accessTokenExpiresInSeconds: Type.Integer({ examples: [600] }),
    refreshToken: Type.String({ description: 'Opaque; good for one refresh.' }),
    sessionExpiresAt: Type.String({
      format: 'date-time',
      description: 'When signing in is needed again at the latest.',
    }),
    deviceToken: Type.Optional(
      Type.String({ description: 'Only when the device was not known: keep it, also after signing out.' }),
    ),
  },
  { $id: 'Tokens', title: 'Tokens' },
);

export const RefreshBody = Type.Object(
  { refreshToken: Type.String({ maxLength: 200, description: 'The newest refresh token of the session.' }) },
  { additionalProperties: false },
);

export const SessionParams = Type.Object({
  id: Type.String({ format: 'uuid', description: 'Id of the session.' }),
});

export const SessionsQuery = Type.Object({
  except: Type.Optional(Type.Literal('current', { description: 'Keeps the session that asks.' })),
});

export const SessionsSchema = Type.Object(
  {
    sessions: Type.Array(
      Type.Object({
        id: Type.String({ format: 'uuid' }),
        current: Type.Boolean({ description: 'The session that asks.' }),
        device: Type.Union([Type.String(), Type.Null()], { examples: ['Chrome, Android'] }),
        userAgent: Type.String({ description: 'As the device called itself when signing in.' }),
        network: Type.String({
          description: 'Where it signed in: IPv4 /24 or IPv6 /48.',
          examples: ['192.0.2.0/24'],
        }),
        createdAt: Type.String({ format: 'date-time' }),
        lastUsedAt: Type.String({
          format: 'date-time',
          description: 'Last sign-in or refresh: right to within the life time of an access token.',
        }),
        expiresAt: Type.String({ format: 'date-time' }),
      }),
    ),
  },
  { $id: 'Sessions', title: 'Sessions' },
);
