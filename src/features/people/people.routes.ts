import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { getPrincipal } from '../../http/authentication.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { parseInsuranceNumber } from '../../kernel/insurance-number.ts';
import { jalaliToGregorian, parseJalaliDate } from '../../kernel/jalali.ts';
import { parseNationalCode } from '../../kernel/national-code.ts';
import { branchProblems } from '../branch/index.ts';
import { toPersonId } from '../identity/index.ts';
import { officerGuardProblems, officerProblems, requireOfficer } from '../officers/index.ts';
import { peopleProblems } from './people.problems.ts';
import {
  ChangeParams,
  MendBody,
  MergeBody,
  PeopleFoundSchema,
  PersonAtDeskSchema,
  PersonParams,
  RegisterChangeSchema,
  RegisteredPersonSchema,
  ReversalBody,
  SearchBody,
} from './people.schemas.ts';
import type { DeskDependencies } from './people-at-desk.ts';
import * as desk from './people-at-desk.ts';
import type { PersonDetails } from './person-details.ts';
import type { RegisterChange } from './register-changes.ts';

export type PeopleRoutesOptions = Readonly<{
  people: DeskDependencies;
  mayActFrom(address: string): boolean;
}>;

const deskProblems = [...officerGuardProblems, officerProblems.tooManyAtDesk];
const requestProblems = [
  ...deskProblems,
  branchProblems.ownAccount,
  peopleProblems.personNotFound,
  peopleProblems.nothingToChange,
];

const tags = ['branch'];
const byTwo =
  'What tells one person from another takes a second officer of the branch and 72 hours, whether the person has an account ' +
  'or not; whoever has one is told with a link at every trusted address.';

type PeopleRoutes = FastifyPluginAsyncTypebox<PeopleRoutesOptions>;

export const peopleRoutes: PeopleRoutes = async (app, options) => {
  requireOfficer(app, { db: options.people.db, mayActFrom: options.mayActFrom });
  for (const schema of [
    RegisteredPersonSchema,
    RegisterChangeSchema,
    PeopleFoundSchema,
    PersonAtDeskSchema,
  ]) {
    app.addSchema(schema);
  }
  for (const routes of [lookRoutes, requestRoutes, decisionRoutes]) await app.register(routes, options);
};

/** Looking at somebody in the register. */
const lookRoutes: PeopleRoutes = async (app, { people }) => {
  app.post(
    '/v1/branch/insured-people/searches',
    {
      config: { repeats: { exempt: 'a look, which the person sees each time' } },
      schema: {
        operationId: 'searchInsuredPeople',
        tags,
        summary: 'Find somebody in the register',
        description:
          'By national code or insurance number. Whoever has an account sees in its activity that a branch looked.',
        body: SearchBody,
        response: { 200: Type.Ref('PeopleFound'), ...problemResponses(...deskProblems) },
      },
    },
    async (request, reply) => {
      const { kind, value } = toPersonId(request.body);
      const by = kind === 'national-code' ? { nationalCode: value } : { insuranceNumber: value };
      const found = await desk.searchPeople(people, getPrincipal(request), by, toCaller(request));
      return reply.send({ people: found });
    },
  );

  app.get(
    '/v1/branch/insured-people/:id',
    {
      schema: {
        operationId: 'getInsuredPerson',
        tags,
        summary: 'What the register says of somebody, and why',
        description: 'With what the newest list of each workshop says, and every change that was asked for.',
        params: PersonParams,
        response: {
          200: Type.Ref('PersonAtDesk'),
          ...problemResponses(...deskProblems, peopleProblems.personNotFound),
        },
      },
    },
    async (request, reply) => {
      const person = await desk.viewPerson(
        people,
        getPrincipal(request),
        request.params.id,
        toCaller(request),
      );
      return reply.send(toPersonAtDesk(person));
    },
  );
};

