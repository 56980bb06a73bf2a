import { randomBytes } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';
import { buildApp } from '../../src/composition/app.ts';
import { loadConfig } from '../../src/composition/config.ts';
import { connect } from '../../src/database/connection.ts';
import { createKeyring, createMac, digestBearerSecret } from '../../src/kernel/keyring.ts';
import { deriveCode } from '../../src/kernel/one-time-code.ts';
import { serve } from './fork-server.ts';
import { toCode } from './lists.ts';

export type RecoveryServerInput = Readonly<{ url: string; people: number; flows: number }>;
/** A recovery whose code is known and not given yet. */
export type PreparedFlow = Readonly<{ id: string; token: string; code: string }>;
export type RecoveryServerReady = Readonly<{
  service: string;
  plain: string;
  flows: readonly PreparedFlow[];
  /** For verifications whose code is wrong. */
  wrongFlows: readonly PreparedFlow[];
}>;

const key = () => randomBytes(32).toString('base64');
const poolSize = 10;

/** The service as it is deployed, log and all; its log goes where the bench has sent standard output. */
function configOf(url: string) {
  const config = loadConfig({
    DATABASE_URL: url,
    DATABASE_POOL_SIZE: String(poolSize),
    PORT: '0',
    PASSWORD_CONCURRENCY: '1',
    PASSWORD_COST: '4',
    REQUESTS_PER_MINUTE: '1000000',
    PROOF_OF_WORK_FAILURES_PER_MINUTE: '10000',
    ANSWER_FAILURES_PER_MINUTE: '10000',
    TRUSTED_PROXIES: '127.0.0.1',
    SECRET_KEYS: `bench:${key()}`,
    IDENTIFIER_KEY: key(),
    PASSWORD_PEPPERS: `bench:${key()}`,
  });
  return { ...config, production: true };
}
type Configuration = ReturnType<typeof configOf>;

/** What a competent person writes in twenty lines, on a pool as it comes: a route that checks its body and inserts one row. */
async function startPlain(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: poolSize });
  await pool.query(`create table plain_start (
    id uuid primary key default uuidv7(), national_code text not null, created_at timestamptz not null default now())`);
  const app = Fastify();
  const body = {
    type: 'object',
    required: ['nationalCode'],
    properties: { nationalCode: { type: 'string', maxLength: 40 } },
  };
  app.post('/plain', { schema: { body } }, async (request, reply) => {
    const { nationalCode } = request.body as { nationalCode: string };
    const { rows } = await pool.query('insert into plain_start (national_code) values ($1) returning id', [
      nationalCode,
    ]);
    return reply.code(201).send(rows[0]);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

/** Accounts in the register, and flows of theirs with a code on its way. */
async function prepare(config: Configuration, { url, people, flows }: RecoveryServerInput) {
  const { pool, close } = connect({ url, poolSize: 2 });
  await pool.query('set statement_timeout = 0');
  const codes = Array.from({ length: people }, (_, n) => toCode(n));
  await pool.query(
    `with person as (
       insert into insured_person (national_code, first_name, last_name)
       select code, 'علی', 'احمدی' from unnest($1::text[]) as code returning id, national_code)
     insert into account (insured_person_id, national_code, mobile, locale, password_hash, security_questions, security_answers_hash)
     select id, national_code, '+98912' || substr(national_code, 1, 7), 'fa', 'unused', '{childhood-toy}', 'unused' from person`,
    [codes],
  );
  const subjectOf = createMac(config.identifierKey, 'subject');
  const keyring = createKeyring(config.secretKeys);
  const tokens = Array.from({ length: flows }, () => randomBytes(32).toString('base64url'));
  const { rows } = await pool.query<{ id: string; challenge_id: string }>(
    `insert into recovery (token_digest, subject, account_id, locale, method, challenge_id, challenge_expires_at, sends, sent_at, expires_at)
     select digest, subject, account.id, 'fa', 'sms', gen_random_uuid(), now() + interval '1 day', 1, now(), now() + interval '1 day'
     from unnest($1::bytea[], $2::bytea[], $3::text[]) as flow (digest, subject, code)
     join account on account.national_code = flow.code
     returning id, challenge_id, token_digest`,
    [
      tokens.map(digestBearerSecret),
      tokens.map((_, n) => subjectOf(codes[n % people] ?? '')),
      tokens.map((_, n) => codes[n % people] ?? ''),
    ],
  );
  const byDigest = new Map(tokens.map((token) => [digestBearerSecret(token).toString('hex'), token]));
  await pool.query('vacuum analyze');
  await close();
  return rows.map((row): PreparedFlow => {
    const digest = (row as unknown as { token_digest: Buffer }).token_digest.toString('hex');
    return {
      id: row.id,
      token: byDigest.get(digest) ?? '',
      code: deriveCode(keyring, 'recovery', row.challenge_id),
    };
  });
}

await serve(async (input: RecoveryServerInput): Promise<RecoveryServerReady> => {
  const config = configOf(input.url);
  const prepared = await prepare(config, input);
  const service = await buildApp(config, { background: false });
  await service.listen({ host: '127.0.0.1', port: 0 });
  const plain = await startPlain(input.url);
  const half = prepared.length / 2;
  return {
    service: service.listeningOrigin,
    plain: plain.listeningOrigin,
    flows: prepared.slice(0, half),
    wrongFlows: prepared.slice(half),
  };
});
