import { createHash, randomBytes } from 'node:crypto';
import { buildApp } from '../../src/composition/app.ts';
import { loadConfig } from '../../src/composition/config.ts';
import { connect } from '../../src/database/connection.ts';
import { createPasswords } from '../../src/features/passwords/index.ts';
import { createSecurityAnswers } from '../../src/features/security-questions/index.ts';
import { createMac } from '../../src/kernel/keyring.ts';
import { serve } from './fork-server.ts';
import { toCode } from './lists.ts';

/** `usedUp`: whose failures from a client network are used up. `halfUsedUp`: who has half of everything left. */
export type PeopleServerInput = Readonly<{
  url: string;
  people: number;
  usedUp: readonly (readonly [code: string, network: string])[];
  halfUsedUp: readonly string[];
}>;
export type PeopleServerReady = Readonly<{ origin: string }>;

const key = () => randomBytes(32).toString('base64');

/** The service with an account, a proved e-mail address included, for the first `people` of the bench's codes. */
await serve(async ({ url, people, usedUp, halfUsedUp }: PeopleServerInput): Promise<PeopleServerReady> => {
  const config = loadConfig({
    DATABASE_URL: url,
    PORT: '0',
    // Cheap, so that what is beside the hash is not drowned in it: equal hashes take equal time at any cost.
    PASSWORD_COST: '4',
    REQUESTS_PER_MINUTE: '1000000',
    // The answers themselves are compared, not what a flood of them leads to.
    PROOF_OF_WORK_FAILURES_PER_MINUTE: '10000',
    ANSWER_FAILURES_PER_MINUTE: '10000',
    TRUSTED_PROXIES: '127.0.0.1',
    SECRET_KEYS: `bench:${key()}`,
    IDENTIFIER_KEY: key(),
    PASSWORD_PEPPERS: `bench:${key()}`,
  });
  const passwords = createPasswords(config.passwords);
  const answers = await createSecurityAnswers({ hasher: passwords.answersHasher }).enrol([
    { question: 'childhood-toy', answer: 'خرس قهوه‌ای' },
    { question: 'hiding-place', answer: 'پشت انبار گندم' },
    { question: 'first-purchase', answer: 'رادیوی دست دوم' },
  ]);
  const passwordHash = await passwords.hasher.hash('Tq7vLmz4Wk');
  await passwords.close();
  const { pool, close } = connect({ url, poolSize: 2 });
  await pool.query(
    `with person as (
       insert into insured_person (national_code, first_name, last_name)
       select code, 'علی', 'احمدی' from unnest($1::text[]) as code returning id, national_code)
     insert into account (insured_person_id, national_code, mobile, email, locale, password_hash,
       security_questions, security_answers_hash)
     select id, national_code, '+98912' || substr(national_code, 4, 7), 'a' || national_code || '@example.ir', 'fa', $2, $3, $4 from person`,
    [Array.from({ length: people }, (_, n) => toCode(n)), passwordHash, answers.questions, answers.hash],
  );
  const subjectOf = createMac(config.identifierKey, 'subject');
  const counterKey = createMac(config.identifierKey, 'sliding-quota');
  const fill = (keys: readonly Buffer[], uses: number) =>
    pool.query(
      `insert into sliding_quota (key, uses, expires_at)
       select key, array_fill(now(), array[$2::integer]), now() + interval '30 days' from unnest($1::bytea[]) as key`,
      [keys, uses],
    );
  for (const name of ['sign-in-from-network', 'recovery-from-network']) {
    await fill(
      usedUp.map(([code, network]) => counterKey(name, subjectOf(code), network)),
      10,
    );
  }
  await fill(
    halfUsedUp.map((code) => counterKey('sign-in', subjectOf(code))),
    10,
  );
  const ofAnswers = (code: string) =>
    createHash('sha256').update('recovery-answers/').update(subjectOf(code)).digest();
  await fill(halfUsedUp.map(ofAnswers), 5);
  await pool.query('vacuum analyze');
  await close();
  const app = await buildApp({ ...config, logLevel: 'info' });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { origin: app.listeningOrigin };
});