/** Asking for a change. */
const requestRoutes: PeopleRoutes = async (app, { people }) => {
  app.patch(
    '/v1/branch/insured-people/:id',
    {
      schema: {
        operationId: 'mendInsuredPerson',
        tags,
        summary: 'Ask for other details of a person',
        description:
          `A name is written at once. ${byTwo} What is decided holds against all lists, with its reason. The answer is the ` +
          'person as it now stands; what was asked for is the first of its `changes`.',
        params: PersonParams,
        body: MendBody,
        response: {
          200: Type.Ref('PersonAtDesk'),
          ...problemResponses(...requestProblems, peopleProblems.numberTaken),
        },
      },
    },
    async (request, reply) => {
      const { reason, ...given } = request.body;
      const asked = { personId: request.params.id, details: detailsOf(given), reason };
      const person = await desk.mendPerson(people, getPrincipal(request), asked, toCaller(request));
      return reply.send(toPersonAtDesk(person));
    },
  );

  app.post(
    '/v1/branch/insured-people/:id/merge',
    {
      schema: {
        operationId: 'mergeInsuredPeople',
        tags,
        summary: 'Ask for two entries to become one person',
        description: `The entry with a national code stays, of two such this one; the other's months and account become its own. ${byTwo}`,
        params: PersonParams,
        body: MergeBody,
        response: { 200: Type.Ref('RegisterChange'), ...problemResponses(...requestProblems) },
      },
    },
    async (request, reply) => {
      const asked = { personId: request.params.id, ...request.body };
      const change = await desk.mergePerson(people, getPrincipal(request), asked, toCaller(request));
      return reply.send(toView(change));
    },
  );
};

/** Deciding about one that was asked for. */
const decisionRoutes: PeopleRoutes = async (app, { people }) => {
  app.post(
    '/v1/branch/changes/:id/approval',
    {
      schema: {
        operationId: 'approveRegisterChange',
        tags,
        summary: 'Approve a change of the register',
        description:
          'By another officer of the same branch than the one who asked for it, within 24 hours. It happens 72 hours after ' +
          'the notices have left, unless one of those who were told disputes it. The same officer again gets the same answer.',
        params: ChangeParams,
        response: {
          200: Type.Ref('RegisterChange'),
          ...problemResponses(
            ...deskProblems,
            branchProblems.ownAccount,
            branchProblems.secondOfficerNeeded,
            peopleProblems.changeNotOpen,
          ),
        },
      },
    },
    async (request, reply) => {
      const change = await desk.approve(people, getPrincipal(request), request.params.id, toCaller(request));
      return reply.send(toView(change));
    },
  );

  app.post(
    '/v1/branch/changes/:id/reversal',
    {
      schema: {
        operationId: 'reverseRegisterChange',
        tags,
        summary: 'Take a change of the register back',
        description:
          'Before it happens: at once. Afterwards the opposite is asked for, and waits for a second officer like any change.',
        params: ChangeParams,
        body: ReversalBody,
        response: {
          200: Type.Ref('RegisterChange'),
          ...problemResponses(...requestProblems, peopleProblems.changeNotOpen, peopleProblems.numberTaken),
        },
      },
    },
    async (request, reply) => {
      const asked = { id: request.params.id, reason: request.body.reason };
      const change = await desk.reverse(people, getPrincipal(request), asked, toCaller(request));
      return reply.send(toView(change));
    },
  );
};

type Given = Readonly<
  Partial<
    Record<'nationalCode' | 'insuranceNumber' | 'birthDate' | 'firstName' | 'lastName' | 'fatherName', string>
  >
>;

/** The formats of the body have been checked; what was not given is not to change. */
function detailsOf({ nationalCode, insuranceNumber, birthDate, ...names }: Given): Partial<PersonDetails> {
  const born = birthDate === undefined ? null : parseJalaliDate(birthDate);
  return {
    ...(nationalCode !== undefined && { nationalCode: parseNationalCode(nationalCode) }),
    ...(insuranceNumber !== undefined && { insuranceNumber: parseInsuranceNumber(insuranceNumber) }),
    ...(born && { birthDate: jalaliToGregorian(born) }),
    ...Object.fromEntries(
      Object.entries(names).flatMap(([field, name]) => (name === undefined ? [] : [[field, toName(name)]])),
    ),
  };
}

function toName(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{White_Space}]+/gu, ' ')
    .trim();
}

const toPersonAtDesk = ({ changes, ...person }: desk.PersonView) => ({
  ...person,
  changes: changes.map(toView),
});

function toView({
  previous: _,
  branch: __,
  eventIds: ___,
  requestedBy,
  approvedBy,
  approvedAt,
  outcome,
  ...change
}: RegisterChange) {
  return {
    ...change,
    createdAt: change.createdAt.toISOString(),
    approvableUntil: change.approvableUntil.toISOString(),
    effectiveFrom: change.effectiveFrom?.toISOString() ?? null,
  };
}
