import { readFileSync } from 'node:fs';
import t from 'tap';
import { findingCodes } from '../../src/features/employer-lists/finding-rules.ts';
import { startTestService } from '../support/app.ts';
import { readContract } from '../support/contract.ts';
import { foundBeyondTheFiles } from '../support/finding-codes.ts';

const service = await startTestService(t);
const { document } = await readContract(service);
const { schemas } = document.components;

t.test('the contract names the closed set of codes, wherever one occurs', async (t) => {
  t.ok(findingCodes.length > 50);
  for (const schema of ['EmployerListFinding', 'FindingKind']) {
    t.same(schemas[schema].properties.code.$ref, '#/components/schemas/FindingCode', schema);
    t.same(schemas.FindingCode['x-extensible-enum'], findingCodes);
  }
});

t.test('every code leads to a page in Persian and English for people', async (t) => {
  for (const code of findingCodes) {
    for (const lang of ['fa', 'en'] as const) {
      const { status, headers, text } = await service.get(`/findings/${code}`, {
        headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-language': lang },
      });
      t.equal(status, 200, code);
      t.equal(headers.get('content-type'), 'text/html; charset=utf-8');
      t.match(text, lang === 'fa' ? /<h1>[^<]*[\u0600-\u06ff][^<]*<\/h1>/ : /<h1>[A-Z][^<]+<\/h1>/, code);
      t.equal(text.match(/<h2>[^<]+<\/h2>\s*<p>[^<]+<\/p>/g)?.length, 2, `${code}: when, what to do`);
      t.notMatch(text.replace(/<style>.*<\/style>/s, ''), /\{\w+\}|undefined|<script/, code);
      t.match(headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-/);
      t.match(headers.get('vary'), /accept/i);
    }
  }
});

t.test('programs get the same as JSON, causes before their consequences', async (t) => {
  const { body, headers } = await service.get('/findings');
  t.match(headers.get('cache-control'), /public/);
  t.same(
    body.findings.map(({ code }: { code: string }) => code),
    findingCodes,
  );
  const { body: one } = await service.get('/findings/days-above-month');
  t.same(
    one,
    body.findings.find(({ code }: { code: string }) => code === 'days-above-month'),
  );
  t.match(one, { severity: 'error', title: { fa: /روزهای کارکرد/, en: /days/ } });
  const { text } = await service.get('/findings', { headers: { accept: 'text/html' } });
  for (const code of findingCodes) t.ok(text.includes(`href="/findings/${code}?lang=fa"`), code);
});

t.test('an unknown code is a problem', async (t) => {
  for (const [code, status] of [
    ['no-such-finding', 404],
    ['constructor', 404],
    ['__proto__', 400],
    ['<script>', 400],
  ] as const) {
    const { status: answered, text } = await service.get(`/findings/${encodeURIComponent(code)}`);
    t.equal(answered, status, code);
    t.notMatch(text, /<script>/);
  }
});

t.test('what no files show by themselves is made by a test', async (t) => {
  for (const [file, codes] of Object.entries(foundBeyondTheFiles)) {
    const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
    // The test takes them from the same list, or names each.
    const takesAll = text.includes(`foundBeyondTheFiles['${file}']`);
    for (const code of codes) t.ok(takesAll || text.includes(`'${code}'`), `${code} in ${file}`);
  }
});
