import fc from 'fast-check';
import t from 'tap';
import { textFormats } from '../../src/http/formats.ts';
import { startTestService } from '../support/app.ts';
import { signIn, signUp } from '../support/journey.ts';

// biome-ignore lint/suspicious/noExplicitAny: the document is walked as the JSON that it is
type Json = any;

const service = await startTestService(t);
const { body: document } = await service.get('/openapi.json');

/** Texts of requests and answers, examples left out. */
function* textsOf(part: Json): Generator<Json> {
  if (typeof part !== 'object' || part === null) return;
  if (part.type === 'string') yield part;
  for (const [key, value] of Object.entries(part)) {
    if (key !== 'examples' && key !== 'example') yield* textsOf(value);
  }
}

const texts = [...textsOf(document)];
const patterned = Object.entries(textFormats).filter(([, { pattern }]) => pattern !== undefined);
const patternOf = (format: string): string => texts.find((text) => text.format === format)?.pattern;

const scripts = ['0123456789', '۰۱۲۳۴۵۶۷۸۹', '٠١٢٣٤٥٦٧٨٩', '０１２３４５６７８９'];
/** What stands between and around, wanted and unwanted. */
const between = [
  ...[' ', '\u00a0', '\u3000', '\n', '\t', '\u200c', '\u200e', '\u200f', '\ufeff', '\u00ad', '\u{e0020}'],
  ...['-', '–', '−', '－', '‐', '.', '．', '/', '／', '(', ')', '+', '＋', '_', ':', '،', 'ـ', '٬'],
  ...['a', 'O', 'Ａ', 'ن', 'é', '①', '½', '𝟗', '二', '७', '@', '＠', '\0', '\ud800', '😀', '#', '%', '{'],
];

/** As people and clipboards write what is meant: digits of any keyboard, things between, a letter lost or gained. */
function written(meant: string): fc.Arbitrary<string> {
  const keyboards = fc.array(fc.nat(scripts.length - 1), {
    minLength: meant.length,
    maxLength: meant.length,
  });
  const additions = fc.array(
    fc.record({
      at: fc.nat(meant.length),
      text: fc.oneof(fc.constantFrom(...between), fc.string({ unit: 'binary' })),
    }),
    { maxLength: 4, size: 'max' },
  );
  const loss = fc.option(fc.nat(meant.length), { freq: 5 });
  return fc.tuple(keyboards, additions, loss).map(([choices, added, lost]) => {
    const parts = [...meant].map((sign, place) => {
      if (place === lost) return '';
      return /[0-9]/.test(sign) ? (scripts[choices[place] ?? 0]?.[Number(sign)] ?? sign) : sign;
    });
    for (const { at, text } of added) parts.splice(at, 0, text);
    return parts.join('');
  });
}

const values: Readonly<Record<string, readonly string[]>> = {
  'national-code': ['0499370899', '049-937089-9', '0790419904'],
  'insurance-number': ['00427915', '0042791512', '00-427915'],
  'iran-mobile': [
    '09124370815',
    '9124370815',
    '+989124370815',
    '00989124370815',
    '98 0912 437 0815',
    '(0912) 437-0815',
  ],
  'idn-email': [
    'maryam@example.org',
    "o'brien+tag@mail.example.co",
    'maryam@سرو.ایران',
    'm.a@bücher.example',
  ],
  'one-time-code': [
    '123456',
    '123-456',
    'کد: 123456 به هیچ‌کس نگویید\n@savabegh.example #123456',
    'Code 123456 until 14:32.',
  ],
  'jalali-date': ['1370-01-05', '13700105', '1370/1/5', '1599.12.30', '1200/01/01'],
  'jalali-month': ['1404-08', '1404/8', '1599-12'],
  'workshop-code': ['0987654321', '1111111111'],
  'idempotency-key': ['b7Qm0h2Vt9sXk4LrEw6PzA', `${'x'.repeat(200)}`],
  'text-with-letters': ['Birth certificate seen', 'مریم', 'é', '𠮷', '12'],
};

t.test('whatever a format takes its documented pattern takes', (t) => {
  t.same(
    Object.keys(values),
    patterned.map(([name]) => name),
    'every format is tried',
  );
  for (const [name, { accepts }] of patterned) {
    const pattern = patternOf(name);
    t.ok(pattern, `${name} stands in the document`);
    // Engines of other languages read it without this flag, and `\S` and classes then go by halves of characters.
    const engines = [new RegExp(pattern, 'u'), new RegExp(pattern)];
    const seen = { accepted: 0, refused: 0 };
    const judge = (text: string) => {
      if (!accepts(text)) {
        seen.refused += 1;
        return true;
      }
      seen.accepted += 1;
      return engines.every((engine) => engine.test(text));
    };
    const written_ = fc.constantFrom(...(values[name] ?? [])).chain(written);
    const anything = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(fc.property(fc.oneof({ weight: 9, arbitrary: written_ }, anything), judge), { numRuns: 5000 });
    t.ok(seen.accepted > 200 && seen.refused > 200, `${name}: ${JSON.stringify(seen)}`);
  }
  t.end();
});

