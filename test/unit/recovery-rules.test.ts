import fc from 'fast-check';
import t from 'tap';
import { decoyOf, shownEmail, shownMobile } from '../../src/features/recovery/decoy.ts';
import { type Proof, worthOf } from '../../src/features/recovery/methods.ts';
import {
  readRecoverySettings,
  recoveryInconsistencies,
} from '../../src/features/recovery/recovery.settings.ts';
import { createMac } from '../../src/kernel/keyring.ts';
import { completeNationalCode } from '../../src/kernel/national-code.ts';
import { newPrintedCode, parsePrintedCode } from '../../src/kernel/printed-code.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { SettingsReader } from '../../src/settings.ts';

const decoysOfKeySeven = [
  ['09•••••••86', 'm•••@•••', 'first-purchase,teacher-feared,grandmother-dish'],
  ['09•••••••59', null, 'first-night-away,teacher-feared,first-film'],
  ['09•••••••93', 'n•••@•••', 'teacher-feared,childhood-fear,worst-gift'],
  ['09•••••••23', null, 'first-purchase,school-bench-mate,learned-alone'],
  ['09•••••••65', 'f•••@•••', 'disliked-food,first-film,childhood-fear'],
  ['09•••••••02', null, 'childhood-toy,first-purchase,learned-alone'],
];

type Case = [
  assurance: 'any' | 'two',
  proved: Proof[],
  compromised: Proof[],
  recent: Proof[],
  worth: 'enough' | 'weak' | 'more',
];

t.test('what methods are worth', async (t) => {
  const cases: Case[] = [
    ['any', ['sms'], [], [], 'enough'],
    ['any', ['email'], [], [], 'enough'],
    ['any', ['questions'], [], [], 'weak'],
    ['any', ['sms'], [], ['sms'], 'weak'],
    ['any', ['sms'], [], ['email'], 'enough'],
    ['any', ['email'], [], ['email'], 'weak'],
    ['any', ['questions', 'sms'], [], [], 'enough'],
    ['any', ['questions', 'sms'], [], ['sms'], 'weak'],
    ['any', ['sms'], ['sms'], [], 'more'],
    ['any', ['sms', 'email'], ['sms', 'email'], [], 'more'],
    ['any', ['sms', 'email'], ['sms'], [], 'enough'],
    ['any', ['sms', 'questions'], ['sms'], [], 'weak'],
    ['any', [], [], [], 'more'],
    ['two', ['sms'], [], [], 'more'],
    ['two', ['sms', 'email'], [], [], 'enough'],
    ['two', ['sms', 'questions'], [], [], 'enough'],
    ['two', ['questions', 'sms'], [], ['sms'], 'weak'],
    ['two', ['sms', 'questions'], ['sms'], [], 'weak'],
    ['two', ['sms', 'email', 'questions'], ['sms'], [], 'enough'],
    ['any', ['branch'], [], [], 'enough'],
    ['any', ['questions'], [], ['questions'], 'more'],
    ['any', ['sms'], [], ['questions'], 'enough'],
    ['any', ['questions', 'sms'], [], ['questions'], 'enough'],
    ['any', ['questions', 'sms'], [], ['questions', 'sms'], 'weak'],
    ['any', ['sms', 'questions'], ['sms'], ['questions'], 'more'],
    ['any', ['branch'], [], ['questions'], 'enough'],
    ['two', ['questions'], [], ['questions'], 'more'],
    ['two', ['sms', 'questions'], [], ['questions'], 'enough'],
    ['two', ['sms', 'questions'], ['sms'], ['questions'], 'more'],
  ];
  for (const [assurance, provedMethods, compromisedMethods, recentlyChanged, worth] of cases) {
    t.equal(
      worthOf(assurance, { provedMethods, compromisedMethods, recentlyChanged }),
      worth,
      JSON.stringify([assurance, provedMethods, compromisedMethods, recentlyChanged]),
    );
  }
});

