import { Type } from 'typebox';
import { Instant, StringEnum, Uuid } from '../../http/fields.ts';
import { identityFields, MobileField, oneIdentity } from '../identity/index.ts';
import { MethodField } from '../recovery/index.ts';

export const BranchRecoveryBody = Type.Object(
  {
    ...identityFields,
    mobile: Type.Optional({
      ...MobileField,
      description:
        'Where the person has another mobile than the one of the account: as typed by them. The code goes there if the ' +
        'register of mobiles ties it to them.',
    }),
    withoutMobile: Type.Optional(
      Type.Boolean({
        description: 'The person has no mobile: a second officer of the branch and 24 hours take its place.',
      }),
    ),
  },
  { title: 'BranchRecoveryStart', ...oneIdentity, additionalProperties: false },
);

export const BranchRecoveryParams = Type.Object({
  id: Uuid('Id of the recovery at the branch.'),
});

export const BranchRecoverySchema = Type.Object(
  {
    id: Uuid(),
    status: StringEnum(['issued', 'approval-needed'], {
      description:
        '`approval-needed`: another officer of the branch has to approve it before there is a code.',
    }),
    code: Type.Optional(
      Type.String({
        description: 'To be printed for the person; not shown on a screen.',
        examples: ['4G7K-90QZ-M3TD-8WXE'],
      }),
    ),
    opensAt: Type.Optional(Instant('From when the code can be used, if not at once.')),
    expiresAt: Instant('Until when the code can be used, or the recovery be approved.'),
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
  { title: 'PrintedCodeRedemption', ...oneIdentity, additionalProperties: false },
);

export const RedemptionSchema = Type.Object(
  {
    id: Uuid('Of the recovery, for `/v1/recoveries/{id}/…`.'),
    flowToken: Type.String({
      description: 'Send it as `Authorization: Bearer …` with every later call of this flow.',
    }),
    expiresAt: Instant(),
    next: StringEnum(['prove-another-method', 'set-password'], {
      description:
        '`prove-another-method`: a code by SMS is to be asked for and given. `set-password`: the password can be set.',
    }),
    methods: Type.Optional(Type.Array(MethodField)),
    permissionExpiresAt: Type.Optional(Instant('Until when the password can be set.')),
  },
  { $id: 'RecoveryRedemption', title: 'RecoveryRedemption' },
);
