import { dictionary } from '@zxcvbn-ts/language-common';
import fc from 'fast-check';
import t from 'tap';
import { createEvaluation } from '../../src/features/passwords/evaluation.ts';
import { directionBetween, toLatinKeys, toPersianKeys } from '../../src/features/passwords/keyboard.ts';
import { createNameFinder } from '../../src/features/passwords/names-in-passwords.ts';
import type { PersonalData } from '../../src/features/passwords/personal-data.ts';
import { type PasswordPolicy, parsePasswordPolicy, profiles } from '../../src/features/passwords/policy.ts';
import { toPasswordRules } from '../../src/features/passwords/policy-document.ts';
import { toRules } from '../../src/features/passwords/rules.ts';
import { createWordList, type WordList } from '../../src/features/passwords/word-list.ts';

const words = createWordList();

function evaluationOf(policy: PasswordPolicy, list: WordList = words) {
  const options = {
    blockListEntries: 1,
    serviceWords: [],
    fragmentDigits: 6,
    remembered: 5,
    breachLookup: false,
  };
  return createEvaluation(policy, toRules(policy, options), list);
}

const tamin = evaluationOf(profiles.tamin);
const nist = evaluationOf(profiles['nist-63b-4']);
const codesOf = (evaluate: typeof tamin, password: string, person: PersonalData = {}) =>
  evaluate(password, person).violations.map(({ code }) => code.replace('password-', ''));

t.test('tamin: Latin letters of both cases and digits, at least eight, and nothing else', async (t) => {
  const cases: [string, string[]][] = [
    ['Sarv7Boland9', []],
    ['kT4mQ9xZ', []],
    [`kT4${'mQ9xZwR7'.repeat(7)}vB2pL`, []],
    ['kT4mQ9x', ['too-short']],
    [`kT4${'mQ9xZwR7'.repeat(8)}`, ['too-long']],
    ['kt4mq9xz', ['needs-upper-case']],
    ['KT4MQ9XZ', ['needs-lower-case']],
    ['kTxmQyxZ', ['needs-digit']],
    ['kT4mQ9xZ?', ['has-other-characters']],
    ['kT4mQ9xZ!', ['has-other-characters']],
    ['kT4m Q9xZ', ['has-other-characters']],
    ['kT4mQ9xZé', ['has-other-characters']],
    ['kTمmQ9xZ', ['has-other-characters']],
    ['kTxmQyx۷', []],
    [' kTxmQyx٧\u200f\n', []],
    ['kTxmQyx７', ['needs-digit', 'has-other-characters']],
    ['kT4mQ9xZ\0', ['has-other-characters']],
    ['', ['too-short', 'needs-upper-case', 'needs-lower-case', 'needs-digit', 'guessable']],
    [
      '?',
      [
        'too-short',
        'needs-upper-case',
        'needs-lower-case',
        'needs-digit',
        'has-other-characters',
        'guessable',
      ],
    ],
  ];
  for (const [password, expected] of cases) t.same(codesOf(tamin, password), expected, password);
});

t.test('nist-63b-4: fifteen characters of any kind that can be seen', async (t) => {
  const cases: [string, string[]][] = [
    ['درخت سرو کنار پنجره خوابید', []],
    ['velvet otter paints nine lanterns', []],
    ['xkqvbnwjtzrpmhd', []],
    ['می‌روم تا پشت کوه بلند', []],
    ['🦉🌲🌙🪨🐢🧵🪁🫐🪵🧊🪶🐚🍂🪴🌾', []],
    ['xkqvbnwjtzrpmh', ['too-short']],
    [`xk${'qvbnwjtzrpmhd7'.repeat(9)}`, []],
    [`xk${'qvbnwjtzrpmhd7'.repeat(9)}y`, ['too-long']],
    ['xkqvbnwj\ttzrpmhd', ['has-other-characters']],
    ['xkqvbnwj\u202etzrpmhd', ['has-other-characters']],
    ['xkqvbnwj\ud800tzrpmhd', ['has-other-characters']],
    ['aaaaaaaaaaaaaaaaaaaa', ['guessable']],
    ['abcdefghijklmnopqrstuvwxyz', ['guessable']],
    ['qwertyuiopasdfghjkl', ['guessable']],
    ['ضصثقفغعهخحجچشسیبلاتنم', ['guessable']],
  ];
  for (const [password, expected] of cases) t.same(codesOf(nist, password), expected, password);
});

t.test('length is counted in code points after NFC', async (t) => {
  t.same(codesOf(nist, '🦉🌲🌙🪨🐢🧵🪁🫐🪵🧊🪶🐚🍂🪴'), ['too-short'], '14 characters of 28 units');
  t.same(codesOf(nist, 'xkqvbnwjtzrpm\u0061\u0301'), ['too-short'], '15 code points that compose to 14');
});

