import { Type } from 'typebox';
import { NationalCodeField } from '../flows/flow.schemas.ts';
import { passwordSchema } from '../passwords/index.ts';

export const SignInBody = Type.Object(
  { nationalCode: NationalCodeField, password: passwordSchema },
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
