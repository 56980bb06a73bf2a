import { Type } from 'typebox';
import { browserHeaders } from '../../http/browser-cookies.ts';
import { Instant, Int32, Nullable, StringEnum, Uuid } from '../../http/fields.ts';
import { idempotencyKeyMaxCharacters } from '../../kernel/idempotency-key.ts';
import { KindField, passwordField } from '../accounts/index.ts';
import { identityFields, oneIdentity } from '../identity/index.ts';
import { CodeBody } from '../one-time-codes/index.ts';
import { passwordSchema } from '../passwords/index.ts';

export const sessionTags = ['sessions'];

/** How a session is to be given. */
const keptFields = {
  rememberDevice: Type.Optional(
    Type.Boolean({
      description: '“This is my device”: an unknown one gets a device token.',
    }),
  ),
  keep: Type.Optional(
    StringEnum(['cookie'], {
      description:
        'For browsers: refresh token and device token go into `__Host-` cookies that no script can read, instead of the ' +
        'answer. The front end must be of the same site.',
    }),
  ),
};

export const SignInBody = Type.Object(
  { ...identityFields, password: passwordSchema, ...keptFields },
  { title: 'SignIn', ...oneIdentity, additionalProperties: false },
);

export const SignInCodeBody = Type.Object(
  { ...CodeBody.properties, ...keptFields },
  { title: 'SignInCode', additionalProperties: false },
);

export const TokensSchema = Type.Object(
  {
    tokenType: StringEnum(['Bearer']),
    accessToken: Type.String({ description: 'JWT (RFC 9068) for the `Authorization` header.' }),
    accessTokenExpiresInSeconds: Int32({ examples: [600] }),
    refreshToken: Type.Optional(
      Type.String({ description: 'Opaque; good for one refresh. Not with `keep: "cookie"`.' }),
    ),
    sessionExpiresAt: Type.String({
      format: 'date-time',
      description: 'When signing in is needed again at the latest.',
    }),
    deviceToken: Type.Optional(
      Type.String({
        description:
          'What the device is known by from now on: keep it, also after signing out. Only at a sign-in on a known device or ' +
          'with `rememberDevice`, and not with `keep: "cookie"`.',
      }),
    ),
    barredKinds: Type.Optional(
      Type.Array(KindField, {
        description:
          'At a sign-in: ways into the account that are barred, if any are: tell the person, and ask for a new one.',
      }),
    ),
  },
  { $id: 'Tokens', title: 'Tokens' },
);

/** One shape for both outcomes, as many clients know one success of an operation. */
export const SignInOutcomeSchema = Type.Object(
  {
    next: StringEnum(['none', 'code'], {
      description:
        '`none`: signed in, with the members of `Tokens`. `code`: a code is needed as well, by `id` and `flowToken`.',
    }),
    ...Type.Partial(TokensSchema).properties,
    id: Type.Optional(Uuid('Of the sign-in that waits for its code.')),
    flowToken: Type.Optional(
      Type.String({ description: 'Send it as `Authorization: Bearer …` with the code.' }),
    ),
    expiresAt: Type.Optional(Instant('Until when the code is taken.')),
  },
  { $id: 'SignInOutcome', title: 'SignInOutcome' },
);

export const RefreshBody = Type.Object(
  {
    refreshToken: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'The newest refresh token of the session; without it the cookie is taken.',
      }),
    ),
  },
  { title: 'TokenRefresh', additionalProperties: false },
);

export const SignOutHeaders = Type.Object(browserHeaders);

export const RefreshHeaders = Type.Object({
  ...browserHeaders,
  'idempotency-key': Type.Optional(
    Type.String({
      format: 'idempotency-key',
      maxLength: idempotencyKeyMaxCharacters,
      description:
        'A secret of this one refresh: at least 22 random characters, kept beside the refresh token before it is sent. For ' +
        '24 hours it tells a retry, after a lost answer, from a stolen copy.',
      examples: ['b7Qm0h2Vt9sXk4LrEw6PzA'],
    }),
  ),
});

export const ReauthenticationBody = Type.Object(passwordField, {
  title: 'Reauthentication',
  additionalProperties: false,
});

export const SessionParams = Type.Object({
  id: Uuid('Id of the session.'),
});

export const SessionsQuery = Type.Object({
  except: Type.Optional(StringEnum(['current'], { description: 'Keeps the session that asks.' })),
});

const Session = Type.Object(
  {
    id: Uuid(),
    current: Type.Boolean({ description: 'The session that asks.' }),
    device: Nullable(Type.String(), { examples: ['Chrome, Android'] }),
    userAgent: Type.String({
      description: 'As the device called itself at the last sign-in or refresh.',
    }),
    network: Type.String({
      description: 'Where it last signed in or refreshed: IPv4 /24 or IPv6 /48.',
      examples: ['192.0.2.0/24'],
    }),
    createdAt: Instant(),
    lastUsedAt: Instant('Last sign-in or refresh: right to within the life time of an access token.'),
    expiresAt: Instant(),
  },
  { title: 'Session' },
);

export const SessionsSchema = Type.Object(
  { sessions: Type.Array(Session) },
  { $id: 'SessionList', title: 'SessionList' },
);
