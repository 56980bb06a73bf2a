import fc from 'fast-check';
import t from 'tap';
import {
  createSecurityAnswers,
  type SecurityAnswer,
  securityQuestions,
} from '../../src/features/security-questions/index.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { startTestService } from '../support/app.ts';

/** Stands for the slow hash: the text itself, so that tests see what is hashed. */
const hashed: string[] = [];
const securityAnswers = createSecurityAnswers({
  hasher: {
    hash: async (secret) => {
      hashed.push(secret);
      return secret;
    },
    verify: async (secret, stored) => {
      hashed.push(secret);
      return { matches: secret === stored, needsRehash: false };
    },
    isReused: async () => false,
  },
});

const person = { nationalCode: '0499370899', insuranceNumber: '0026814057', mobile: '09124370815' };
const good: SecurityAnswer[] = [
  { question: 'hiding-place', answer: 'پشت انبار گندم' },
  { question: 'childhood-toy', answer: 'خرس قهوه‌ای' },
  { question: 'first-purchase', answer: 'رادیوی دست دوم' },
];
const withAnswer = (answer: string): SecurityAnswer[] =>
  good.map((item, index) => (index === 1 ? { ...item, answer } : item));
const codesOf = (answers: readonly SecurityAnswer[]) =>
  securityAnswers
    .examine(answers, '/securityAnswers', person)
    .map(({ pointer, code }) => `${pointer} ${code}`);

t.test('the catalogue is public, in both languages, and not sent again to who has it', async (t) => {
  const service = await startTestService(t);
  const { status, body, headers } = await service.get('/v1/security-questions');
  t.equal(status, 200);
  t.equal(body.questionsPerPerson, 3);
  t.equal(body.questions.length, 15);
  t.match(body.questions[0], { id: 'childhood-toy', text: { fa: /؟$/, en: /\?$/ } });
  t.match(headers.get('cache-control'), /^public, max-age=\d+$/);
  const etag = headers.get('etag') ?? '';
  t.equal((await service.get('/v1/security-questions', { headers: { 'if-none-match': etag } })).status, 304);
  t.equal(
    (await service.get('/v1/security-questions', { headers: { 'if-none-match': '"other"' } })).status,
    200,
  );
});

t.test('every question of the catalogue has an id and texts of its own', async (t) => {
  for (const pick of [
    (q: (typeof securityQuestions)[number]) => q.id,
    (q: (typeof securityQuestions)[number]) => q.text.fa,
    (q: (typeof securityQuestions)[number]) => q.text.en,
  ]) {
    t.equal(new Set(securityQuestions.map(pick)).size, securityQuestions.length);
  }
  for (const { id } of securityQuestions) t.match(id, /^[a-z-]{1,40}$/);
});

t.test('three good answers to three questions are enrolled', async (t) => {
  t.same(codesOf(good), []);
  t.doesNotThrow(() => securityAnswers.check(good, '/securityAnswers', person));
});

