import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import t from 'tap';
import { readConfig } from '../../src/composition/config.ts';
import { mistypedSettings, settingsTable, withSettingsTable } from '../../src/composition/settings.table.ts';
import { createServer } from '../../src/http/server.ts';
import { entry } from '../support/command.ts';
import { everyProvider, someProviders } from '../support/providers.ts';

const key = () => randomBytes(32).toString('base64');
const hidden = {
  DATABASE_URL: 'postgres://savabegh:hidden-1@127.0.0.1/savabegh',
  SECRET_KEYS: `a:${key()}`,
  IDENTIFIER_KEY: key(),
  PASSWORD_PEPPERS: `a:${key()}`,
  MOBILE_OWNERSHIP_TOKEN: 'hidden-2',
  KAVENEGAR_API_KEY: 'hidden-3',
  SMTP_URL: 'smtps://savabegh:hidden-4@mail.example',
};
const production = {
  ...someProviders,
  ...hidden,
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://savabegh.example',
  MOBILE_OWNERSHIP: 'zohal',
  MOBILE_OWNERSHIP_URL: 'https://inquiry.example',
};

function check(environment: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, 'config', 'check'], {
    env: { PATH: process.env.PATH, ...environment },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

t.test('usable settings are listed, given ones with their value and secrets without', async (t) => {
  const { status, stdout } = check({ ...production, LOG_LEVEL: 'warn' });
  t.equal(status, 0);
  t.match(stdout, '* LOG_LEVEL: "warn"');
  t.match(stdout, '  PORT: 3000');
  t.match(stdout, '* KAVENEGAR_API_KEY: (secret)');
  for (const secret of Object.values(hidden)) t.notMatch(stdout, secret);
  t.notMatch(stdout, 'hidden');
});

t.test('everything that is wrong is said at once, and no secret with it', async (t) => {
  const { SECRET_KEYS: _, ...rest } = production;
  const { status, stdout, stderr } = check({ ...rest, IDENTIFIER_KEY: 'hidden-5', PORT: '3000 ' });
  t.equal(status, 1);
  t.equal(stdout, '');
  t.match(stderr, /^3 settings are not usable:/);
  for (const name of ['SECRET_KEYS is missing', 'IDENTIFIER_KEY must', 'PORT must']) t.match(stderr, name);
  t.notMatch(stderr, 'hidden');
});

t.test('a mistyped name is noticed, and what others call theirs is not', async (t) => {
  const { status, stderr } = check({ ...production, PASSWORD_COTS: '14', SMPT_URL_FILE: '/nowhere' });
  t.equal(status, 0, 'it may be somebody else’s');
  t.match(stderr, 'PASSWORD_COTS is no setting; is PASSWORD_COST meant?');
  t.match(stderr, 'SMPT_URL_FILE is no setting; is SMTP_URL_FILE meant?');
  const others = {
    HOSTNAME: 'a',
    PORTS: '1',
    DATABASE: 'b',
    LC_ALL: 'C',
    npm_package_name: 'c',
    PASSWORD: 'd',
  };
  t.same(mistypedSettings({ ...production, KAVENEGAR_API_KEY_FILE: 'x', ...others }), []);
});

t.test('a secret from a file is a secret', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'savabegh-settings-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'token'), 'hidden-6\n');
  const { MOBILE_OWNERSHIP_TOKEN: _, ...rest } = production;
  const { settings, faults } = readConfig({ ...rest, MOBILE_OWNERSHIP_TOKEN_FILE: join(folder, 'token') });
  t.same(faults, []);
  t.equal(settings.find(({ name }) => name === 'MOBILE_OWNERSHIP_TOKEN')?.given, '(secret)');
});