t.test('a pattern is of use: what is plainly something else it refuses', (t) => {
  const wrong: Readonly<Record<string, readonly string[]>> = {
    'national-code': ['', '123', '04993708990', 'O499370899', '0499370899 a'],
    'insurance-number': ['', '0042791', '004279151', '00427915123'],
    'iran-mobile': ['', '0912437081', '02161234567', '+4479124370815', '091243708150', 'maryam@example.org'],
    'idn-email': ['', 'maryam', 'maryam@', '@example.org', 'maryam@localhost', 'a@b@example.org'],
    'one-time-code': ['', '12345', 'no code', '12a345b6'],
    'jalali-date': ['', '1991-04-04', '70/1/5', '1370-1', '1370-01-050'],
    'jalali-month': ['', '2025-11', '1404', '140408x', '1404-008'],
    'workshop-code': ['', '987654321', '09876543210'],
    'idempotency-key': ['', 'short', `with a blank ${'x'.repeat(20)}`, 'x'.repeat(201)],
    'text-with-letters': ['', '123', ' .- '],
  };
  t.same(
    Object.keys(wrong),
    patterned.map(([name]) => name),
  );
  for (const [name, { accepts }] of patterned) {
    const pattern = new RegExp(patternOf(name), 'u');
    for (const text of values[name] ?? []) if (accepts(text)) t.ok(pattern.test(text), `${name}: ${text}`);
    for (const text of wrong[name] ?? []) {
      t.notOk(pattern.test(text), `${name}: ${JSON.stringify(text)}`);
      t.notOk(accepts(text), `${name}: ${JSON.stringify(text)} is refused`);
    }
  }
  t.end();
});

t.test('patterns stand wherever their formats do, and every engine can read them', (t) => {
  for (const text of texts) {
    const { pattern } = textFormats[text.format] ?? {};
    if (pattern !== undefined) t.equal(text.pattern, pattern, text.format);
    if (text.pattern === undefined) continue;
    t.match(text.pattern, /^\^.*\$$/, 'about the whole text: some engines search, some match');
    t.notMatch(
      text.pattern,
      /\(\?(?!:)|\\[pPkbBdDwWuU1-9]/,
      `${text.pattern}: no look-around, class or reference`,
    );
    for (const example of text.examples ?? []) t.match(example, new RegExp(text.pattern, 'u'));
  }
  t.end();
});

t.test('over HTTP: what the document refuses the service refuses, field by field', async (t) => {
  const { schema } =
    document.paths['/v1/password-policy/evaluations'].post.requestBody.content['application/json'];
  const name = schema.$ref.split('/').at(-1);
  const { properties } = document.components.schemas[name];
  const fields = Object.keys(properties).filter((field) => textFormats[properties[field].format]?.pattern);
  t.same(fields.sort(), ['insuranceNumber', 'mobile', 'nationalCode']);
  const typed = (field: string) =>
    fc.constantFrom(...(values[properties[field].format] ?? [])).chain(written);
  const body = fc.record(Object.fromEntries(fields.map((field) => [field, typed(field)])));
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(body, async (given) => {
      const answer = await service.post('/v1/password-policy/evaluations', {
        password: 'Sarv7Boland9',
        ...given,
      });
      const pointers: string[] = (answer.body.errors ?? []).map(({ pointer }: Json) => pointer);
      for (const [field, text] of Object.entries(given)) {
        const { pattern, maxLength } = properties[field];
        if (new RegExp(pattern, 'u').test(text) && [...text].length <= maxLength) continue;
        refused += 1;
        if (!pointers.includes(`/${field}`)) return false;
      }
      return true;
    }),
    { numRuns: 150 },
  );
  t.ok(refused > 20, `${refused} were refused`);
});

t.test('an id is what the database takes for one', async (t) => {
  const { accessToken: token } = (await signIn(service, await signUp(service))).body;
  const id = '0198c3a1-9f02-7d41-b6a3-5c1e8f20d9b7';
  for (const text of [`urn:uuid:${id}`, `{${id}}`, id.replaceAll('-', ''), `${id} `, '۰198c3a1']) {
    const refused = await service.call('DELETE', `/v1/me/sessions/${encodeURIComponent(text)}`, { token });
    t.match(refused, { status: 400, body: { errors: [{ pointer: '/path/id', code: 'uuid' }] } }, text);
  }
  t.equal((await service.call('DELETE', `/v1/me/sessions/${id.toUpperCase()}`, { token })).status, 404);
});
