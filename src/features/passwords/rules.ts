import type { Localised, TextParameters } from '../../kernel/locale.ts';
import type { CharacterClass, PasswordPolicy } from './policy.ts';

/** One way in which a password breaks a rule. */
export type Violation = Readonly<{
  rule: RuleCode;
  code: string;
  detail: Localised;
  parameters: TextParameters;
}>;

/** A rule as people read it, and what they are told when they break it. `{…}` are its parameters. */
type Rule = Readonly<{ text: Localised; violation: Readonly<{ code: string; detail: Localised }> }>;

export const rules = {
  'min-length': {
    text: { fa: 'دست‌کم {minLength} کاراکتر', en: 'At least {minLength} characters' },
    violation: {
      code: 'password-too-short',
      detail: {
        fa: 'گذرواژه باید دست‌کم {minLength} کاراکتر باشد.',
        en: 'The password must have at least {minLength} characters.',
      },
    },
  },
  'max-length': {
    text: { fa: 'حداکثر {maxLength} کاراکتر', en: 'At most {maxLength} characters' },
    violation: {
      code: 'password-too-long',
      detail: {
        fa: 'گذرواژه نباید بیشتر از {maxLength} کاراکتر باشد.',
        en: 'The password must not have more than {maxLength} characters.',
      },
    },
  },
  'upper-case': {
    text: { fa: 'دست‌کم یک حرف بزرگ لاتین (A–Z)', en: 'At least one capital Latin letter (A–Z)' },
    violation: {
      code: 'password-needs-upper-case',
      detail: { fa: 'گذرواژه حرف بزرگ لاتین (A–Z) ندارد.', en: 'The password has no capital letter (A–Z).' },
    },
  },
  'lower-case': {
    text: { fa: 'دست‌کم یک حرف کوچک لاتین (a–z)', en: 'At least one small Latin letter (a–z)' },
    violation: {
      code: 'password-needs-lower-case',
      detail: { fa: 'گذرواژه حرف کوچک لاتین (a–z) ندارد.', en: 'The password has no small letter (a–z).' },
    },
  },
  digit: {
    text: { fa: 'دست‌کم یک رقم لاتین (0–9)', en: 'At least one digit (0–9)' },
    violation: {
      code: 'password-needs-digit',
      detail: { fa: 'گذرواژه رقم لاتین (0–9) ندارد.', en: 'The password has no digit (0–9).' },
    },
  },
  special: {
    text: { fa: 'دست‌کم یک نشانه مانند ! یا ؟ یا فاصله', en: 'At least one symbol such as !, ? or a space' },
    violation: {
      code: 'password-needs-special',
      detail: { fa: 'گذرواژه هیچ نشانه‌ای ندارد.', en: 'The password has no symbol.' },
    },
  },
  'other-letter': {
    text: {
      fa: 'دست‌کم یک کاراکتر غیرلاتین، مانند حرف فارسی',
      en: 'At least one character that is not Latin',
    },
    violation: {
      code: 'password-needs-other-letter',
      detail: { fa: 'گذرواژه هیچ کاراکتر غیرلاتینی ندارد.', en: 'The password has only Latin characters.' },
    },
  },
  'allowed-characters': {
    text: { fa: 'تنها از این کاراکترها: {characters}', en: 'Nothing but: {characters}' },
    violation: {
      code: 'password-has-other-characters',
      detail: {
        fa: 'گذرواژه تنها می‌تواند از این کاراکترها باشد: {characters}.',
        en: 'The password may hold nothing but: {characters}.',
      },
    },
  },
  'block-list': {
    text: {
      fa: 'نبودن در فهرست گذرواژه‌های رایج و فاش‌شده',
      en: 'Not on the list of common and breached passwords',
    },
    violation: {
      code: 'password-common',
      detail: {
        fa: 'این گذرواژه در فهرست گذرواژه‌های رایج و فاش‌شده است.',
        en: 'The password is on the list of common and breached passwords.',
      },
    },
  },
  'service-words': {
    text: {
      fa: 'نداشتن نام این سامانه و سازمان',
      en: 'Without the names of this service and its organisation',
    },
    violation: {
      code: 'password-has-service-word',
      detail: {
        fa: 'گذرواژه نام این سامانه یا سازمان را در خود دارد.',
        en: 'The password contains the name of this service or its organisation.',
      },
    },
  },
  'national-code': {
    text: {
      fa: 'نداشتن {digits} رقم پیاپی کد ملی یا شمارهٔ بیمه، حتی وارونه یا با فاصله',
      en: 'Without {digits} successive digits of the national code or insurance number, even reversed or apart',
    },
    violation: {
      code: 'password-has-national-code',
      detail: {
        fa: 'گذرواژه کد ملی، شمارهٔ بیمه یا بخشی از آن‌ها را در خود دارد.',
        en: 'The password contains the national code, the insurance number or a part of them.',
      },
    },
  },
  mobile: {
    text: {
      fa: 'نداشتن {digits} رقم پیاپی شمارهٔ همراه، حتی وارونه یا با فاصله',
      en: 'Without {digits} successive digits of the mobile number, even reversed or apart',
    },
    violation: {
      code: 'password-has-mobile',
      detail: {
        fa: 'گذرواژه شمارهٔ همراه یا بخشی از آن را در خود دارد.',
        en: 'The password contains the mobile number or a part of it.',
      },
    },
  },
  'birth-year': {
    text: { fa: 'نداشتن سال تولد، شمسی یا میلادی', en: 'Without the year of birth, Jalali or Gregorian' },
    violation: {
      code: 'password-has-birth-year',
      detail: { fa: 'گذرواژه سال تولد را در خود دارد.', en: 'The password contains the year of birth.' },
    },
  },
  name: {
    text: {
      fa: 'نداشتن نام یا نام خانوادگی، فارسی یا فینگلیش',
      en: 'Without the first or last name, in Persian or in Latin letters',
    },
    violation: {
      code: 'password-has-name',
      detail: {
        fa: 'گذرواژه نام یا نام خانوادگی را در خود دارد.',
        en: 'The password contains the first or last name.',
      },
    },
  },
  email: {
    text: { fa: 'نداشتن نام کاربری ایمیل', en: 'Without the part of the e-mail address before the @' },
    violation: {
      code: 'password-has-email',
      detail: {
        fa: 'گذرواژه بخشی از نشانی ایمیل را در خود دارد.',
        en: 'The password contains a part of the e-mail address.',
      },
    },
  },
  guessable: {
    text: {
      fa: 'آسان حدس زده نشود: نمرهٔ دست‌کم {minScore} از ۴',
      en: 'Not easy to guess: a score of at least {minScore} of 4',
    },
    violation: {
      code: 'password-guessable',
      detail: {
        fa: 'این گذرواژه آسان حدس زده می‌شود؛ از کلمه‌ها، نام‌ها، تاریخ‌ها و حروف کنار هم صفحه‌کلید استفاده نکنید.',
        en: 'The password is easy to guess; avoid words, names, dates and rows of the keyboard.',
      },
    },
  },
  history: {
    text: { fa: 'هیچ‌یک از {remembered} گذرواژهٔ آخر نباشد', en: 'None of the last {remembered} passwords' },
    violation: {
      code: 'password-used-before',
      detail: {
        fa: 'این گذرواژه یکی از {remembered} گذرواژهٔ آخر شماست.',
        en: 'The password is one of your last {remembered}.',
      },
    },
  },
  breached: {
    text: { fa: 'در نشت اطلاعات فاش نشده باشد', en: 'Not seen in a known breach' },
    violation: {
      code: 'password-breached',
      detail: {
        fa: 'این گذرواژه در نشت اطلاعات دیده شده است؛ آن را هیچ‌جا به کار نبرید.',
        en: 'The password was seen in a known breach; do not use it anywhere.',
      },
    },
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleCode = keyof typeof rules;

export const ruleOfRequiredClass: Readonly<Record<CharacterClass, RuleCode>> = {
  upper: 'upper-case',
  lower: 'lower-case',
  digit: 'digit',
  special: 'special',
  unicode: 'other-letter',
};

export function toViolation(rule: RuleCode, parameters: TextParameters): Violation {
  return { rule, ...rules[rule].violation, parameters };
}

/** How the classes are named in texts that are the same in both languages. */
const classSamples: Readonly<Record<CharacterClass, string>> = {
  upper: 'A–Z',
  lower: 'a–z',
  digit: '0–9',
  special: '!?#…',
  unicode: 'آ–ی …',
};

/** The parameters that a policy gives its rules; only rules that the policy has are keys. */
export function toRules(policy: PasswordPolicy, options: RuleOptions): ReadonlyMap<RuleCode, TextParameters> {
  const { minLength, maxLength, minScore, allowed, required } = policy;
  const entries: [RuleCode, TextParameters][] = [
    ['min-length', { minLength }],
    ['max-length', { maxLength }],
    ...required.map((item): [RuleCode, TextParameters] => [ruleOfRequiredClass[item], {}]),
    ['allowed-characters', { characters: allowed.map((item) => classSamples[item]).join(' ') }],
    ['block-list', { entries: options.blockListEntries }],
    ['service-words', { words: options.serviceWords.join(', ') }],
    ['national-code', { digits: options.fragmentDigits }],
    ['mobile', { digits: options.fragmentDigits }],
    ['birth-year', {}],
    ['name', {}],
    ['email', {}],
    ['guessable', { minScore }],
    ['history', { remembered: options.remembered }],
  ];
  if (options.breachLookup) entries.push(['breached', {}]);
  return new Map(entries);
}

export type RuleOptions = Readonly<{
  blockListEntries: number;
  serviceWords: readonly string[];
  fragmentDigits: number;
  remembered: number;
  breachLookup: boolean;
}>;