t.test('settings of recovery', async (t) => {
  const read = (environment: Record<string, string>) => {
    const reader = new SettingsReader(environment);
    const settings = readRecoverySettings(reader);
    return { settings, faults: [...reader.faults, ...recoveryInconsistencies(settings)] };
  };
  t.same(read({}), {
    settings: {
      methods: ['sms', 'email', 'questions'],
      assurance: 'any',
      holdSeconds: 0,
      decoyEmailPercent: 40,
    },
    faults: [],
  });
  t.same(
    read({
      RECOVERY_METHODS: 'questions, sms',
      RECOVERY_ASSURANCE: 'two',
      RECOVERY_HOLD_HOURS: '48',
      RECOVERY_DECOY_EMAIL_PERCENT: '100',
    }),
    {
      settings: {
        methods: ['sms', 'questions'],
        assurance: 'two',
        holdSeconds: 48 * 3600,
        decoyEmailPercent: 100,
      },
      faults: [],
    },
  );
  for (const [name, value, fault] of [
    ['RECOVERY_METHODS', 'pigeon', /RECOVERY_METHODS must list some of sms, email, questions, each once/],
    ['RECOVERY_METHODS', 'sms,sms', /RECOVERY_METHODS must list/],
    ['RECOVERY_METHODS', 'sms,branch', /RECOVERY_METHODS must list/],
    ['RECOVERY_METHODS', ',', /RECOVERY_METHODS must list/],
    ['RECOVERY_ASSURANCE', 'three', /RECOVERY_ASSURANCE must be one of any, two/],
    ['RECOVERY_HOLD_HOURS', '337', /RECOVERY_HOLD_HOURS must be a whole number from 0 to 336/],
    ['RECOVERY_HOLD_HOURS', '-1', /RECOVERY_HOLD_HOURS/],
    [
      'RECOVERY_DECOY_EMAIL_PERCENT',
      '101',
      /RECOVERY_DECOY_EMAIL_PERCENT must be a whole number from 0 to 100/,
    ],
  ] as const) {
    t.match(read({ [name]: value }).faults, [fault], `${name}=${value}`);
  }
  t.match(read({ RECOVERY_METHODS: 'sms', RECOVERY_ASSURANCE: 'two' }).faults, [
    /RECOVERY_ASSURANCE two needs two RECOVERY_METHODS or more/,
  ]);
  t.same(read({ RECOVERY_METHODS: 'sms' }).faults, []);
});

t.test(
  'a decoy is derived: the same for ever, from key, person and a catalogue that never changes',
  async (t) => {
    const [mac, other] = [7, 8].map((byte) => createMac(new Secret(new Uint8Array(32).fill(byte)), 'decoy'));
    if (!mac || !other) throw new Error('no keys');
    const people = Array.from({ length: 6 }, (_, n) =>
      Buffer.from(completeNationalCode(String(123_456_780 + n)) ?? ''),
    );
    // Written down once: whoever changes what they are, as by one question more, shows who is not registered.
    t.same(
      people.map((person) => {
        const { mobile, email, questions } = decoyOf(mac, person, 50);
        return [mobile, email, questions.join()];
      }),
      decoysOfKeySeven,
    );
    const [someone] = people;
    if (!someone) throw new Error('nobody');
    t.notSame(decoyOf(other, someone, 50), decoyOf(mac, someone, 50), 'by another key another');
    const shares = (percent: number) =>
      Array.from({ length: 2000 }, (_, n) => decoyOf(mac, Buffer.from(`${n}`), percent)).filter(
        ({ email }) => email,
      ).length / 2000;
    t.equal(shares(0), 0);
    t.equal(shares(100), 1);
    t.ok(Math.abs(shares(25) - 0.25) < 0.05);
  },
);

t.test('no real address is shown as something that a decoy cannot be shown as', async (t) => {
  const mac = createMac(new Secret(new Uint8Array(32).fill(7)), 'decoy');
  const decoys = Array.from({ length: 5000 }, (_, n) => decoyOf(mac, Buffer.from(`${n}`), 100));
  const mobiles = new Set(decoys.map(({ mobile }) => mobile));
  const emails = new Set(decoys.map(({ email }) => email));
  t.equal(mobiles.size, 100);
  fc.assert(fc.property(fc.stringMatching(/^\+989\d{9}$/), (mobile) => mobiles.has(shownMobile(mobile))));
  fc.assert(fc.property(fc.emailAddress(), (email) => emails.has(shownEmail(email))));
  for (const odd of [
    '7even@example.org',
    'Ahmad@Example.ORG',
    'آ@example.org',
    '_x@example.org',
    '😀@example.org',
  ]) {
    t.ok(emails.has(shownEmail(odd)), odd);
  }
});

t.test('a printed code survives being read out and typed', async (t) => {
  const code = newPrintedCode();
  t.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  t.equal(parsePrintedCode(code), code);
  t.equal(parsePrintedCode('oOiI-lL23 abcd efgh'), '0011-1123-ABCD-EFGH');
  for (const bad of ['', code.slice(1), `${code}0`, `U${code.slice(1)}`])
    t.equal(parsePrintedCode(bad), null, bad);
});
