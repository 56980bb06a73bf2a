import { randomBytes } from 'node:crypto';
import { buildApp } from '../../src/composition/app.ts';
import { loadConfig } from '../../src/composition/config.ts';
import { connect } from '../../src/database/connection.ts';
import { createPasswords } from '../../src/features/passwords/index.ts';
import { createSecurityAnswers } from '../../src/features/security-questions/index.ts';
import { serve } from './fork-server.ts';
import { codeOf } from './lists.ts';

export type PeopleServerInput = Readonly<{ url: string; people: number }>;
export type PeopleServerReady = Readonly<{ origin: string }>;

const key = () => randomBytes(32).toString('base64');

/** The service with an account, a proved e-mail address included, for the first `people` of the bench's codes. */
await serve(async ({ url, people }: PeopleServerInput): Promise<PeopleServerReady> => {
  const config = loadConfig({
    DATABASE_URL: url,
    PORT: '0',
    // Cheap, so that what is beside the hash is not drowned in it: equal hashes take equal time at any cost.
    PASSWORD_COST: '4',
    REQUESTS_PER_MINUTE: '1000000',
    // The answers themselves are compared, not what a flood of them leads to.
    PROOF_OF_WORK_FAILURES_PER_MINUTE: '1000000',
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
    [Array.from({ length: people }, (_, n) => codeOf(n)), passwordHash, answers.questions, answers.hash],
  );
  await pool.query('vacuum analyze');
  await close();
  const app = await buildApp({ ...config, logLevel: 'info' });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { origin: app.listeningOrigin };
});
