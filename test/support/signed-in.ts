import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import { connect } from '../../src/database/connection.ts';
import type { Principal } from '../../src/kernel/caller.ts';
import type { TestService } from './app.ts';
import { type Register, registerOn } from './register.ts';

/** The register of a running service. */
export function registerOf(t: Test, service: TestService): Register {
  const { db, pool, close } = connect({ url: service.databaseUrl, poolSize: 4, applicationName: 'test' });
  t.teardown(close);
  return registerOn(db, pool, service.databaseUrl);
}

/** An account with a live session for somebody in the register, without the way through sign-up. */
export async function signedIn(
  service: TestService,
  nationalCode: string,
): Promise<Principal & { token: string; insuredPersonId: string }> {
  const { db } = service;
  const person = await db
    .insertInto('insured_person')
    .values({
      national_code: nationalCode,
      insurance_number: null,
      first_name: 'علی',
      last_name: 'احمدی',
      father_name: null,
      birth_date: null,
      employer_list_id: null,
    })
    .onConflict((conflict) => conflict.column('national_code').doUpdateSet({ national_code: nationalCode }))
    .returning('id')
    .executeTakeFirstOrThrow();
  const account = await db
    .insertInto('account')
    .values({
      insured_person_id: person.id,
      national_code: nationalCode,
      mobile: '+989120000000',
      locale: 'fa',
      password_hash: 'unused',
      security_questions: [],
      security_answers_hash: 'unused',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const inAnHour = new Date(Date.now() + 3_600_000);
  const session = await db
    .insertInto('session')
    .values({
      account_id: account.id,
      refresh_seed: randomBytes(32),
      user_agent: 'test',
      network: '127.0.0.0/24',
      idle_expires_at: inAnHour,
      expires_at: inAnHour,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const principal = { accountId: account.id, sessionId: session.id };
  return { ...principal, insuredPersonId: person.id, token: service.app.accessTokens.people.sign(principal) };
}
