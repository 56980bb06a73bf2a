import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { getPrincipal } from '../../http/authentication.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { quantiseResponseTime } from '../../http/response-quantum.ts';
import { parseMobile } from '../../kernel/mobile.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { toPersonId } from '../identity/index.ts';
import { ownershipProblems } from '../mobile-ownership/index.ts';
import { officerGuardProblems, officerProblems, requireOfficer } from '../officers/index.ts';
import { flowProblems, untilUsed } from '../one-time-codes/index.ts';
import { getProofOfWork, proofOfWorkHeader, proofOfWorkProblems } from '../proof-of-work/index.ts';
import { deskMethod } from '../recovery/index.ts';
import { branchProblems } from './branch.problems.ts';
import {
  BranchRecoveryBody,
  BranchRecoveryParams,
  BranchRecoverySchema,
  RedemptionBody,
  RedemptionSchema,
} from './branch.schemas.ts';
import {
  approveBranchRecovery,
  type BranchDependencies,
  type BranchRecovery,
  isUnopened,
  startBranchRecovery,
} from './branch-recoveries.ts';
import { isUntouched, type OpenedByCode, redeemPrintedCode } from './printed-codes.ts';

export type BranchRoutesOptions = Readonly<{
  branch: BranchDependencies;
  mayActFrom(address: string): boolean;
}>;

const deskProblems = [...officerGuardProblems, officerProblems.tooManyAtDesk, branchProblems.ownAccount];

type BranchRoutes = FastifyPluginAsyncTypebox<BranchRoutesOptions>;

export const branchRoutes: BranchRoutes = async (app, options) => {
  for (const schema of [BranchRecoverySchema, RedemptionSchema]) app.addSchema(schema);
  app.addHook('onSend', quantiseResponseTime(app));
  await app.register(redemptionRoute, options);
  await app.register(async (desk) => {
    requireOfficer(desk, { db: options.branch.db, mayActFrom: options.mayActFrom });
    await desk.register(startRoute, options);
    await desk.register(approvalRoute, options);
  });
};

const redemptionRoute: BranchRoutes = async (app, { branch }) => {
  app.post(
    '/v1/recoveries/redemptions',
    {
      config: { repeats: untilUsed((key) => isUntouched(branch, key)) },
      schema: {
        operationId: 'redeemPrintedCode',
        tags: ['recoveries'],
        summary: 'Use the code printed at a branch',
        description:
          'Opens a recovery: with `next` `prove-another-method` a code by SMS is asked for and given like in any other; with ' +
          '`set-password` the password can be set at once. Used again, the code opens the same recovery under a new token; it ' +
          'is good for one new password.',
        security: [],
        headers: Type.Object(proofOfWorkHeader),
        body: RedemptionBody,
        response: {
          201: Type.Ref('RecoveryRedemption'),
          ...problemResponses(
            flowProblems.codeNotAccepted,
            branchProblems.codeNotOpenYet,
            proofOfWorkProblems.required,
          ),
        },
      },
    },
    async (request, reply) => {
      const proof = getProofOfWork(request);
      const given = { person: toPersonId(request.body), code: request.body.code, proof };
      const opened = await redeemPrintedCode(branch, given, toCaller(request));
      return reply.code(201).header('location', `/v1/recoveries/${opened.id}`).send(toRedemption(opened));
    },
  );
};

/** The officer prints the code again until somebody has opened a recovery with it. */
const untilOpened = (branch: BranchDependencies) => ({
  again: async (printed: Static<typeof BranchRecoverySchema>, request: FastifyRequest) =>
    (await isUnopened(branch, getPrincipal(request), printed.id)) ? printed : null,
});

const startRoute: BranchRoutes = async (app, { branch }) => {
  app.post(
    '/v1/branch/recoveries',
    {
      config: { repeats: untilOpened(branch) },
      schema: {
        operationId: 'startBranchRecovery',
        tags: ['branch'],
        summary: 'Start a recovery for somebody at the desk',
        description:
          'By an officer who has given the password within five minutes. The code is printed for the person and opens ' +
          'together with a code at their mobile: that of the account or, with `mobile`, another one that the register of ' +
          'mobiles ties to them. Without a mobile a second officer of the branch has to approve it. The officer learns ' +
          'nothing: the answers are the same where there is no account. Every trusted address of the person is told.',
        body: BranchRecoveryBody,
        response: {
          201: Type.Ref('BranchRecovery'),
          ...problemResponses(...deskProblems, ownershipProblems.notAskable),
        },
      },
    },
    async (request, reply) => {
      const { mobile: typed, withoutMobile = false, ...identity } = request.body;
      const mobile = typed === undefined ? null : parseMobile(typed);
      if (withoutMobile && mobile !== null) throw mobileAndWithout();
      const atDesk = { person: toPersonId(identity), mobile, withoutMobile };
      const started = await startBranchRecovery(branch, getPrincipal(request), atDesk, toCaller(request));
      return reply.code(201).header('location', `/v1/branch/recoveries/${started.id}`).send(toView(started));
    },
  );
};

const approvalRoute: BranchRoutes = async (app, { branch }) => {
  app.post(
    '/v1/branch/recoveries/:id/approval',
    {
      config: { repeats: untilOpened(branch) },
      schema: {
        operationId: 'approveBranchRecovery',
        tags: ['branch'],
        summary: 'Approve a recovery without a mobile',
        description:
          'By another officer of the same branch than the one who started it. The printed code opens 24 hours later; until ' +
          'it is used every trusted address of the person can dispute it. The same officer again gets the same answer.',
        params: BranchRecoveryParams,
        response: {
          200: Type.Ref('BranchRecovery'),
          ...problemResponses(
            ...deskProblems,
            branchProblems.secondOfficerNeeded,
            branchProblems.approvalNotOpen,
          ),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const approved = await approveBranchRecovery(branch, getPrincipal(request), id, toCaller(request));
      return reply.send(toView(approved));
    },
  );
};

function toRedemption({
  permissionExpiresAt,
  expiresAt,
  ...flow
}: OpenedByCode): Static<typeof RedemptionSchema> {
  const opened = { ...flow, expiresAt: expiresAt.toISOString() };
  if (!permissionExpiresAt) return { ...opened, next: 'prove-another-method', methods: [deskMethod] };
  return { ...opened, next: 'set-password', permissionExpiresAt: permissionExpiresAt.toISOString() };
}

function toView({ opensAt, expiresAt, ...recovery }: BranchRecovery) {
  return {
    ...recovery,
    ...(opensAt && { opensAt: opensAt.toISOString() }),
    expiresAt: expiresAt.toISOString(),
  };
}

function mobileAndWithout(): Problem {
  const detail = {
    fa: 'یا شمارهٔ همراه را بدهید یا بگویید که شخص شمارهٔ همراه ندارد.',
    en: 'Either give the mobile, or say that the person has none.',
  };
  return new Problem(commonProblems.invalidInput, {
    errors: [{ pointer: '/withoutMobile', code: 'mobile-or-without', detail }],
  });
}
