import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { buildApp } from '../app.ts';
import { loadConfig } from '../config.ts';

/**
 * `npm run openapi [-- --check | --release]`: writes `openapi/openapi.json` from the routes, or fails when it
 * differs. `--release` keeps it as `openapi/released.json` too, against which later changes are judged.
 * Needs no database: building the application connects to none.
 */
const target = new URL('../../openapi/openapi.json', import.meta.url);
const key = () => randomBytes(32).toString('base64');
const config = loadConfig({
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  PUBLIC_URL: 'http://127.0.0.1:3000',
  LOG_LEVEL: 'silent',
  SECRET_KEYS: `openapi:${key()}`,
  IDENTIFIER_KEY: key(),
  PASSWORD_PEPPERS: `openapi:${key()}`,
});
const app = await buildApp(config, { background: false });
const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
await app.close();

if (process.argv.includes('--check')) {
  const committed = await readFile(target, 'utf8').catch(() => '');
  if (committed !== text) {
    console.error('openapi/openapi.json differs from the routes; run `npm run openapi` and commit it.');
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
  if (process.argv.includes('--release')) {
    await writeFile(new URL('../../openapi/released.json', import.meta.url), text);
  }
}
