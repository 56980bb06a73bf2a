import type { Kysely } from 'kysely';
import { liveSession } from '../../database/live-session.ts';
import type { Database } from '../../database/schema.ts';
import type { Caller, Principal } from '../../kernel/caller.ts';
import { newBearerSecret } from '../../kernel/keyring.ts';
import type { Localised } from '../../kernel/locale.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { holdSession } from '../accounts/index.ts';
import { findInstitution, type GrantScope, grantScopes, isGrantScope } from '../clients/index.ts';
import { type GrantDependencies, giveGrant } from '../grants/index.ts';
import { oauthProblems } from './oauth.problems.ts';
import * as states from './oauth-state.repository.ts';
import type { PersonName } from './person-name.ts';

export type AuthorizationDependencies = GrantDependencies &
  Readonly<{
    nameOf: PersonName;
    /** Where the provider goes on with an authorization that is decided. */
    toResumeUrl(id: string): string;
  }>;

/** What a person is asked, before and after the decision the same. */
export type Authorization = Readonly<{
  clientId: string;
  institution: Localised;
  purpose: Localised;
  scopes: readonly GrantScope[];
  expiresAt: Date;
}>;

export type DecisionInput = Readonly<{
  allow: boolean;
  /** Those that are allowed. */
  scopes: readonly string[];
  days: number;
  looks: number;
}>;

const daySeconds = 24 * 60 * 60;

/** @throws {Problem} `not-authenticated`, `authorization-not-found` */
export async function getAuthorization(
  { db }: AuthorizationDependencies,
  principal: Principal,
  id: string,
): Promise<Authorization> {
  if (!(await liveSession(db, principal).select('account.id').executeTakeFirst())) {
    throw new Problem(commonProblems.notAuthenticated);
  }
  return toAuthorization(db, await states.findAuthorization(db, id));
}

async function toAuthorization(
  db: Kysely<Database>,
  open: states.OpenAuthorization | undefined,
): Promise<Authorization> {
  const institution = open && (await findInstitution(db, open.clientId));
  if (!open || !institution) throw new Problem(oauthProblems.authorizationNotFound);
  const { nameFa, nameEn, purposeFa, purposeEn, scopes } = institution;
  return {
    clientId: open.clientId,
    institution: { fa: nameFa, en: nameEn },
    purpose: { fa: purposeFa, en: purposeEn },
    scopes: open.scopes.filter((scope) => scopes.includes(scope)).filter(isGrantScope),
    expiresAt: open.expiresAt,
  };
}

/**
 * What the person decides, once. The answer leads on with a secret that nobody else gets, and the provider goes on only
 * with it and the cookie of the browser that began: who sent somebody else the link has the cookie and not the secret.
 * @throws {Problem} `not-authenticated`, `fresh-sign-in-needed`, `authorization-not-found`, `invalid-input`
 */
export async function decide(
  deps: AuthorizationDependencies,
  principal: Principal,
  id: string,
  { allow, scopes, days, looks }: DecisionInput,
  caller: Caller,
): Promise<Readonly<{ continueAt: string }>> {
  const { db, requireFreshSession, nameOf, toResumeUrl } = deps;
  return db.transaction().execute(async (trx) => {
    await holdSession(trx, principal);
    await requireFreshSession(trx, principal);
    const asked = await toAuthorization(trx, await states.holdAuthorization(trx, id));
    const { token: secret, digest } = newBearerSecret();
    const { clientId, institution } = asked;
    const give = async () => {
      const lifeSeconds = days * daySeconds;
      const given = { clientId, institution, scopes: chosenScopes(asked, scopes), looks, lifeSeconds };
      const grantId = await giveGrant(deps, trx, principal, given, caller);
      const accountId = nameOf(principal.accountId, clientId);
      return { login: { accountId, remember: false }, consent: { grantId } };
    };
    const result = allow
      ? await give()
      : { error: 'access_denied', error_description: 'The person said no.' };
    await states.settleAuthorization(trx, id, result, digest);
    return { continueAt: `${toResumeUrl(id)}?proof=${secret}` };
  });
}

/** A person may give less than was asked, never more. */
function chosenScopes({ scopes: asked }: Authorization, wish: readonly string[]): GrantScope[] {
  const chosen = asked.filter((scope) => wish.includes(scope));
  const isAsked = wish.every((scope) => asked.some((each) => each === scope));
  if (isAsked && chosen.length > 0) return chosen;
  const names = asked.map((scope) => grantScopes[scope]);
  const detail = {
    fa: `یکی یا چند تا از این‌ها را انتخاب کنید: ${names.map(({ fa }) => fa).join('؛ ')}.`,
    en: `Choose one or more of these: ${names.map(({ en }) => en).join('; ')}.`,
  };
  throw new Problem(commonProblems.invalidInput, {
    errors: [{ pointer: '/scopes', code: 'scope-not-asked', detail }],
  });
}

/** Whether whoever comes back has the secret that the decision gave out. */
export const isProved = ({ db }: AuthorizationDependencies, id: string, secret: string): Promise<boolean> =>
  states.isProved(db, id, secret);
