import { randomBytes } from 'node:crypto';
import { buildApp } from '../../src/composition/app.ts';
import { loadConfig } from '../../src/composition/config.ts';
import { connect } from '../../src/database/connection.ts';
import { createPasswords } from '../../src/features/passwords/index.ts';
import { signInPeople } from './careers.ts';
import { serve } from './fork-server.ts';
import { toCode } from './lists.ts';

export type SignInServerInput = Readonly<{ url: string; people: number; password: string; cost: number }>;
/** `tokens`: access tokens of some of the people. */
export type SignInServerReady = Readonly<{ origin: string; tokens: readonly string[] }>;

const key = () => randomBytes(32).toString('base64');

/** The service as it is deployed; everybody has the same password, each hash could be anybody's. */
await serve(async ({ url, people, password, cost }: SignInServerInput): Promise<SignInServerReady> => {
  const config = loadConfig({
    DATABASE_URL: url,
    PORT: '0',
    PASSWORD_COST: String(cost),
    REQUESTS_PER_MINUTE: '1000000',
    PROOF_OF_WORK_FAILURES_PER_MINUTE: '10000',
    ANSWER_FAILURES_PER_MINUTE: '10000',
    TRUSTED_PROXIES: '127.0.0.1',
    SECRET_KEYS: `bench:${key()}`,
    IDENTIFIER_KEY: key(),
    PASSWORD_PEPPERS: `bench:${key()}`,
  });
  const { pool, close } = connect({ url, poolSize: 2 });
  await pool.query(
    `insert into insured_person (national_code, first_name, last_name)
     select code, 'علی', 'احمدی' from unnest($1::text[]) as code`,
    [Array.from({ length: people }, (_, n) => toCode(n))],
  );
  const principals = await signInPeople(pool, people);
  const passwords = createPasswords({ ...config.passwords, cost });
  await pool.query('update account set password_hash = $1', [await passwords.hasher.hash(password)]);
  await passwords.close();
  await pool.query('vacuum analyze');
  await close();
  const app = await buildApp({ ...config, production: true }, { background: false });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    origin: app.listeningOrigin,
    tokens: principals.slice(0, 100).map((principal) => app.accessTokens.people.sign(principal)),
  };
});
