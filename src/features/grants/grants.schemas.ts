import { Type } from 'typebox';
import { Instant, Int32, LocalisedText, OpenEnum, Uuid } from '../../http/fields.ts';
import { NextCursor, pageQuery } from '../../http/paging.ts';
import { grantScopes } from '../clients/index.ts';

export const GrantParams = Type.Object({ id: Uuid() });

export const ScopeField = OpenEnum(Object.keys(grantScopes), { title: 'GrantScope' });

const Grant = Type.Object(
  {
    id: Uuid(),
    institution: LocalisedText('Who may look.'),
    purpose: LocalisedText('What for, as the operator registered it.'),
    scopes: Type.Array(ScopeField),
    looksLeft: Int32({ description: 'A look is one access token’s first read.' }),
    createdAt: Instant(),
    expiresAt: Instant(),
    isSuspended: Type.Boolean({
      description: 'Given before the last new password: it opens nothing until it is kept.',
    }),
  },
  { title: 'Grant' },
);

export const GrantsSchema = Type.Object(
  { grants: Type.Array(Grant, { description: 'Newest first.' }) },
  { $id: 'GrantList', title: 'GrantList' },
);

export const LooksQuery = Type.Object(pageQuery, { additionalProperties: false });

const Look = Type.Object(
  {
    id: Uuid(),
    grantId: Uuid('Which may have ended since.'),
    institution: LocalisedText('Who looked.'),
    scope: ScopeField,
    accessedAt: Instant(),
  },
  { title: 'RecordAccess' },
);

export const LooksSchema = Type.Object(
  { accesses: Type.Array(Look), nextCursor: NextCursor },
  { $id: 'RecordAccessPage', title: 'RecordAccessPage' },
);
