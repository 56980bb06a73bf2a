import { Type } from 'typebox';
import { Instant, Int32, LocalisedText } from '../../http/fields.ts';
import { grantScopes } from '../clients/index.ts';
import { ScopeField } from '../grants/index.ts';

const maxDays = 365;
const maxLooks = 100;

export const AuthorizationParams = Type.Object({
  id: Type.String({
    pattern: '^[A-Za-z0-9_-]{10,64}$',
    maxLength: 64,
    description: '`authorization` of the address that the consent page was opened at.',
  }),
});

export const AuthorizationSchema = Type.Object(
  {
    institution: LocalisedText('Who asks.'),
    purpose: LocalisedText('What for, as the operator registered it.'),
    scopes: Type.Array(
      Type.Object(
        { scope: ScopeField, title: LocalisedText('What it lets be seen.') },
        { title: 'AskedScope' },
      ),
    ),
    expiresAt: Instant('Until when it can be decided.'),
  },
  { $id: 'Authorization', title: 'Authorization' },
);

export const DecisionBody = Type.Object(
  {
    allow: Type.Boolean({ description: 'False: the institution is told no, and learns nothing else.' }),
    scopes: Type.Optional(
      Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: Object.keys(grantScopes).length,
        description: 'With `allow`: those of the scopes asked for that the person gives.',
      }),
    ),
    days: Type.Optional(
      Int32({ minimum: 1, maximum: maxDays, description: 'How long the grant holds; 30 without it.' }),
    ),
    looks: Type.Optional(
      Int32({ minimum: 1, maximum: maxLooks, description: 'How many looks; 10 without it.' }),
    ),
  },
  { additionalProperties: false, title: 'DecisionBody' },
);

export const DecisionSchema = Type.Object(
  {
    continueAt: Type.String({
      description:
        'Lead the browser that opened the consent page here, once. It holds a secret: show it to nobody.',
    }),
  },
  { $id: 'DecisionTaken', title: 'DecisionTaken' },
);
