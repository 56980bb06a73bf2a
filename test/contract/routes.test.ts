import diagnostics from 'node:diagnostics_channel';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { FastifyInstance, RouteOptions } from 'fastify';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { readContract } from '../support/contract.ts';

/** The pages of `web/`, a folder each, and their files. */
const webPages = [...readdirSync(new URL('../../web/src/pages/', import.meta.url)), 'assets'].join('|');

/** What is served beside the API: what OAuth says of itself and where its browsers go, the pages, the document itself, its reference, and helpers that production lacks. */
const besides = new RegExp(
  `^/($|openapi\\.(json|yaml)$|docs(/|$)|dev/|\\.well-known/(security\\.txt|openid-configuration|oauth-authorization-server)$|v1/oauth/authorize(/|$)|(${webPages})(/|$))`,
);

/** Every route that is registered while the service is built. */
function watchRoutes(): RouteOptions[] {
  const routes: RouteOptions[] = [];
  diagnostics.subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', (route) => void routes.push(route));
  });
  return routes;
}

const routes = watchRoutes();
const service = await startTestService(t);
const contract = await readContract(service);

t.test('the documented routes are the real routes', async (t) => {
  const real = routes
    .flatMap(({ method, url }) => [method].flat().map((name) => `${name} ${url.replace(/:(\w+)/g, '{$1}')}`))
    // A HEAD of its own goes with every GET.
    .filter((route) => !route.startsWith('HEAD ') && !besides.test(route.split(' ')[1] ?? ''));
  const documented = contract.operations.map(({ method, path }) => `${method} ${path}`);
  t.ok(real.length > 20);
  t.same([...new Set(real)].sort(), documented.sort());
});

t.test('every operation says who may call it, what it does and what it answers', async (t) => {
  const ids = new Set<string>();
  const tags = new Set(contract.document.tags.map(({ name }: { name: string }) => name));
  for (const [path, item] of Object.entries<Record<string, never>>(contract.document.paths)) {
    for (const [method, operation] of Object.entries<Record<string, never>>(item)) {
      const name = `${method} ${path}`;
      const { operationId, summary, description, security, tags: own } = operation;
      t.match(operationId, /^[a-z][A-Za-z]+$/, `${name} has an operationId`);
      t.notOk(ids.has(operationId ?? ''), `${name}: the operationId is its own`);
      ids.add(operationId ?? '');
      t.match(summary, /\S/, `${name} has a summary`);
      t.match(description, /\S/, `${name} has a description`);
      t.ok(Array.isArray(security), `${name} says who may call it`);
      t.ok(tags.has((own as string[] | undefined)?.[0] ?? ''), `${name} has a tag that is described`);
    }
  }
});

t.test('the committed document equals the running service', async (t) => {
  const committed = JSON.parse(
    await readFile(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
  );
  const { publicUrl } = service.config;
  const running = JSON.parse(
    JSON.stringify(contract.document).replaceAll(publicUrl, 'http://127.0.0.1:3000'),
  );
  t.same(Object.keys(running.paths), Object.keys(committed.paths));
  t.same(running, committed);
});
