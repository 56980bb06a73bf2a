import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { goodPassword, signUp } from '../support/journey.ts';
import { changeQuotas } from '../support/quotas.ts';
import { list, toCode, work } from '../support/register.ts';
import { folder, run, timed } from './tools.ts';

type Sdk = typeof import('../../clients/typescript/src/index.ts');

const client = fileURLToPath(new URL('../../clients/typescript/', import.meta.url));
/** Of most readers; it still knows the resolution of modules that older projects have. */
const tsc = createRequire(`${client}package.json`).resolve('typescript/bin/tsc');
/** What a stranger’s project has the compiler look at. */
const program = `import type { Api, Kept, ListReport, ProblemCode, Session, TokenStore } from '@savabegh/client';
import { createSavabegh, createTextStore, ProblemError, sendList, unwrap } from '@savabegh/client';

const savabegh = createSavabegh({ baseUrl: 'https://savabegh.example' });
const store: TokenStore = createTextStore({ getItem: () => null, setItem: () => undefined });

export async function show(api: Api): Promise<ProblemCode | ListReport['state']> {
  const { questions } = await unwrap(api.GET('/v1/security-questions'));
  // @ts-expect-error: it has types
  questions.nothing;
  const session: Session | null = await savabegh.resume(store);
  const kept: Kept | null = await store.read();
  if (kept?.session && session) await session.signOut();
  const error: unknown = new Error();
  if (error instanceof ProblemError) return error.code;
  return (await sendList(api, { zip: new Blob([]) })).state;
}
`;
const metroVersion = '0.87.1';
const hermesVersion = '260318099.0.8';
const hermesFolders: Readonly<Record<string, string>> = {
  linux: 'linux64-bin',
  darwin: 'osx-bin',
  win32: 'win64-bin',
};
const hermesFolder = hermesFolders[process.platform] ?? '';
const bundleFile = 'bundle.out.js';

/** A stranger's folder, outside of everything that could lend it a package. */
const project = await mkdtemp(join(tmpdir(), 'savabegh-sdk-'));
t.teardown(() => rm(project, { recursive: true, force: true }));
const npm = (args: readonly string[], cwd = project) =>
  run({ command: 'npm', args: [...args, '--no-audit', '--no-fund', '--loglevel=error'], cwd });
const node = (args: readonly string[], cwd = project) => run({ command: process.execPath, args, cwd });

await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
await writeFile(join(project, 'program.ts'), program);
await timed(t, 'pack', () => npm(['pack', '--pack-destination', project], client));
const [archive = ''] = (await readdir(project)).filter((name) => name.endsWith('.tgz'));
await timed(t, 'install', () => npm(['install', `./${archive}`]));

/** Another one: what a bundler brings along has types of its own. */
const app = join(project, 'app');

/** What Metro, React Native's bundler, makes of the package, and of what it brings along. */
async function bundle(): Promise<string> {
  await cp(folder('sdk'), app, { recursive: true });
  const packages = [`../${archive}`, `metro@${metroVersion}`, `hermes-compiler@${hermesVersion}`];
  await timed(t, 'install Metro and the compiler of Hermes', () => npm(['install', ...packages], app));
  const metro = join(app, 'node_modules/.bin/metro');
  const options = `--config metro.config.cjs --platform android --minify false --out ${bundleFile}`;
  await timed(t, 'bundle', () => node([metro, 'build', 'bundle.js', ...options.split(' ')], app));
  return readFile(join(app, bundleFile), 'utf8');
}

const code = await bundle();

t.test('the packed file holds what was built, and nothing else', async (t) => {
  const sources = (await readdir(join(client, 'src'))).map((name) => name.replace(/\.ts$/, ''));
  const built = sources.flatMap((name) => [`dist/${name}.d.ts`, `dist/${name}.js`]);
  const paths = (await run({ command: 'tar', args: ['-tzf', archive], cwd: project })).trim().split('\n');
  t.same(
    paths.map((path) => path.replace('package/', '')).sort(),
    ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', ...built].sort(),
  );
});

t.test('it is imported and required', async (t) => {
  const use = 'console.log(typeof createSavabegh, new ProblemError({ detail: "" }).name)';
  await writeFile(
    join(project, 'esm.mjs'),
    `import { createSavabegh, ProblemError } from '@savabegh/client'; ${use}`,
  );
  await writeFile(
    join(project, 'common.cjs'),
    `const { createSavabegh, ProblemError } = require('@savabegh/client'); ${use}`,
  );
  for (const file of ['esm.mjs', 'common.cjs']) t.equal(await node([file]), 'function ProblemError\n', file);
});

