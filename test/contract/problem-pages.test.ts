import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { readContract } from '../support/contract.ts';

const service = await startTestService(t);
const contract = await readContract(service);
const codes: string[] = contract.document.components.schemas.ProblemCode['x-extensible-enum'];
const pathOf = (type: string) => type.replace(service.config.publicUrl, '');

/** Codes in the sources, read as text: `code: '…'` beside a `status`. */
function codesInSources(): string[] {
  const src = fileURLToPath(new URL('../../src/', import.meta.url));
  const found = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [
      ...readFileSync(`${src}/${name}`, 'utf8').matchAll(/code: '([a-z-]+)',\s+status: \d{3},/g),
    ])
    .map(([, code = '']) => code);
  return [...new Set(found)].sort();
}

t.test('every code in the sources is documented by a route, and no other is', async (t) => {
  const inSources = codesInSources();
  t.ok(inSources.length > 20);
  t.same([...codes].sort(), inSources);
});

t.test('the type of a problem leads to a page in Persian and English for people', async (t) => {
  for (const code of codes) {
    const { status, headers, text } = await service.get(`/problems/${code}`, {
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    });
    t.equal(status, 200, code);
    t.equal(headers.get('content-type'), 'text/html; charset=utf-8');
    t.match(text, /<div lang="fa" dir="rtl"><h2>[^<]*[\u0600-\u06ff]/, `${code}: in Persian`);
    t.match(text, /<div lang="en" dir="ltr"><h2>[A-Z]/, `${code}: in English`);
    t.ok(text.includes(code));
    t.notMatch(text, /\{\w+\}|undefined|<script/, `${code}: nothing left to fill in`);
    t.match(headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-/);
    t.match(headers.get('vary'), /accept/i);
  }
});

t.test('programs get the same as JSON', async (t) => {
  for (const accept of ['application/json', '*/*', 'application/json, text/html;q=0', 'text/plain']) {
    const { headers, body } = await service.get('/problems/not-authenticated', { headers: { accept } });
    t.match(headers.get('content-type'), /^application\/json/, accept);
    t.match(body, {
      code: 'not-authenticated',
      status: 401,
      title: { fa: /وارد نشده/, en: 'Signing in is needed' },
    });
  }
});

t.test('the type of a real problem resolves', async (t) => {
  const problem = await service.get('/v1/me');
  const { status, body } = await service.get(pathOf(problem.body.type));
  t.equal(status, 200);
  t.equal(body.code, problem.body.code);
  t.equal(body.title.fa, problem.body.title);
});

t.test('the list holds the whole catalogue', async (t) => {
  const { body } = await service.get('/problems');
  t.same(
    body.problems.map(({ code }: { code: string }) => code),
    [...codes].sort(),
  );
  const { text } = await service.get('/problems', { headers: { accept: 'text/html' } });
  for (const code of codes) t.ok(text.includes(`href="/problems/${code}"`), code);
});

t.test('an unknown code is a problem like any other, and nothing of it is repeated', async (t) => {
  for (const [code, status] of [
    ['no-such-problem', 404],
    ['constructor', 404],
    ['<script>', 400],
    ['__proto__', 400],
  ] as const) {
    const { status: answered, text } = await service.get(`/problems/${encodeURIComponent(code)}`, {
      headers: { accept: 'text/html' },
    });
    t.equal(answered, status, code);
    t.notOk(text.includes(code));
  }
});
