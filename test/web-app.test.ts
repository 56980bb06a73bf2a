import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { readConfig } from '../src/composition/config.ts';
import { startTestService } from './support/app.ts';

/** The pages of `web/` as the service serves them, built by `npm ci`. */

const service = await startTestService(t);
const pages = readdirSync(new URL('../web/src/pages/', import.meta.url));
const front = await service.get('/');
const attributes = (text: string) =>
  [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, url = '']) => url);

/** The first page may take so much script, compressed by gzip: interactive in two seconds on a slow phone. */
const maxFirstScriptBytes = 120 * 1024;

t.test(
  'every page is one document, asked for each time, in which nothing runs but our own files',
  async (t) => {
    for (const path of ['/', ...pages.flatMap((page) => [`/${page}`, `/${page}/any/step?lang=en`])]) {
      const { status, headers, text } = await service.get(path);
      t.equal(status, 200, path);
      t.equal(text, front.text);
      t.match(headers.get('content-type'), /^text\/html/);
      t.equal(headers.get('cache-control'), 'no-cache');
      const policy = headers.get('content-security-policy') ?? '';
      t.match(policy, "script-src 'self'; style-src 'self'");
      t.match(policy, "require-trusted-types-for 'script'");
      t.notMatch(policy, /unsafe|https?:|\*/);
    }
    t.notMatch(
      front.text,
      /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/,
      'no script or style in the document',
    );
    const again = await service.get('/', { headers: { 'if-none-match': front.headers.get('etag') ?? '' } });
    t.equal(again.status, 304);
  },
);

t.test(
  'files are named by their content and kept for ever, compressed as the browser takes it',
  async (t) => {
    const files = attributes(front.text);
    t.ok(files.length >= 3, `${files}`);
    for (const file of files) {
      const response = await fetch(`${service.origin}${file}`, { headers: { 'accept-encoding': 'gzip' } });
      t.equal(response.status, 200, file);
      t.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable');
      t.equal(response.headers.get('x-content-type-options'), 'nosniff');
      t.match(
        response.headers.get('content-type'),
        /^((text|application)\/(javascript|css)|image\/svg\+xml)/,
      );
      t.match(file, /-[\w-]{8}\.\w+$/);
      if (/\.(js|css)$/.test(file)) t.equal(response.headers.get('content-encoding'), 'gzip');
    }
  },
);

type Manifest = Readonly<Record<string, Readonly<{ file: string; imports?: readonly string[] }>>>;

t.test('the first page is small', async (t) => {
  const dist = new URL('../web/dist/', import.meta.url);
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8')) as Manifest;
  const files = new Set<string>();
  const collect = (source: string) => {
    const { file = '', imports = [] } = manifest[source] ?? {};
    files.add(file);
    for (const other of imports) if (!files.has(manifest[other]?.file ?? '')) collect(other);
  };
  for (const source of ['index.html', 'src/pages/sign-in/page.tsx']) collect(source);
  t.ok(files.size > 2, 'pages are loaded on demand');
  const bytes = [...files].reduce((sum, file) => sum + readFileSync(new URL(`${file}.gz`, dist)).length, 0);
  t.ok(bytes <= maxFirstScriptBytes, `${bytes} bytes`);
  t.comment(`${bytes} bytes of script`);
  for (const file of files) {
    const kept = gunzipSync(readFileSync(new URL(`${file}.gz`, dist)));
    t.ok(kept.equals(readFileSync(new URL(file, dist))), 'what was compressed is the file');
  }
});

t.test('what is no page and no file is a problem as everywhere', async (t) => {
  for (const path of [
    '/nothing',
    '/sign-inn',
    '/assets/nothing.js',
    '/assets',
    '/assets/%2e%2e/manifest.json',
    '/assets/%00',
    '/assets/..%2fmanifest.json',
    '/manifest.json',
    '/assets/',
  ]) {
    const { status, body } = await service.get(path);
    t.match([status, body?.code], [404, 'not-found'], path);
  }
  const { status, headers } = await service.post('/sign-in', {});
  t.match([status, headers.get('allow')], [405, /GET/]);
});

t.test('password managers are led to the page where a password is changed', async (t) => {
  const { status, headers } = await service.get('/.well-known/change-password');
  t.match([status, headers.get('location')], [302, `${service.config.publicUrl}/account`]);
});

t.test('without the pages the first address leads to the guide', async (t) => {
  const bare = await service.replica({ background: false }, { WEB_APP: 'off' });
  const { status, headers } = await bare.get('/');
  t.match([status, headers.get('location')], [302, '/docs/guide']);
  for (const page of pages) t.equal((await bare.get(`/${page}`)).status, 404);
});

t.test('in production they are served to who switches them on', async (t) => {
  const isOn = (environment: Record<string, string>) => readConfig(environment).config.webApp;
  t.equal(isOn({}), true);
  t.equal(isOn({ NODE_ENV: 'production' }), false);
  t.equal(isOn({ NODE_ENV: 'production', WEB_APP: 'on' }), true);
});
