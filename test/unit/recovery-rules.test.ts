import fc from 'fast-check';
import t from 'tap';
import { type Kind, kinds } from '../../src/features/accounts/index.ts';
import { assessProofs } from '../../src/features/recovery/assurance.ts';
import { type RecoveryMethod, recoveryMethods, toKinds } from '../../src/features/recovery/methods/index.ts';
import {
  readRecoverySettings,
  recoveryInconsistencies,
} from '../../src/features/recovery/recovery.settings.ts';
import { SettingsReader } from '../../src/settings/reader.ts';

type Case = [
  needed: 1 | 2,
  proved: RecoveryMethod[],
  barredKinds: Kind[],
  assessment: 'sufficient' | 'insufficient',
];

t.test('what methods prove together', async (t) => {
  const cases: Case[] = [
    [1, [], [], 'insufficient'],
    [1, ['sms'], [], 'sufficient'],
    [1, ['email'], [], 'sufficient'],
    [1, ['questions'], [], 'sufficient'],
    [1, ['sms'], ['email', 'answers'], 'sufficient'],
    [1, ['sms'], ['mobile'], 'insufficient'],
    [1, ['email'], ['email'], 'insufficient'],
    [1, ['questions'], ['answers'], 'insufficient'],
    [1, ['sms', 'email'], ['mobile'], 'sufficient'],
    [1, ['sms', 'email'], ['mobile', 'email'], 'insufficient'],
    [1, ['sms', 'email', 'questions'], ['mobile', 'email', 'answers'], 'insufficient'],
    [2, ['sms'], [], 'insufficient'],
    [2, ['sms', 'sms'], [], 'insufficient'],
    [2, ['sms', 'email'], [], 'sufficient'],
    [2, ['sms', 'questions'], [], 'sufficient'],
    [2, ['sms', 'questions'], ['mobile'], 'insufficient'],
    [2, ['sms', 'email', 'questions'], ['mobile'], 'sufficient'],
    [2, ['sms', 'email', 'questions'], ['mobile', 'answers'], 'insufficient'],
  ];
  for (const [needed, proved, barredKinds, assessment] of cases) {
    const proofs = { needed, proved, barredKinds };
    t.equal(assessProofs(proofs), assessment, JSON.stringify(proofs));
  }
});

t.test(
  'neither the order nor a repetition of proofs changes what they are worth, and a bar only lowers it',
  async (t) => {
    const proofs = fc.array(fc.constantFrom(...recoveryMethods), { maxLength: 5 });
    const bars = fc.subarray([...kinds]);
    fc.assert(
      fc.property(fc.constantFrom(1, 2), proofs, bars, (needed, proved, barredKinds) => {
        const assess = (methods: readonly RecoveryMethod[], barred: readonly Kind[]) =>
          assessProofs({ needed, proved: methods, barredKinds: barred });
        const worth = assess(proved, barredKinds);
        return (
          assess([...proved].reverse(), barredKinds) === worth &&
          assess([...proved, ...proved], barredKinds) === worth &&
          (worth === 'insufficient' || assess(proved, []) === 'sufficient') &&
          assess(proved, kinds) === 'insufficient'
        );
      }),
    );
    t.pass();
  },
);

t.test('each method rests on a kind of its own', async (t) => {
  t.same(toKinds(['sms', 'email', 'questions']), ['mobile', 'email', 'answers']);
  t.same(toKinds(recoveryMethods).sort(), [...kinds].sort());
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
    },
    faults: [],
  });
  t.same(
    read({
      RECOVERY_METHODS: 'questions, sms',
      RECOVERY_ASSURANCE: 'two',
    }),
    {
      settings: { methods: ['sms', 'questions'], assurance: 'two' },
      faults: [],
    },
  );
  for (const [name, value, fault] of [
    ['RECOVERY_METHODS', 'pigeon', /RECOVERY_METHODS must list some of sms, email, questions, each once/],
    ['RECOVERY_METHODS', 'sms,sms', /RECOVERY_METHODS must list/],
    ['RECOVERY_METHODS', 'sms,branch', /RECOVERY_METHODS must list/],
    ['RECOVERY_METHODS', ',', /RECOVERY_METHODS must list/],
    ['RECOVERY_ASSURANCE', 'three', /RECOVERY_ASSURANCE must be one of any, two/],
  ] as const) {
    t.match(read({ [name]: value }).faults, [fault], `${name}=${value}`);
  }
  t.match(read({ RECOVERY_METHODS: 'sms', RECOVERY_ASSURANCE: 'two' }).faults, [
    /RECOVERY_ASSURANCE two needs RECOVERY_METHODS of two kinds or more/,
  ]);
  t.match(read({ RECOVERY_METHODS: 'questions' }).faults, [
    /RECOVERY_METHODS needs a method that sends a code/,
  ]);
  t.same(read({ RECOVERY_METHODS: 'sms' }).faults, []);
});