t.test('it compiles however modules are resolved, libraries checked as well', async (t) => {
  for (const [resolution, module] of [
    ['node10', 'es2022'],
    ['node16', 'node16'],
    ['bundler', 'esnext'],
  ] as const) {
    const options = `--noEmit --strict --target es2020 --lib es2020,dom,dom.iterable --skipLibCheck false`;
    const args = [...options.split(' '), '--moduleResolution', resolution, '--module', module, 'program.ts'];
    await t.resolves(node([tsc, ...args]), resolution);
  }
});

const { fetch, Request, Response, Headers, FormData, AbortController, setTimeout, clearTimeout, console } =
  globalThis;
/** Beside the language itself, what an engine has to have: the package's page names it. */
const needed = {
  ...{ fetch, Request, Response, Headers, FormData, AbortController },
  ...{ setTimeout, clearTimeout, console },
};

t.test(
  'the compiler of React Native’s engine takes it, and misses nothing that the page does not name',
  async (t) => {
    const command = join(app, 'node_modules/hermes-compiler/hermesc', hermesFolder, 'hermesc');
    const args = ['-O', '-emit-binary', '-out', 'bundle.hbc', bundleFile];
    const said = await run({ command, args, cwd: app });
    const undeclared = [...said.matchAll(/variable "(\w+)" was not declared/g)].map(([, name = '']) => name);
    t.ok(undeclared.includes('FormData'), 'it tells');
    // The last for a body that a caller says is a form; the SDK's own are written without.
    const known = [...Object.keys(needed), 'Promise', 'URLSearchParams'];
    t.same(
      undeclared.filter((name) => !known.includes(name)),
      [],
    );
    const page = await readFile(join(app, 'node_modules/@savabegh/client/README.md'), 'utf8');
    for (const name of Object.keys(needed)) t.ok(/Timeout$/.test(name) || page.includes(`\`${name}\``), name);
  },
);

t.test('bundled for React Native, it does everything in an engine without browser around it', async (t) => {
  const context = createContext({ ...needed }) as { sdk: Sdk };
  runInContext(code, context);
  const { sdk: bare } = context;
  const service = await startTestService(t);
  const { origin: baseUrl } = service;
  t.throws(() => bare.createSavabegh({ baseUrl }), {
    message: 'this engine has no crypto.getRandomValues: give `randomBytes` to createSavabegh',
  });

  const withoutDigest = bare.createSavabegh({ baseUrl, randomBytes });
  const { nationalCode } = await signUp(service);
  const texts = new Map<string, string>();
  const store = bare.createTextStore({
    getItem: async (name) => texts.get(name) ?? null,
    setItem: async (name, text) => texts.set(name, text),
  });
  const credentials = { nationalCode, password: goodPassword, rememberDevice: true };
  await withoutDigest.signIn(credentials, store);
  await changeQuotas(service.db, (trx) => trx.updateTable('quota').set({ used: 600 }).execute());
  const startRecovery = ({ api }: ReturnType<Sdk['createSavabegh']>) =>
    bare.unwrap(api.POST('/v1/recoveries', { body: { nationalCode } }));
  await t.rejects(startRecovery(withoutDigest), { message: /^a proof of work needs crypto\.subtle/ });

  const savabegh = bare.createSavabegh({
    baseUrl,
    randomBytes,
    sha256: async (bytes) => createHash('sha256').update(bytes).digest(),
  });
  t.ok((await startRecovery(savabegh)).flowToken);
  const session = await savabegh.resume(store);
  const profile = await bare.unwrap(session?.api.GET('/v1/me') ?? Promise.reject(new Error('nobody')));
  t.equal(profile.nationalCode, nationalCode);
  await session?.signOut();
  const { clientId, secret: clientSecret } = await machineClient(service, ['employer-lists:write']);
  const { workshop, workers } = list({ rows: [work(toCode(1), 30)] });
  const toBlob = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]);
  const files = { workshop: toBlob(workshop), workers: toBlob(workers) };
  const report = await bare.sendList(savabegh.machine({ clientId, clientSecret }), files);
  t.equal(report.state, 'accepted');
  const refused = await savabegh.signIn({ ...credentials, password: 'Wrong7Words' }).catch((error) => error);
  t.ok(refused instanceof bare.ProblemError);
  t.equal(refused.code, 'credentials-not-accepted');
});