t.test('common and breached passwords are refused however they are capitalised', async (t) => {
  const fitting = dictionary['passwords-common'].filter((word) =>
    /^(?=.*[a-z])(?=.*[0-9])[a-z0-9]{8,64}$/.test(word),
  );
  t.ok(fitting.length >= 3000, `${fitting.length} entries fit the policy (ASVS 6.2.4)`);
  const missed = fitting.filter(
    (word) =>
      !codesOf(
        tamin,
        word.replace(/[a-z]/, (letter) => letter.toUpperCase()),
      ).includes('common'),
  );
  t.same(missed, []);
  const short = evaluationOf(parsePasswordPolicy('{"profile":"nist-63b-4","minLength":8}'));
  // password and امیرحسین, each typed with the other layout on.
  for (const password of ['حشسسصخقی', 'Hldvpsdk'])
    t.ok(codesOf(short, password).includes('common'), password);
  for (const password of ['Password1', 'Iloveyou2', 'Qwerty123'])
    t.ok(codesOf(tamin, password).includes('common'), password);
});

t.test('what people in Iran choose is refused as guessable or common', async (t) => {
  const passwords = [
    'Salam1234',
    'Salam1362',
    'Mohammad1',
    'Mohamad85',
    'Hossein1370',
    'Fatemeh123',
    'Esteghlal6',
    'Persepolis6',
    'Doostetdaram1',
    'Tehran1400',
    'Yaali110',
    'Zendegi1404',
    'Alireza1362',
    'Ali13621362',
    'Azizam123',
    // سلام، محمد، ایران typed with the Latin layout on.
    'Sghl1234',
    'Lpln1362',
    'Hdvhk1400',
    'Qwer1234',
    '1qaz2WSX',
    'Asdfgh12',
    'Aa1Aa1Aa1',
    'Abcd1234',
    'P4ssw0rd',
    'D0stetd4ram1',
    'Lalhgetse6',
    'Mnbvfds7',
    'Drowssap1',
    '09123456789Aa',
    'Farvardin1404',
    'Iran1404Iran',
  ];
  for (const password of passwords) {
    const codes = codesOf(tamin, password);
    t.ok(codes.includes('guessable') || codes.includes('common'), `${password}: ${codes}`);
  }
  for (const password of ['یاعلی', 'سلام سلام سلام سلام', 'حشسسصخقی', 'محمد محمد ۱۳۶۲']) {
    t.ok(codesOf(nist, password).includes('guessable'), password);
  }
});

t.test('a key touches the six around it, in both layouts', async (t) => {
  const letters = 'qwertyuiopasdfghjklzxcvbnm';
  const around = (key: string) =>
    [...letters]
      .filter((other) => directionBetween(key, other) !== null)
      .sort()
      .join('');
  t.equal(around('g'), 'bfhtvy');
  t.equal(around('q'), 'aw');
  t.equal(around('m'), 'jkn');
  t.equal(toPersianKeys('sghl'), 'سلام');
  t.equal(toLatinKeys('سلام'), 'sghl');
});

t.test('random passwords of eight characters are not called guessable', async (t) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const letter = fc.constantFrom(...alphabet);
  fc.assert(
    fc.property(fc.array(letter, { minLength: 8, maxLength: 8 }), (letters) => {
      const password = letters.join('');
      // Equal and neighbouring letters are what fast-check draws most often, and what is really guessable.
      fc.pre(new Set(password.toLowerCase()).size === 8 && !/[0-9]{3}|qwe|asd|abc/i.test(password));
      return tamin(password, {}).score >= 2;
    }),
    { numRuns: 500, seed: 7 },
  );
  t.pass();
});

const person: PersonalData = {
  nationalCode: '0499370899',
  insuranceNumber: '۰۰۲۶ ۸۱۴۰ ۵۷',
  mobile: '+98 912 437 0815',
  email: 'maryam.ebrahimi85@example.org',
  birthDate: '1983-08-05',
  names: ['مریم', 'ابراهیمی‌نژاد'],
};

