import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { clientAdministration, clientScopes } from '../../src/features/clients/index.ts';
import { createMessageTexts } from '../../src/messaging/texts.ts';
import { reachableEnvironment, startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { readContract } from '../support/contract.ts';
import { installClient, readersModule, readGuide, typeErrors } from '../support/guide.ts';
import {
  codeSentTo,
  goodPassword,
  insuredPerson,
  messagesTo,
  otherPassword,
  type Person,
  signIn,
  signUp,
  wrongCode,
} from '../support/journey.ts';
import { accountOf, mailTo, withEmail } from '../support/recovery.ts';
import { list, toCode, work } from '../support/register.ts';
import { registerOf } from '../support/signed-in.ts';

// The code of the guide is run as it stands on its pages, block after block, so that it cannot rot.

const service = await startTestService(t, { environment: await reachableEnvironment() });
const { origin } = service;
const guide = readGuide();
/** What the pages import of their reader's own: given by the test. */
const readersOwn = {
  'mobile-app': readersModule(
    `type Reader = Readonly<{
  baseUrl: string;
  ask(what: string, hint?: string): Promise<string>;
  show(text: string): void;
  vault: {
    getItem(name: string): Promise<string | null>;
    setItem(name: string, text: string): Promise<void>;
  };
}>;`,
    ['baseUrl', 'ask', 'show', 'vault'],
  ),
  record: readersModule(
    `import type { components, Session } from '@savabegh/client';
type Held = Readonly<{ etag: string; record: components['schemas']['InsuranceRecords'] }>;
type Reader = Readonly<{
  session: Session;
  show(text: string): void;
  cache: { read(): Held | null; write(held: Held): void };
  saveFile(name: string, content: Blob): Promise<void>;
}>;`,
    ['session', 'show', 'cache', 'saveFile'],
  ),
  institution: readersModule(
    `type Reader = Readonly<{
  baseUrl: string;
  listFolder: string;
  log(line: string): void;
  secrets: Readonly<Record<'clientId' | 'clientSecret' | 'signingClientId' | 'privateKey', string>>;
}>;`,
    ['baseUrl', 'listFolder', 'log', 'secrets'],
  ),
};
const program = t.testdir({
  'package.json': '{ "type": "module" }',
  'mobile-app': { 'your-app.ts': readersOwn['mobile-app'] },
  'mobile-app-elsewhere': { 'your-app.ts': readersOwn['mobile-app'] },
  record: { 'your-app.ts': readersOwn.record },
  'record-of-nobody': { 'your-app.ts': readersOwn.record },
  institution: { 'your-program.ts': readersOwn.institution },
});
for (const { name, blocks } of guide) {
  const code = blocks('ts');
  if (code.length > 0) await writeFile(join(program, name, 'page.ts'), code.join('\n\n'));
}
await cp(join(program, 'record/page.ts'), join(program, 'record-of-nobody/page.ts'));
await cp(join(program, 'mobile-app/page.ts'), join(program, 'mobile-app-elsewhere/page.ts'));
await installClient(program);

async function runPage(name: string, reader: object): Promise<void> {
  Object.assign(globalThis, { reader });
  await import(join(program, name, 'page.ts'));
}

t.test('its code has the types of the contract', async (t) => {
  t.equal(await typeErrors(program), '');
});

async function newestLinkOf(person: Person): Promise<string> {
  const { email } = await accountOf(service, person);
  const messages = [
    ...(email === null ? [] : await mailTo(service, email)),
    ...(await messagesTo(service, person.mobile)),
  ];
  return /http\S+#dispute=\S+/.exec(messages.map(({ text }) => text).join('\n'))?.[0] ?? '';
}

/** A person at the phone, who gets most things wrong at first, and may come back on another phone. */
function personAtThePhone(person: Person, { method = 'sms', forgetsDevice = false } = {}) {
  const shown: string[] = [];
  const kept = new Map<string, string>();
  const asked = new Map<string, number>();
  const inOrder: Record<string, readonly string[]> = {
    mobile: ['0912', person.mobile],
    password: ['Wrong7Words', goodPassword, otherPassword],
    'new password': ['password', goodPassword, otherPassword],
    'new password again': ['password', goodPassword, otherPassword],
    answer: ['باغچهٔ آجری', 'کوچهٔ یاس', 'دوچرخهٔ قرمز'],
    'birth date': [person.birthDate],
    'national code': [person.nationalCode],
    method: [method],
    'was it you': ['no'],
    'is this your device': ['yes'],
  };
  async function ask(what: string): Promise<string> {
    const times = asked.get(what) ?? 0;
    asked.set(what, times + 1);
    if (what === 'code') {
      const code = await codeSentTo(service, person.mobile);
      return times % 2 === 0 ? wrongCode(code) : code;
    }
    // Not the first thing that somebody does in an app; the notice of the recovery goes there.
    if (what === 'method' && method === 'sms') await withEmail(service, person);
    if (what === 'link of the notice') return newestLinkOf(person);
    const answers = inOrder[what] ?? [];
    const answer = what === 'answer' ? answers[times % answers.length] : (answers[times] ?? answers.at(-1));
    if (answer === undefined) throw new Error(`asked for ${what}`);
    return answer;
  }
  const withoutDevice = (text: string) => {
    const { deviceToken: _, ...rest } = JSON.parse(text);
    return JSON.stringify(rest);
  };
  const vault = {
    getItem: async (name: string) => kept.get(name) ?? null,
    setItem: async (name: string, text: string) =>
      void kept.set(name, forgetsDevice ? withoutDevice(text) : text),
  };
  return { baseUrl: origin, ask, vault, show: (text: string) => void shown.push(text), shown, kept };
}

t.test('the app of its first page signs up, in, recovers, and disputes it', async (t) => {
  const person = await insuredPerson(service);
  const phone = personAtThePhone(person);
  await runPage('mobile-app', phone);
  const shown = phone.shown.join('\n');
  for (const text of [/همراه/, /کد پذیرفته نشد|کد نادرست/, /minlength: 8/, /کد ملی و گذرواژه/, /09\d\d•••/]) {
    t.match(shown, text);
  }
  t.equal(phone.shown.at(-1), 'account locked');
  t.same([...phone.kept.keys()], ['savabegh'], 'all that is kept');
  const refused = await signIn(service, person, otherPassword);
  t.equal(refused.body.code, 'account-locked');
});

t.test('on a phone that the account does not know it asks for the questions as at sign-up', async (t) => {
  const person = await insuredPerson(service);
  const phone = personAtThePhone(person, { method: 'questions', forgetsDevice: true });
  await runPage('mobile-app-elsewhere', phone);
  t.equal(phone.shown.at(-1), 'account locked');
  const kinds = (await messagesTo(service, person.mobile)).map(({ purpose }) => purpose);
  t.ok(kinds.includes('password-recovered'));
  t.notOk(kinds.includes('recovery-code'), 'no code was sent');
});

async function signedInReader(person: Person) {
  const name: string = join(program, 'node_modules/@savabegh/client/dist/index.js');
  const { createSavabegh } = (await import(name)) as typeof import('../../clients/typescript/src/index.ts');
  const { nationalCode } = person;
  const session = await createSavabegh({ baseUrl: origin }).signIn({ nationalCode, password: goodPassword });
  const shown: string[] = [];
  const files = new Map<string, string>();
  let held: unknown = null;
  function write(next: unknown): void {
    held = next;
  }
  return {
    session,
    shown,
    files,
    show: (text: string) => void shown.push(text),
    cache: { read: () => held, write },
    saveFile: async (file: string, content: Blob) => void files.set(file, await content.text()),
  };
}

t.test('the app of its second page shows a record, and an empty one', async (t) => {
  const person = await signUp(service);
  const register = registerOf(t, service);
  for (const [year, month] of [
    [1403, 12],
    [1404, 2],
  ] as const) {
    await register.ingest(list({ year, month, rows: [work(person.nationalCode, 29)] }));
  }
  const reader = await signedInReader(person);
  await runPage('record', reader);
  t.equal(reader.shown[0], '۰ سال و ۱ ماه و ۲۸ روز');
  t.equal(reader.shown[1], 'بدون سابقه: 1404/1 تا 1404/1');
  t.ok(reader.shown.includes('اردیبهشت: ۲۹ روز شرکت نمونه'));
  t.same(reader.shown.slice(-2), ['2 years, from the copy', '1404 1403']);
  t.match(reader.files.get('insurance-records.csv'), /سال.*\n.*"\u200E0987654321"/s);

  const newcomer = await signedInReader(await signUp(service));
  await runPage('record-of-nobody', newcomer);
  t.match(newcomer.shown[0], /^تا کنون هیچ سابقهٔ بیمه‌ای/);
  t.match(newcomer.shown.at(-2), /^0 years, from the copy/);
});

t.test('the program of its third page sends a list and reads the report', async (t) => {
  const foreigner = { ...work(toCode(2)), PER_NATCOD: '' };
  const { workshop, workers } = list({ year: 1404, month: 5, rows: [work(toCode(1)), foreigner] });
  await writeFile(join(program, 'DSKKAR00.DBF'), workshop);
  await writeFile(join(program, 'DSKWOR00.DBF'), workers);
  const scopes = ['employer-lists:write', 'employer-lists:read'] as const;
  const { clientId, secret } = await machineClient(service, scopes);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const signing = await clientAdministration.createClient(service.db, {
    name: 'برنامهٔ امضاکننده',
    scopes: [...scopes],
    workshopCodes: null,
    requestsPerMinute: 60,
    key: clientAdministration.readPublicKey(pem),
  });
  const lines: string[] = [];
  const { fetch } = globalThis;
  let busy = true;
  globalThis.fetch = async (...call) => {
    const [request] = call;
    if (!busy || !(request instanceof Request) || !request.url.includes('/employer-lists'))
      return fetch(...call);
    busy = false;
    const problem = { type: 'busy', code: 'busy', title: '', status: 503, detail: '', retryAfterSeconds: 1 };
    return Response.json(problem, { status: 503, headers: { 'retry-after': '1' } });
  };
  t.teardown(() => {
    globalThis.fetch = fetch;
  });
  await runPage('institution', {
    baseUrl: origin,
    listFolder: program,
    log: (line: string) => void lines.push(line),
    secrets: {
      clientId,
      clientSecret: secret,
      signingClientId: signing.clientId,
      privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    },
  });
  t.notOk(busy, 'a busy service was asked again');
  t.match(lines.shift(), /^warning DSKWOR00 row 2 PER_NATCOD [a-z-]+: /);
  t.equal(lines.shift(), 'accepted-with-warnings');
  t.match(lines, [/^accepted-with-warnings on \d{4}-/, /^1404\/5 counts$/]);
});

/** Whether a path fills the holes of a template. */
const isAt = (template: string, path = '') =>
  new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path);

