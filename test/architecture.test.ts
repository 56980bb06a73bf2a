import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { commands } from '../src/cli/commands.ts';

/** Who may import whom: the table of ARCHITECTURE.md, held against the imports themselves. */

const src = fileURLToPath(new URL('../src/', import.meta.url));

type Import = Readonly<{ from: string; to: string; typeOnly: boolean; local: boolean }>;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .sort();
}

const statement = /^(?:import|export)\s+(type\s)?(?:[^'"]*?\sfrom\s)?'([^']+)';|\bimport\('([^']+)'\)/gms;

function importsOf(root: string, file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(statement)].map(([, type, fixed, dynamic]) => {
    const to = fixed ?? dynamic ?? '';
    const local = to.startsWith('.');
    const target = local ? relative(root, join(root, dirname(file), to)) : to;
    return { from: file, to: target, typeOnly: type !== undefined, local };
  });
}

const importsBelow = (root: string) => filesBelow(root).flatMap((file) => importsOf(root, file));

const files = filesBelow(src);
const imports = importsBelow(src);

const featureOf = (file: string) => /^features\/([^/]+)\//.exec(file)?.[1];
const offenders = (rule: (edge: Import) => boolean) =>
  imports.filter(rule).map(({ from, to }) => `${from} → ${to}`);

/** Those that `commands.ts` marks so, and that the image leaves out. */
const developmentCommands = Object.entries(commands)
  .filter(([, { development }]) => development)
  .map(([name]) => `cli/${name}.ts`);

/** The client package is for programs outside; the demo is one. */
const client = '../clients/typescript/';

t.test('the service knows nothing of its client', async (t) => {
  t.same(
    offenders(({ from, to }) => to.startsWith(client) && from !== 'cli/demo.ts'),
    [],
  );
});

t.test('the reader of imports sees them', async (t) => {
  t.ok(imports.length > 200, `${imports.length} imports`);
  for (const { to, local } of imports)
    if (local) t.ok(files.includes(to) || !to.endsWith('.ts') || to.startsWith(client), `${to} exists`);
});

t.test('the kernel imports the kernel and nothing else of ours, and does no I/O', async (t) => {
  const allowed = new Set(['node:crypto', 'node:url', 'node:util', 'jalaali-js']);
  t.same(
    offenders(
      ({ from, to, local }) =>
        from.startsWith('kernel/') && (local ? !to.startsWith('kernel/') : !allowed.has(to)),
    ),
    [],
  );
  for (const file of files.filter((name) => name.startsWith('kernel/'))) {
    const text = readFileSync(join(src, file), 'utf8');
    t.notMatch(text, /Date\.now\(\)|new Date\(\)|Math\.random\(\)/, `${file} is pure`);
  }
});

t.test('routes know their service as a type, never the database or adapters', async (t) => {
  t.same(
    offenders(
      ({ from, to, typeOnly }) =>
        /^features\/.*\.routes\.ts$/.test(from) &&
        (to === 'pg' || (to === 'kysely' && !typeOnly) || /\.repository\.ts$|\/adapters\//.test(to)),
    ),
    [],
  );
});

t.test('services know neither HTTP nor adapters', async (t) => {
  const isService = (file: string) => /\.service\.ts$/.test(file);
  t.same(
    offenders(
      ({ from, to }) =>
        isService(from) &&
        (/^(fastify|typebox|@fastify\/)/.test(to) || to.startsWith('http/') || to.includes('/adapters/')),
    ),
    [],
  );
});

t.test(
  'the environment is read by bin/savabegh.js, where a process begins, and handed in from there',
  async (t) => {
    const reads = /\bprocess(\.|\?\.)env\b|\bprocess\[|= process\b(?!\.)|'(node:)?process'/;
    for (const text of [
      ...['process.env.PORT', 'anything(process.env)', "process['env']", 'const { env } = process;'],
      "import { env } from 'node:process';",
    ]) {
      t.match(text, reads, 'is seen');
    }
    t.same(
      files.filter((file) => reads.test(readFileSync(join(src, file), 'utf8'))),
      [],
    );
  },
);

t.test('repositories know no services and no HTTP', async (t) => {
  t.same(
    offenders(
      ({ from, to }) =>
        /\.repository\.ts$/.test(from) &&
        (/\.service\.ts$/.test(to) || to.startsWith('http/') || /^(fastify|@fastify\/)/.test(to)),
    ),
    [],
  );
});

t.test('adapters know no feature but the one whose port they serve', async (t) => {
  t.same(
    offenders(({ from, to }) => {
      if (!from.includes('/adapters/')) return false;
      return featureOf(to) !== undefined && featureOf(to) !== featureOf(from);
    }),
    [],
  );
});

t.test('HTTP to others is one client, for adapters alone', async (t) => {
  t.same(
    offenders(
      ({ from, to }) => from.startsWith('outgoing-http/') && !/^(kernel\/|node:|outgoing-http\/)/.test(to),
    ),
    [],
  );
  t.same(
    offenders(
      ({ from, to }) =>
        to.startsWith('outgoing-http/') && !from.includes('/adapters/') && !from.startsWith('outgoing-http/'),
    ),
    [],
  );
  // The demo is a program outside; a notice's page fetches in the browser.
  const others = ['cli/demo.ts', 'pages/notice-page.ts', 'outgoing-http/http-client.ts'];
  const calls = /\bfetch\(|^import (?!type)[^;]*\b(https?|request|get|Agent)\b[^;]* from 'node:https?'/m;
  for (const text of [
    'await fetch(url)',
    "import https from 'node:https';",
    "import { request } from 'node:http';",
  ]) {
    t.match(text, calls, 'is seen');
  }
  t.same(
    files.filter((file) => !others.includes(file) && calls.test(readFileSync(join(src, file), 'utf8'))),
    [],
  );
});

t.test('development helpers are reached from the outside only, and only in development', async (t) => {
  const gates = ['composition/app.ts', 'composition/runtime.ts', 'cli/serve.ts', 'cli/keys.ts'];
  const mayImport = [...gates, ...developmentCommands];
  t.same(
    offenders(
      ({ from, to }) =>
        to.startsWith('development/') && !from.startsWith('development/') && !mayImport.includes(from),
    ),
    [],
  );
  // By `import()` behind a question of the mode, so that production never loads them.
  for (const gate of gates) {
    t.notMatch(readFileSync(join(src, gate), 'utf8'), /^import (?!type).*'\.\.?\/development\//m, gate);
  }
});

t.test('what settings switch on is loaded only then: metrics and traces', async (t) => {
  const optional = ['operations/metrics.ts', 'operations/tracing.ts'];
  const libraries = /'(prom-client|@opentelemetry\/[^']+|\.[^']*\/(metrics|tracing)\.ts)'/;
  for (const file of files.filter((name) => !optional.includes(name))) {
    const fixed = readFileSync(join(src, file), 'utf8').match(/^import (?!type\b)[^;]*;/gm) ?? [];
    t.same(
      fixed.filter((text) => libraries.test(text)),
      [],
      file,
    );
  }
  for (const file of optional) t.ok(files.includes(file), file);
});

/** Those that a walk along the edges closes: not every one, but none only where there is none. */
function findCycles(edges: Iterable<readonly [string, string]>): string[] {
  const next = Map.groupBy(edges, ([from]) => from);
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) cycles.push([...path.slice(path.indexOf(node)), node].join(' → '));
    if (path.includes(node) || done.has(node)) return;
    for (const [, to] of next.get(node) ?? []) visit(to, [...path, node]);
    done.add(node);
  };
  for (const node of next.keys()) visit(node, []);
  return cycles;
}

t.test('neither files nor features import each other in a circle, types included', async (t) => {
  t.same(findCycles([...'ab bc ca bd ae ed'.split(' ')].map(([a = '', b = '']) => [a, b])), [
    'a → b → c → a',
  ]);
  for (const root of ['../src/', '../web/src/', '../clients/typescript/src/']) {
    const below = importsBelow(fileURLToPath(new URL(root, import.meta.url))).filter(({ local }) => local);
    t.ok(below.length > 10, root);
    t.same(findCycles(below.map(({ from, to }) => [from, to])), [], root);
  }
  const features = imports.map(({ from, to }) => [featureOf(from), featureOf(to)] as const);
  t.same(findCycles(features.flatMap(([a, b]) => (a && b && a !== b ? [[a, b] as const] : []))), []);
});

t.test(
  'the database knows no tables of features: each adds its own where their rows are described',
  async (t) => {
    t.same(
      offenders(({ from, to }) => from.startsWith('database/') && /^(features|messaging)\//.test(to)),
      [],
    );
    const adds = /^ {2}interface Database \{/m;
    t.same(
      files.filter((file) => adds.test(readFileSync(join(src, file), 'utf8')) && !file.endsWith('.table.ts')),
      [],
    );
  },
);

/** Small shared features: every file of them is a face. */
const withoutInside = ['quotas'];

t.test('a feature is reached by its index alone', async (t) => {
  const isFace = ({ from, to }: Import) =>
    to.endsWith('/index.ts') ||
    withoutInside.includes(featureOf(to) ?? '') ||
    (from === 'composition/config.ts' && to.endsWith('.settings.ts'));
  t.same(
    offenders(
      (edge) =>
        edge.to.startsWith('features/') && featureOf(edge.from) !== featureOf(edge.to) && !isFace(edge),
    ),
    [],
  );
});

t.test('the composition is known to nobody but commands and what helps to try the service out', async (t) => {
  t.same(
    offenders(
      ({ from, to }) => to.startsWith('composition/') && !/^(composition|cli|development)\//.test(from),
    ),
    [],
  );
});

t.test('HTTP, messaging, operations and the database take their own settings, not all of them', async (t) => {
  const shared = /^(http|messaging|operations|database|settings)\//;
  t.same(
    offenders(({ from, to }) => shared.test(from) && /^(composition|cli)\//.test(to)),
    [],
  );
});

t.test('each table has one feature that writes it', async (t) => {
  const migrations = fileURLToPath(new URL('../migrations/', import.meta.url));
  const tables = readdirSync(migrations).flatMap((name) =>
    [...readFileSync(join(migrations, name), 'utf8').matchAll(/create (?:unlogged )?table (\w+)/gi)].map(
      ([, table = '']) => table,
    ),
  );
  t.ok(tables.length > 30, `${tables.length} tables`);
  const writes =
    /(?:insertInto|updateTable|deleteFrom)\('(\w+)'|\b(?:insert into|update|delete from)\s+(\w+)\b/g;
  const writers = new Map<string, Set<string>>();
  for (const file of files) {
    const feature = featureOf(file);
    const room = feature === undefined ? (file.split('/')[0] ?? '') : `features/${feature}`;
    for (const [, built, written] of readFileSync(join(src, file), 'utf8').matchAll(writes)) {
      const table = built ?? written ?? '';
      if (tables.includes(table)) writers.set(table, (writers.get(table) ?? new Set()).add(room));
    }
  }
  t.ok(writers.size > 25, `${writers.size} tables are written`);
  for (const [table, rooms] of writers) t.same([...rooms], [[...rooms][0]], table);
});

t.test('the map of ARCHITECTURE.md names every feature, and no other', async (t) => {
  const map = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8');
  const listed = /^src\/features\/ +(.*?)^src\//ms.exec(map)?.[1] ?? '';
  const named = listed
    .replace('small shared ones:', '')
    .split(/[,;\s]+/)
    .filter((name) => name !== '');
  t.same(named.sort(), readdirSync(join(src, 'features')).sort());
});

const maxLines = 300;

t.test('files stay small enough to read', async (t) => {
  const linesOf = (file: string) => readFileSync(join(src, file), 'utf8').split('\n').length - 1;
  t.same(
    files.filter((file) => linesOf(file) > maxLines),
    [],
  );
});