t.test('a password does not remind of its owner, in either profile', async (t) => {
  const cases: [password: string, code: string | null][] = [
    ['0499370899', 'has-national-code'],
    ['Xk0499370899v', 'has-national-code'],
    ['Xk۰۴۹۹۳۷۰۸۹۹v', 'has-national-code'],
    ['Xk0499-370-899v', 'has-national-code'],
    ['Xk9980739940v', 'has-national-code'],
    ['Xk499370qPv', 'has-national-code'],
    ['Xk49937qPvT7w', null],
    ['Xk0026814057v', 'has-national-code'],
    ['Xk75041862qPv', 'has-national-code'],
    ['Xk26814qPvT7w', null],
    ['09124370815Ab', 'has-mobile'],
    ['Qv9124370815Ab', 'has-mobile'],
    ['Qv989124370815Ab', 'has-mobile'],
    ['Qv0912-437-0815', 'has-mobile'],
    ['Qv4370815zKw', 'has-mobile'],
    ['Kw1362vTzq', 'has-birth-year'],
    ['Kw1983vTzq', 'has-birth-year'],
    ['Kw۱۳۶۲vTzq', 'has-birth-year'],
    ['Kw1361vTzq', null],
    ['Maryam7kvTq', 'has-name'],
    ['xkMARYAM7vTq', 'has-name'],
    ['Mariam7kvTq', 'has-name'],
    ['kvEbrahimi7xT', 'has-name'],
    ['Nezhad7kvTxq', 'has-name'],
    ['Nejad7kvTxqw', 'has-name'],
    ['lvdl7kvTxqW', 'has-name'],
    ['مریم خوابید روی ابر', 'has-name'],
    ['Savabegh7kvT', 'has-service-word'],
    ['Tamin7kvTxqW', 'has-service-word'],
    ['Vitaminkv7TxW', null],
  ];
  const about = /has-(national-code|mobile|birth-year|name|email|service-word)/;
  for (const [password, expected] of cases) {
    for (const evaluate of [tamin, nist]) {
      const found = codesOf(evaluate, password, person).filter((code) => about.test(code));
      if (expected === null) t.same(found, [], password);
      else t.ok(found.includes(expected), `${password}: ${found}`);
    }
  }
  const afterEmoji = codesOf(nist, '🌲🐟🚲🎈🍎🔑🌂🧶🪁ahmadi', { names: ['احمدی'] });
  t.same(afterEmoji, ['has-name'], 'also after characters of two UTF-16 units');
  t.ok(codesOf(tamin, 'kvMaryam7T', { email: person.email }).includes('has-email'));
  t.ok(codesOf(tamin, 'xEbrahimi7Tkv', { email: person.email }).includes('has-email'));
  t.same(codesOf(tamin, 'Org7Boland9Sk', { email: person.email }), [], 'the host is nobody’s');
});

t.test(
  'a Persian name is found in the Latin spellings people use, and short ones only as words',
  async (t) => {
    const cases: [name: string, found: string[], notFound: string[]][] = [
      ['حسین', ['Hossein', 'hosein', 'Husain'], ['Hosten', 'hose']],
      ['محمد', ['Mohammad', 'mohamad', 'Mohammed', 'Muhammad'], ['Mohair']],
      ['علی', ['Ali', 'Aly', 'xAli7', 'AliReza', 'Ali7Kv9TqwPm2'], ['Quality', 'qualified', 'Alice']],
      ['رضا', ['Reza', 'MyReza9'], ['Rezone', 'prezas']],
      ['رضائی', ['Rezaei', 'Rezaee', 'rezai'], ['razor']],
      ['قاسمی', ['Ghasemi', 'Qasemi'], ['Gasoline']],
      ['خدیجه', ['Khadijeh', 'khadije'], ['kadi']],
      ['زهرا', ['Zahra', 'zahraa'], ['zebra']],
      ['عطار', ['Attar', 'atar', 'xAttarpour9'], ['Lm3tRwz6Hf', 'ctrl']],
      ['عیسی', ['Isa', 'Eisa', 'eysa'], ['iso', 'Visa']],
      ['عبدالله', ['Abdollah', 'Abdullah'], ['abdomen']],
      ['مائده', ['Maedeh', 'lhmni', 'مائده'], ['maid']],
      ['آوا', ['Ava', 'xAva7', 'Aavaa'], ['Sarv7Boland9', 'avail']],
      ['ابراهیمی‌نژاد', ['Ebrahimi', 'Nejad', 'nezhad'], ['nab']],
      ['Lee', ['Lee', 'xLee7'], ['sleep', 'Leek', 'lie']],
      ['Bo', [], ['Bo', 'bo7', 'Bob']],
    ];
    for (const [name, found, notFound] of cases) {
      const inPassword = createNameFinder([name]);
      for (const text of found) t.ok(inPassword(text), `${name} in ${text}`);
      for (const text of notFound) t.notOk(inPassword(text), `${name} not in ${text}`);
    }
  },
);