t.test('an empty file is nothing given, as an empty variable is', async (t) => {
  const folder = t.testdir({ empty: '', blank: ' \n' });
  for (const name of ['MOBILE_OWNERSHIP_TOKEN', 'KAVENEGAR_API_KEY', 'SECRET_KEYS'] as const) {
    const { [name]: _, ...rest } = production;
    for (const file of ['empty', 'blank']) {
      const { settings, faults } = readConfig({ ...rest, [`${name}_FILE`]: join(folder, file) });
      t.match(faults, [new RegExp(`^${name} is missing`)], `${name} in a file that is ${file}`);
      t.equal(settings.find((setting) => setting.name === name)?.given, null);
    }
  }
});

t.test('proxies that are trusted are addresses, networks or names that the server knows', async (t) => {
  const log = pino({ level: 'silent' });
  const usable =
    '10.0.0.2, 10.0.0.0/8, 0.0.0.0/1, 192.168.1.1/32, ::1, fd00::/8, ::ffff:10.0.0.1, fe80::1/128, loopback, linklocal, uniquelocal';
  const { config, faults } = readConfig({ ...production, TRUSTED_PROXIES: usable });
  t.same(faults, []);
  t.equal(config.trustedProxies.length, 11);
  for (const proxy of config.trustedProxies) createServer({ log, trustedProxies: [proxy] });
  for (const wrong of [
    ...['balancer', '10.0.0.0/33', '10.0.0.0/0', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0', '10.0.0.0/x'],
    ...['::1/129', 'fd00::/-1', '10.0.0.1 10.0.0.2', '10.0.0.1:80', '*', 'constructor'],
  ]) {
    const { faults } = readConfig({ ...production, TRUSTED_PROXIES: `127.0.0.1,${wrong}` });
    t.equal(faults.length, 1, wrong);
    t.ok(faults[0]?.startsWith('TRUSTED_PROXIES must be') && faults[0].includes(`which ${wrong} is not`));
  }
  const { status, stderr } = check({ ...production, TRUSTED_PROXIES: 'balancer' });
  t.equal(status, 1);
  t.match(stderr, 'TRUSTED_PROXIES must be addresses or networks');
});

t.test('in production what a collector of traces is told in secret goes by https', async (t) => {
  const faultsOf = (url: string, headers: object) =>
    readConfig({ ...production, OTEL_EXPORTER_OTLP_ENDPOINT: url, ...headers }).faults;
  const secret = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=x' };
  t.match(faultsOf('http://collector.example:4318', secret), [/OTEL_EXPORTER_OTLP_ENDPOINT must be https/]);
  t.same(faultsOf('http://collector.example:4318', {}), []);
  t.same(faultsOf('https://collector.example:4318', secret), []);
});

t.test('in production secrets and personal data leave the machine by https alone', async (t) => {
  const everything = {
    ...production,
    ...everyProvider,
  };
  const { faults, settings } = readConfig(everything);
  t.same(faults, []);
  const forPeople = ['PUBLIC_URL', 'CHANGE_PASSWORD_URL', 'CONSENT_URL', 'NOTICE_PAGE_URL'];
  const others = ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'REDIS_URL', 'SMTP_URL', ...forPeople];
  const asked = settings
    .map(({ name }) => name)
    .filter((name) => name.endsWith('_URL') && !others.includes(name));
  t.ok(asked.includes('KAVENEGAR_URL') && asked.length > 5, asked.join());
  for (const name of asked) {
    const faultsOf = (url: string, more = {}) => readConfig({ ...everything, [name]: url, ...more }).faults;
    for (const url of [
      'http://api.example',
      'http://10.0.0.1',
      'http://localhost.example',
      'http://127.example',
    ])
      t.same(faultsOf(url), [`${name} must be https in production`], url);
    for (const url of [
      'http://127.0.0.1:8080',
      'http://localhost',
      'http://[::1]:1/x',
      'https://api.example',
    ])
      t.same(faultsOf(url), [], `${name} ${url}`);
    t.same(faultsOf('http://api.example', { NODE_ENV: '' }), [], `${name} in development`);
  }
  for (const name of [...forPeople, 'CORS_ORIGINS']) {
    const { faults } = readConfig({ ...everything, [name]: 'http://127.0.0.1:3000' });
    t.same(faults, [`${name} must be https in production`], 'people are somewhere else');
  }
});