t.test('answers that protect nothing are refused', async (t) => {
  const cases: [answer: string, code: string][] = [
    ['', 'answer-too-short'],
    ['   ', 'answer-too-short'],
    ['\u200c\u200f', 'answer-too-short'],
    ['؟!؟!؟!', 'answer-too-short'],
    ['قم', 'answer-too-short'],
    ['aaaa', 'answer-trivial'],
    ['۱۲۳۴', 'answer-trivial'],
    ['dcba', 'answer-trivial'],
    ['نمی‌دانم', 'answer-trivial'],
    ['نمي دانم', 'answer-trivial'],
    ['هیچ‌کس', 'answer-trivial'],
    ['یادم نیست!', 'answer-trivial'],
    ["I don't know", 'answer-trivial'],
    ['None', 'answer-trivial'],
    ['خرس\ud800قهوه', 'answer-trivial'],
    ['اسباب‌بازی', 'answer-repeats-question'],
    ['عزیزترین اسباب‌بازی کودکی شما', 'answer-repeats-question'],
    ['the toy', 'answer-repeats-question'],
    ['کد من 0499370899', 'answer-has-national-code'],
    ['کد من ۰۴۹۹۳۷۰۸۹۹', 'answer-has-national-code'],
    ['بیمهٔ ۰۰۲۶۸۱۴۰۵۷', 'answer-has-national-code'],
    ['زنگ بزن ۰۹۱۲ ۴۳۷ ۰۸۱۵', 'answer-has-mobile'],
    ['+98-912-437-0815 من', 'answer-has-mobile'],
    ['پشت انبار گندم', 'answer-repeated'],
    ['پشت\u200cانبار گندم', 'answer-repeated'],
    ['پشت  انبار، گندم', 'answer-repeated'],
    ['ع'.repeat(50) + 'ق'.repeat(51), 'answer-too-long'],
    ['\ufdfa'.repeat(10), 'answer-too-long'],
  ];
  for (const [answer, code] of cases)
    t.same(codesOf(withAnswer(answer)), [`/securityAnswers/1/answer ${code}`], answer);
  for (const answer of ['خرس اسباب‌بازی', 'my toy bear', 'شیر ۱۲', 'ماه‌پیشونی'])
    t.same(codesOf(withAnswer(answer)), [], answer);
});

t.test('exactly three different questions of the catalogue are to be answered', async (t) => {
  const [first, second, third] = good as [SecurityAnswer, SecurityAnswer, SecurityAnswer];
  t.same(codesOf([first, second]), ['/securityAnswers three-questions-needed']);
  t.same(codesOf([...good, { question: 'lost-thing', answer: 'ساعت جیبی' }]), [
    '/securityAnswers three-questions-needed',
  ]);
  t.same(codesOf([first, second, { ...third, question: 'mothers-maiden-name' }]), [
    '/securityAnswers/2/question question-unknown',
  ]);
  t.same(codesOf([first, second, { ...third, question: 'constructor' }]), [
    '/securityAnswers/2/question question-unknown',
  ]);
  t.same(codesOf([first, second, { ...third, question: first.question }]), [
    '/securityAnswers/2/question question-repeated',
  ]);
});

t.test('everything that is wrong is told at once, without repeating an answer', async (t) => {
  const bad = [
    { question: 'unknown', answer: 'x' },
    { question: 'childhood-toy', answer: 'Secret-0499370899' },
    { question: 'childhood-toy', answer: 'secret 0499370899' },
  ];
  try {
    securityAnswers.check(bad, '/answers', person);
    t.fail('was taken');
  } catch (error) {
    t.ok(error instanceof Problem);
    const { kind, extras } = error as Problem;
    t.equal(`${kind.status} ${kind.code}`, '422 security-answers-refused');
    t.same(
      extras.errors?.map(({ pointer, code }) => `${pointer} ${code}`),
      [
        '/answers/0/question question-unknown',
        '/answers/0/answer answer-too-short',
        '/answers/1/answer answer-has-national-code',
        '/answers/2/question question-repeated',
        '/answers/2/answer answer-has-national-code',
        '/answers/2/answer answer-repeated',
      ],
    );
    t.notMatch(JSON.stringify(extras.errors), /secret|0499370899/i);
  }
});

t.test('answers are right in any order and in any usual way of writing', async (t) => {
  const { hash, questions } = await securityAnswers.enrol(good);
  t.same(questions, ['childhood-toy', 'hiding-place', 'first-purchase'], 'in the order of the catalogue');
  const rewritten = [
    { question: 'first-purchase', answer: ' راديوي  دست‌دوم ' },
    { question: 'childhood-toy', answer: 'خرس قهوه ای' },
    { question: 'hiding-place', answer: 'پشت انبار گندم' },
  ];
  for (const answers of [good, [...good].reverse(), rewritten])
    t.ok((await securityAnswers.verify(answers, hash)).matches);
});

