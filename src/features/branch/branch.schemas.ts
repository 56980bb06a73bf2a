import { Type } from 'typebox';
import { identityFields } from '../flows/flow.schemas.ts';

export const BranchRecoveryBody = Type.Object(identityFields, { additionalProperties: false });

export const BranchRecoverySchema = Type.Object(
  {
    status: Type.Enum(['issued', 'second-officer-needed'], {
      description:
        '`second-officer-needed`: another officer has to make the same request before the code is issued.',
    }),
    code: Type.Optional(
      Type.String({
        description: 'To be printed for the person; not shown on a screen.',
        examples: ['4G7K-90QZ-M3TD-8WXE'],
      }),
    ),
    expiresAt: Type.String({ format: 'date-time' }),
  },
  { $id: 'BranchRecovery', title: 'BranchRecovery' },
);

export const RedemptionBody = Type.Object(
  {
    ...identityFields,
    code: Type.String({
      maxLength: 60,
      description: 'As printed; case, spaces and hyphens make no difference.',
      examples: ['4G7K-90QZ-M3TD-8WXE'],
    }),
  },
  { additionalProperties: false },
);

export const RedemptionSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    flowToken: Type.String({ description: 'For `PUT /v1/recoveries/{id}/password`.' }),
    permissionExpiresAt: Type.String({ format: 'date-time' }),
  },
  { $id: 'RecoveryRedemption', title: 'RecoveryRedemption' },
);