t.test('what its commands call is in the contract', async (t) => {
  const { operations } = await readContract(service);
  const calls = guide.flatMap(({ blocks }) => blocks('sh')).filter((block) => block.startsWith('curl'));
  t.ok(calls.length >= 3);
  for (const call of calls) {
    const path = /https:\/\/savabegh\.example(\/[^\s'?]*)/.exec(call)?.[1];
    const method = /-X (\w+)/.exec(call)?.[1] ?? (/ -[dF] /.test(call) ? 'POST' : 'GET');
    t.ok(
      operations.some((operation) => operation.method === method && isAt(operation.path, path)),
      `${method} ${path}`,
    );
  }
});

t.test('routes and codes that its texts name are in the contract', async (t) => {
  const { operations, document } = await readContract(service);
  const known = new Set(operations.map(({ method, path }) => `${method} ${path}`));
  const codes = new Set<string>(document.components.schemas.ProblemCode['x-extensible-enum']);
  for (const { name, text } of guide) {
    const routes = [...text.matchAll(/`(GET|POST|PUT|DELETE) (\/[^\s`]+)`/g)];
    for (const [, method, path] of routes) t.ok(known.has(`${method} ${path}`), `${name}: ${method} ${path}`);
    const rows = text.matchAll(/^\| \d{3}[^|]*\|([^|]+)\|/gm);
    const named = [...rows].flatMap(([, cell = '']) => [...cell.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)]);
    for (const [, code = ''] of named) t.ok(codes.has(code), `${name}: ${code}`);
  }
});

t.test('the table of scopes has those that a program can be given, in both languages', (t) => {
  for (const page of ['', 'fa/']) {
    const text = readFileSync(new URL(`../../docs/guide/${page}institution.md`, import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| `([a-z-]+:[a-z]+)` \|/gm)].map(([, scope]) => scope);
    t.same(rows.sort(), Object.keys(clientScopes).sort(), `${page}institution.md`);
  }
  t.end();
});

t.test('the SMS that it shows is the one that is sent', (t) => {
  const { sms } = createMessageTexts({ publicUrl: 'https://savabegh.example' });
  const { text } = sms('recovery-code', 'fa', { code: '123456', time: '۱۴:۳۲' });
  t.same(
    guide.flatMap(({ blocks }) => blocks('text')),
    [text],
  );
  t.end();
});

t.test('every page is served in both languages, once for everybody', async (t) => {
  for (const lang of ['fa', 'en'] as const) {
    const index = await service.get('/docs/guide', { headers: { 'accept-language': lang } });
    t.equal(index.headers.get('content-language'), lang);
    for (const { name } of guide) {
      const { status, headers, text: html } = await service.get(`/docs/guide/${name}?lang=${lang}`);
      t.equal(status, 200, name);
      t.equal(headers.get('content-type'), 'text/html; charset=utf-8');
      t.equal(headers.get('content-language'), lang);
      t.match(headers.get('vary'), /accept-language/);
      t.match(html, `<html lang="${lang}" dir="${lang === 'fa' ? 'rtl' : 'ltr'}">`);
      t.match(
        headers.get('content-security-policy'),
        /^default-src 'none'; style-src 'sha256-[^;]+; base-uri 'none'/,
      );
      t.ok(index.text.includes(`href="/docs/guide/${name}?lang=${lang}"`));
      for (const [, path = ''] of html.matchAll(/href="(\/[^"#]*)/g)) {
        t.equal((await service.get(path)).status, 200, `${name} leads to ${path}`);
      }
      for (const [, place = ''] of html.matchAll(/href="#([^"]*)/g))
        t.ok(html.includes(`id="${place}"`), place);
      const again = await service.get(`/docs/guide/${name}?lang=${lang}`, {
        headers: { 'if-none-match': headers.get('etag') ?? '' },
      });
      t.equal(again.status, 304);
    }
  }
  t.equal((await service.get('/docs/guide/other')).status, 404);
});

/** What of a page must not differ between languages: sections, items, tables, code, and what is named in code. */
function structureOf(html: string) {
  const main = html.slice(html.indexOf('<main'), html.indexOf('<nav class="steps"'));
  const [, ...sections] = main.split(/(?=<h[1-3] id=")/);
  return sections.map((section) => ({
    heading: /^<h\d id="[^"]*"/.exec(section)?.[0],
    blocks: [...section.matchAll(/<pre[^>]*>.*?<\/pre>/gs)].map(([block]) => block),
    named: [...section.replace(/<pre.*?<\/pre>/gs, '').matchAll(/<code>(.*?)<\/code>/gs)]
      .map(([, code = '']) => code)
      .sort(),
    items: section.match(/<li>/g)?.length ?? 0,
    cells: section.match(/<t[hd]>/g)?.length ?? 0,
    links: [...section.matchAll(/ href="([^"?]*)/g)].map(([, href]) => href).sort(),
  }));
}

t.test('the languages say the same: sections, lists, tables, links, code', async (t) => {
  for (const { name } of guide) {
    const [fa, en] = await Promise.all(
      ['fa', 'en'].map(async (lang) =>
        structureOf((await service.get(`/docs/guide/${name}?lang=${lang}`)).text),
      ),
    );
    t.ok((en?.length ?? 0) > 4, name);
    t.same(fa, en, name);
  }
});

t.test('a language that is unknown is none, and the code stands on both pages', async (t) => {
  const { headers, text } = await service.get('/docs/guide/record?lang=de', {
    headers: { 'accept-language': 'de, en' },
  });
  t.equal(headers.get('content-language'), 'en');
  t.match(text, /createSavabegh|savabegh\/client/);
  t.match((await service.get('/docs/guide/record?lang=fa')).text, /createSavabegh|savabegh\/client/);
});