t.test('without PUBLIC_URL links lead to the address that is listened on', async (t) => {
  for (const [host, url] of Object.entries({
    '127.0.0.1': 'http://127.0.0.1:3000',
    '::1': 'http://[::1]:3000',
    '::': 'http://[::1]:3000',
    localhost: 'http://localhost:3000',
  })) {
    const { publicUrl } = readConfig({ HOST: host }).config;
    t.equal(publicUrl, url);
    t.equal(new URL(publicUrl).port, '3000');
  }
});

t.test('where operators look and where traces go is nowhere unless told', async (t) => {
  const { config } = readConfig(production);
  t.equal(config.operations, null);
  t.equal(config.traces, null);
  const told = readConfig({
    ...production,
    OPERATIONS_PORT: '9464',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=hidden-7, x-tenant=a=b',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  });
  t.same(told.faults, []);
  t.same(told.config.operations, { host: '127.0.0.1', port: 9464 });
  t.match(told.config.traces, { endpoint: 'http://127.0.0.1:4318', share: 0.25, serviceName: 'savabegh' });
  t.same(told.config.traces?.headers?.expose(), { 'x-key': 'hidden-7', 'x-tenant': 'a=b' });
  t.notMatch(JSON.stringify(told.settings) + JSON.stringify(told.config), 'hidden');
  for (const wrong of ['1.5', '-0.1', '25%', '.5', '']) {
    const { faults } = readConfig({ ...production, OTEL_TRACES_SAMPLER_ARG: wrong });
    t.equal(faults.length, wrong === '' ? 0 : 1, `share ${wrong}`);
  }
  t.match(readConfig({ ...production, OTEL_EXPORTER_OTLP_HEADERS: 'hidden-8' }).faults, [/must be a list/]);
});

t.test('variables of others are no fault, ours are read once each', async (t) => {
  const { settings, faults } = readConfig({ ...production, SMS_NOT_OURS: 'x', EMAIL_PROVIDERS: 'smtp' });
  t.same(faults, []);
  t.equal(new Set(settings.map(({ name }) => name)).size, settings.length);
});

t.test('the table names every setting that the source reads', async (t) => {
  const table = settingsTable();
  const folder = new URL('../../src/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      name === 'composition/config.ts' || /settings(\.providers)?\.ts$|messaging\/channels\.ts$/.test(name),
  );
  const names = files
    .flatMap((file) => [...readFileSync(new URL(file, folder), 'utf8').matchAll(/'([A-Z]+_[A-Z_]+)'/g)])
    .map(([, name]) => name);
  t.ok(names.length > 40, `${names.length} settings`);
  for (const name of names) t.match(table, `| \`${name}\` |`);
});

t.test('what is wrapped as a secret is marked as one', async (t) => {
  const rows = settingsTable().split('\n');
  for (const name of [
    ...Object.keys(hidden),
    'TWILIO_AUTH_TOKEN',
    'SMPP_PASSWORD',
    'MESSAGE_WEBHOOK_SECRET',
  ]) {
    t.match(
      rows.find((row) => row.startsWith(`| \`${name}\``)),
      '(secret)',
      name,
    );
  }
});

t.test(
  'a stale table differs from the one that would be written, the rest of the document does not',
  async (t) => {
    const readme = '# T\n<!-- settings: written by `npm run generate` -->\nold\n<!-- /settings -->\nrest\n';
    const written = withSettingsTable(readme);
    t.not(written, readme);
    t.equal(withSettingsTable(written), written);
    t.ok(written.startsWith('# T\n<!--') && written.endsWith('<!-- /settings -->\nrest\n'));
    t.notMatch(written, '\nold\n');
    t.throws(() => withSettingsTable('# no markers'), /is missing/);
  },
);