t.test('what says a name in a short password says nothing in a long one', async (t) => {
  const rest = 'kT4mQ9xZwR7vB2pL'.repeat(3);
  t.ok(createNameFinder(['علی'])('xk7Ali9mQ'));
  const isFound = createNameFinder(['علی', 'ابراهیمی']);
  t.notOk(isFound(`xk7Aly9mQ${rest}`));
  t.ok(isFound(`xk7Ebrahimi9mQ${rest}`), 'a long name does');
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
    .map((units) => String.fromCharCode(...units)),
);

t.test('whatever is sent gets an answer that keeps its own rules', async (t) => {
  for (const policy of Object.values(profiles)) {
    const evaluate = evaluationOf(policy);
    const property = fc.property(anyText, anyText, anyText, (password, name, email) => {
      const context = { nationalCode: name, mobile: email, email, birthDate: name, names: [name, email] };
      const { acceptable, score, violations } = evaluate(password, context);
      const rules = violations.map(({ rule }) => rule);
      return (
        acceptable === (violations.length === 0) &&
        new Set(rules).size === rules.length &&
        score >= 0 &&
        score <= 4 &&
        violations.every(
          ({ code, detail }) => code.startsWith('password-') && detail.fa !== '' && detail.en !== '',
        )
      );
    });
    fc.assert(property, { numRuns: 300 });
  }
  t.pass();
});

t.test('what is too long is told so and not looked at', async (t) => {
  const untouched: WordList = {
    rank: () => t.fail('the word list was asked'),
    hasPrefix: () => t.fail('the word list was asked'),
    isCommonPassword: () => t.fail('the word list was asked'),
    commonPasswords: 0,
  } as unknown as WordList;
  for (const length of [65, 129, 1025, 1_000_000]) {
    t.same(
      codesOf(evaluationOf(profiles.tamin, untouched), 'a'.repeat(length), person),
      ['too-long'],
      `${length}`,
    );
  }
  t.equal(tamin('a'.repeat(1_000_000), {}).score, 0);
});

t.test('the estimate looks at the first 64 characters, each a bounded number of times', async (t) => {
  let asked = 0;
  const counting: WordList = {
    ...words,
    hasPrefix: () => true,
    rank: (word) => {
      asked += 1;
      return words.rank(word);
    },
  };
  const evaluate = evaluationOf(profiles['nist-63b-4'], counting);
  const askedFor = (password: string) => {
    asked = 0;
    evaluate(password, {});
    return asked;
  };
  // Letters that are stand-ins, have two layouts and two cases: every view of the text differs.
  const worst = 'a1E7s0B4'.repeat(16);
  const upTo64 = askedFor(worst.slice(0, 64));
  t.ok(upTo64 <= 64 * 18 * 6 + 200, `${upTo64} questions: places × lengths × views`);
  t.equal(askedFor(worst), upTo64, '128 characters take no more');
});

t.test('a policy is set by name or by changing a profile, never below what every profile has', async (t) => {
  t.equal(parsePasswordPolicy('tamin'), profiles.tamin);
  t.equal(parsePasswordPolicy('nist-63b-4'), profiles['nist-63b-4']);
  const custom = parsePasswordPolicy(
    '{"profile":"tamin","minLength":12,"allowed":["digit","special","lower","upper"],"required":["digit"],"minScore":4}',
  );
  t.same(custom, {
    profile: 'custom (tamin)',
    minLength: 12,
    maxLength: 64,
    allowed: ['upper', 'lower', 'digit', 'special'],
    required: ['digit'],
    minScore: 4,
  });
  t.same(codesOf(evaluationOf(custom), 'kt-mq xz?bv'), ['too-short', 'needs-digit']);
  for (const text of [
    'strict',
    '{}',
    '[]',
    'null',
    '{"profile":"constructor"}',
    '{"profile":"tamin","minLength":7}',
    '{"profile":"tamin","minLength":"12"}',
    '{"profile":"tamin","maxLength":63}',
    '{"profile":"tamin","maxLength":129}',
    '{"profile":"tamin","minScore":1}',
    '{"profile":"tamin","allowed":["emoji"]}',
    '{"profile":"tamin","allowed":[]}',
    '{"profile":"nist-63b-4","allowed":[]}',
    '{"profile":"tamin","required":["special"]}',
    '{"profile":"tamin","minlength":12}',
  ]) {
    t.throws(() => parsePasswordPolicy(text), /./, text);
  }
});

t.test('custom policies keep their word on required classes', async (t) => {
  const policy = parsePasswordPolicy(
    '{"profile":"nist-63b-4","minLength":8,"required":["special","unicode"],"minScore":2}',
  );
  t.same(codesOf(evaluationOf(policy), 'kT4mQ9xZ'), ['needs-special', 'needs-other-letter']);
  t.same(codesOf(evaluationOf(policy), 'kT4 ژQ9xZ'), []);
  t.equal(
    toPasswordRules(policy),
    'minlength: 8; maxlength: 128; required: special; required: unicode; allowed: ascii-printable;',
  );
});
