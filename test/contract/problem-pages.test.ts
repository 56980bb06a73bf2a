import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readProblemTexts } from '../../src/pages/problem-texts.ts';
import { startTestService } from '../support/app.ts';
import { readContract } from '../support/contract.ts';

const service = await startTestService(t);
const contract = await readContract(service);
const codes: string[] = contract.document.components.schemas.ProblemCode['x-extensible-enum'];
const titles = { fa: / · سامانهٔ سوابق<\/title>/, en: / · Savabegh<\/title>/ };
/** Any operation can answer them. */
const everywhere = new Set(['busy', 'internal-error', 'invalid-input', 'too-many-requests']);
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
    for (const lang of ['fa', 'en'] as const) {
      const { status, headers, text } = await service.get(`/problems/${code}`, {
        headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-language': lang },
      });
      t.equal(status, 200, code);
      t.equal(headers.get('content-type'), 'text/html; charset=utf-8');
      t.equal(headers.get('content-language'), lang);
      t.match(
        text,
        lang === 'fa' ? /<h1>[^<]*[\u0600-\u06ff]/ : /<h1>[A-Z]/,
        `${code}: its title in ${lang}`,
      );
      t.match(text, titles[lang], `${code}: ${lang}, in the frame`);
      t.equal(
        text.match(/<h2>[^<]+<\/h2>\s*<p>[^\s]/g)?.length,
        everywhere.has(code) ? 3 : 2,
        `${code}: when, what to do`,
      );
      t.ok(text.includes(code));
      t.notMatch(
        text.replace(/<style>.*<\/style>|<ul class="operations">.*?<\/ul>/gs, ''),
        /\{\w+\}|undefined|<script/,
        code,
      );
      t.match(headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-/);
      t.match(headers.get('vary'), /accept, accept-language/i);
    }
  }
});

t.test('it names the operations that answer it, as the contract does, and leads to each', async (t) => {
  const { text } = await service.get('/problems/code-not-accepted?lang=en', {
    headers: { accept: 'text/html' },
  });
  const named = [...text.matchAll(/href="\/docs#\/[^"]+\/(\w+)"><code>([A-Z]+) ([^<]+)<\/code>/g)];
  const documented = contract.operations.filter(({ responses }) =>
    JSON.stringify(Object.values(responses)).match(/CodeNotAccepted|`code-not-accepted`/),
  );
  t.ok(named.length > 4);
  t.same(
    named.map(([, , method, path]) => `${method} ${path}`).sort(),
    documented.map(({ method, path }) => `${method} ${path}`).sort(),
  );
  for (const code of everywhere) {
    const page = await service.get(`/problems/${code}?lang=en`, { headers: { accept: 'text/html' } });
    t.match(page.text, 'Every operation can answer it', code);
  }
});

t.test('every code is explained once in each language, and nothing else is', async (t) => {
  const texts = readProblemTexts();
  for (const lang of ['fa', 'en'] as const) t.same([...texts[lang].keys()].sort(), [...codes].sort(), lang);
  const named = (html = '') => [...html.matchAll(/<code>(.*?)<\/code>/g)].map(([, code]) => code).sort();
  for (const [code, { when, advice }] of texts.en) {
    t.match(texts.fa.get(code)?.when, /[\u0600-\u06ff]/, code);
    const fa = named(texts.fa.get(code)?.advice).filter((name) => !name?.endsWith(' token'));
    t.same(
      fa,
      named(advice).filter((name) => !name?.endsWith(' token')),
      code,
    );
    t.ok(when.length > 10);
  }
});

t.test('the language can be chosen, and an unknown one is refused', async (t) => {
  const headers = { accept: 'text/html', 'accept-language': 'en' };
  const { text } = await service.get('/problems/busy?lang=fa', { headers });
  t.match(text, /<html lang="fa" dir="rtl">[\s\S]*href="\?lang=en" lang="en"/);
  t.match(text, 'href="/problems?lang=fa"');
  for (const query of ['lang=de', 'lang=', 'language=fa', 'lang=fa&lang=en']) {
    t.equal((await service.get(`/problems/busy?${query}`, { headers })).status, 400, query);
    t.equal((await service.get(`/problems/busy?${query}`)).body.code, 'invalid-input', query);
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
  for (const code of codes) t.ok(text.includes(`href="/problems/${code}?lang=fa"`), code);
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