t.test('answers enrolled with an older fold are still right, and are stored with the newest', async (t) => {
  const hasher = {
    hash: async (secret: string) => `v1$p$${secret}`,
    verify: async (secret: string, stored: string | null) => ({
      matches: `v1$p$${secret}` === stored,
      needsRehash: false,
    }),
    isReused: async () => false,
  };
  const asTyped = (text: string) => text;
  const withoutCase = (text: string) => text.toLowerCase();
  const old = createSecurityAnswers({ hasher, folds: new Map([['f1', asTyped]]) });
  const today = createSecurityAnswers({
    hasher,
    folds: new Map([
      ['f2', withoutCase],
      ['f1', asTyped],
    ]),
  });
  const answers = withAnswer('Brown Bear');
  const { hash } = await old.enrol(answers);
  t.match(hash, /\$f1$/);
  t.same(await today.verify(answers, hash), { matches: true, needsRehash: true });
  t.same(await today.verify(withAnswer('brown bear'), hash), { matches: false, needsRehash: false });
  let stored = '';
  await today.renew(answers, async (renewed) => {
    stored = renewed;
  });
  t.match(stored, /\$f2$/);
  t.same(await today.verify(withAnswer('brown bear'), stored), { matches: true, needsRehash: false });
  t.same(await today.verify(answers, null), { matches: false, needsRehash: false });
  t.same(await today.verify(answers, 'v1$p$without'), { matches: false, needsRehash: false });
});

t.test(
  'one wrong, missing, swapped or repeated answer is a wrong set, found out by one hash of the whole',
  async (t) => {
    const { hash } = await securityAnswers.enrol(good);
    const [first, second, third] = good as [SecurityAnswer, SecurityAnswer, SecurityAnswer];
    const wrong: SecurityAnswer[][] = [
      withAnswer('خرس سفید'),
      [first, second],
      [first, second, second],
      [...good, first],
      [{ ...first, answer: second.answer }, { ...second, answer: first.answer }, third],
      [first, second, { ...third, question: 'lost-thing' }],
      [{ question: `${first.question}\n${first.answer}\n${second.question}`, answer: second.answer }, third],
      [],
    ];
    for (const answers of wrong) {
      hashed.length = 0;
      t.notOk((await securityAnswers.verify(answers, hash)).matches, JSON.stringify(answers));
      t.equal(hashed.length, 1);
    }
    hashed.length = 0;
    t.notOk((await securityAnswers.verify(good, null)).matches, 'nobody’s');
    t.equal(hashed.length, 1);
  },
);

t.test('two sets are hashed as one text only if they are the same set', async (t) => {
  const answer = fc.record({
    question: fc.constantFrom('a', 'b', 'c'),
    answer: fc.string({ unit: fc.constantFrom('a', 'b', '\n', ' ', '=') }),
  });
  const set = fc.array(answer, { minLength: 1, maxLength: 3 });
  const meaning = (answers: readonly SecurityAnswer[]) =>
    JSON.stringify(answers.map((item) => [item.question, item.answer.replace(/\s+/g, '')]).sort());
  await fc.assert(
    fc.asyncProperty(set, set, async (one, other) => {
      const { matches } = await securityAnswers.verify(other, (await securityAnswers.enrol(one)).hash);
      return matches === (meaning(one) === meaning(other));
    }),
  );
  t.pass();
});

t.test('whatever is enrolled gets an answer', async (t) => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 200 }));
  const answers = fc.array(
    fc.record({ question: fc.oneof(text, fc.constantFrom('childhood-toy')), answer: text }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(answers, text, text, (given, nationalCode, mobile) =>
      Array.isArray(securityAnswers.examine(given, '', { nationalCode, mobile })),
    ),
  );
  t.pass();
});

t.test('answers that are taken are short enough to be hashed', async (t) => {
  const { longestSecret } = await import('../../src/features/passwords/hashing.ts');
  hashed.length = 0;
  await securityAnswers.enrol(good.map((item) => ({ ...item, answer: 'ع'.repeat(100) })));
  t.ok((hashed[0]?.length ?? 0) > 300 && (hashed[0]?.length ?? 0) <= longestSecret);
});
