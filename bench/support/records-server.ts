import { randomBytes } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';
import { Type } from 'typebox';
import { buildApp } from '../../src/composition/app.ts';
import { loadConfig } from '../../src/composition/config.ts';
import type { Principal } from '../../src/kernel/caller.ts';
import { serve } from './fork-server.ts';

export type RecordsServerInput = Readonly<{ url: string; principals: readonly Principal[] }>;
export type RecordsServerReady = Readonly<{ service: string; plain: string; tokens: readonly string[] }>;

const key = () => randomBytes(32).toString('base64');
const poolSize = 10;

/** The service as it is deployed, log and all; its log goes where the bench has sent standard output. */
async function startService(url: string) {
  const config = loadConfig({
    DATABASE_URL: url,
    DATABASE_POOL_SIZE: String(poolSize),
    PORT: '0',
    PASSWORD_CONCURRENCY: '1',
    REQUESTS_PER_MINUTE: '1000000',
    SECRET_KEYS: `bench:${key()}`,
    IDENTIFIER_KEY: key(),
    PASSWORD_PEPPERS: `bench:${key()}`,
  });
  const app = await buildApp({ ...config, production: true }, { background: false });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

/** What a competent person writes in twenty lines, on a pool as it comes: one row by primary key; and the plain design of a record. */
async function startPlain(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: poolSize });
  const app = Fastify();
  app.get('/one-row/:id', async (request) => {
    const { id } = request.params as { id: string };
    const { rows } = await pool.query('select id, name, code, opened_on from plain_row where id = $1', [id]);
    return rows[0];
  });
  const month = Type.Object({
    year: Type.Integer(),
    month: Type.Integer(),
    workshop_code: Type.String(),
    workshop_name: Type.String(),
    days: Type.Integer(),
    daily_wage: Type.Integer(),
    monthly_wage: Type.Integer(),
    benefits: Type.Integer(),
    insurable_wage: Type.Integer(),
    premium: Type.Integer(),
  });
  app.get('/record/:code', { schema: { response: { 200: Type.Array(month) } } }, async (request) => {
    const { code } = request.params as { code: string };
    const { rows } = await pool.query(
      `select m.year, m.month, m.workshop_code, w.name as workshop_name, m.days, m.daily_wage, m.monthly_wage,
         m.benefits, m.insurable_wage, m.premium
       from plain_month m join workshop w on w.code = m.workshop_code
       where m.national_code = $1 order by m.year, m.month`,
      [code],
    );
    return rows;
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

await serve(async ({ url, principals }: RecordsServerInput): Promise<RecordsServerReady> => {
  const service = await startService(url);
  const plain = await startPlain(url);
  return {
    service: service.listeningOrigin,
    plain: plain.listeningOrigin,
    tokens: principals.map((principal) => service.accessTokens.people.sign(principal)),
  };
});
