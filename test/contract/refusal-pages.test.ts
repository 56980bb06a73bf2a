import t from 'tap';
import { startTestService } from '../support/app.ts';

const service = await startTestService(t);
/** As browsers ask. */
const browsing = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

t.test('who follows a link that leads nowhere reads a page, in the language of choice', async (t) => {
  const said = { fa: 'صفحه پیدا نشد', en: 'There is nothing at this address' };
  for (const lang of ['fa', 'en'] as const) {
    for (const answer of [
      await service.get('/nowhere', { headers: { ...browsing, 'accept-language': lang } }),
      await service.get(`/docs/guide/nowhere?lang=${lang}`, { headers: browsing }),
    ]) {
      t.equal(answer.status, 404);
      t.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
      t.equal(answer.headers.get('content-language'), lang);
      t.equal(answer.headers.get('cache-control'), 'no-store');
      t.match(answer.headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-/);
      t.match(answer.text, `<html lang="${lang}"`);
      t.match(answer.text, `<h1>${said[lang]}</h1>`);
      t.match(answer.text, answer.headers.get('request-id') ?? 'a request id');
      t.match(answer.text, `href="/docs/guide?lang=${lang}"`);
    }
  }
});

t.test('a page of the service that refuses something says it as a page', async (t) => {
  const hostile = encodeURIComponent('"><script>alert(1)</script>');
  for (const path of ['/problems/UNKNOWN', `/problems/${hostile}`, `/findings?lang=${hostile}`]) {
    const { status, text, headers } = await service.get(path, { headers: browsing });
    t.ok(status === 400 || status === 404, `${path}: ${status}`);
    t.match(headers.get('content-type'), /^text\/html/, path);
    t.notMatch(text, 'alert(1)');
  }
  const head = await service.call('HEAD', '/nowhere', { headers: browsing });
  t.equal(head.status, 404);
  t.match(head.headers.get('content-type'), /^text\/html/);
});

t.test('programs, and whatever is called by programs alone, get JSON', async (t) => {
  for (const [method, path, headers] of [
    ['GET', '/nowhere', {}],
    ['GET', '/nowhere', { accept: 'application/json, text/html' }],
    ['GET', '/nowhere', { accept: 'application/problem+json' }],
    ['GET', '/v1/nowhere', browsing],
    ['GET', '/v1/me', browsing],
    ['POST', '/nowhere', browsing],
  ] as const) {
    const answer = await service.call(method, path, { headers });
    t.match(answer.headers.get('content-type'), 'application/problem+json', `${method} ${path}`);
    t.ok(answer.body.code, `${method} ${path}`);
  }
});
