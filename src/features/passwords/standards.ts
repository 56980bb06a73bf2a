import type { Localised } from '../../kernel/locale.ts';
import type { PasswordPolicy } from './policy.ts';
import type { RuleCode } from './rules.ts';

/** A requirement of a published standard, whether this policy meets it, and by which rules or against which. */
export type StandardClause = Readonly<{
  standard: 'NIST SP 800-63B-4' | 'OWASP ASVS 5.0';
  clause: string;
  requirement: Localised;
  met: boolean;
  rules: readonly RuleCode[];
  /** Why a requirement is not met. */
  note: Localised | null;
}>;

const composition: readonly RuleCode[] = [
  'upper-case',
  'lower-case',
  'digit',
  'special',
  'other-letter',
  'allowed-characters',
];
const personal: readonly RuleCode[] = [
  'service-words',
  'national-code',
  'mobile',
  'birth-year',
  'name',
  'email',
];

const publishedRule: Localised = {
  fa: 'قاعدهٔ اعلام‌شدهٔ سازمان است؛ با تنظیم PASSWORD_POLICY می‌توان آن را برداشت.',
  en: 'It is the organisation’s published rule; the setting PASSWORD_POLICY lifts it.',
};
const personalNote: Localised = {
  fa: 'داده‌های شخص و نام سامانه، و الگوهای پیش‌بینی‌پذیر، به‌صورت بخشی از گذرواژه هم پذیرفته نیستند؛ کارفرما و نزدیکان آن‌ها را می‌دانند.',
  en: 'A person’s data, the service’s names and predictable patterns count as parts too: employers and family know them.',
};
const questionsNote: Localised = {
  fa: 'پرسش‌های امنیتی در روال اعلام‌شدهٔ سازمان آمده‌اند.',
  en: 'Security questions are part of the organisation’s published procedure.',
};
const normalisationNote: Localised = {
  fa: 'یکسان‌سازی NFC به کار می‌رود که RFC 8265 برای گذرواژه توصیه می‌کند.',
  en: 'NFC is applied, which RFC 8265 advises for passwords.',
};
const asMeantNote: Localised = {
  fa: 'فاصله و نشانه‌های نادیدنی دو سر گذرواژه کنار می‌روند و رقم‌های فارسی، عربی و لاتین یکی هستند؛ چیزی بریده نمی‌شود.',
  en: 'Blanks and invisible marks at the ends do not count, and Persian, Arabic and Latin digits are the same; nothing is cut off.',
};

/** Clause numbers are those of the editions named. Texts are in our words. */
export function standardClauses(
  policy: PasswordPolicy,
  present: ReadonlySet<RuleCode>,
): readonly StandardClause[] {
  const facts = toFacts(policy);
  const nist = createClause('NIST SP 800-63B-4', '3.1.1.2', present);
  const asvs = createClause('OWASP ASVS 5.0', '', present);
  return [
    ...nistPasswordClauses(nist, facts),
    ...nistBlockListClauses(nist, facts),
    ...asvsClauses(asvs, facts),
  ];
}

/** What the clauses ask of a policy. */
function toFacts({ minLength, maxLength, allowed, required }: PasswordPolicy) {
  const takesAscii = (['upper', 'lower', 'digit', 'special'] as const).every((item) =>
    allowed.includes(item),
  );
  const takesUnicode = allowed.includes('unicode');
  const takesAnything = takesAscii && takesUnicode && required.length === 0;
  return { minLength, maxLength, takesAscii, takesUnicode, takesAnything };
}

type Facts = ReturnType<typeof toFacts>;
type Clause = ReturnType<typeof createClause>;

const createClause =
  (standard: StandardClause['standard'], prefix: string, present: ReadonlySet<RuleCode>) =>
  (
    item: string,
    requirement: Localised,
    met: boolean,
    rules: readonly RuleCode[],
    whyNot?: Localised,
  ): StandardClause => ({
    standard,
    clause: `${prefix}${item}`,
    requirement,
    met,
    rules: rules.filter((rule) => present.has(rule)),
    note: met ? null : (whyNot ?? null),
  });

function nistPasswordClauses(
  nist: Clause,
  { minLength, maxLength, takesAscii, takesUnicode, takesAnything }: Facts,
): StandardClause[] {
  return [
    nist(
      ' (1)',
      {
        fa: 'دست‌کم ۱۵ کاراکتر برای گذرواژهٔ تنها',
        en: 'At least 15 characters where the password is the only factor',
      },
      minLength >= 15,
      ['min-length'],
      publishedRule,
    ),
    nist(
      ' (2)',
      { fa: 'پذیرش دست‌کم ۶۴ کاراکتر', en: 'Passwords of 64 characters are permitted' },
      maxLength >= 64,
      ['max-length'],
    ),
    nist(
      ' (3)',
      {
        fa: 'پذیرش همهٔ کاراکترهای اسکی و فاصله',
        en: 'All printing ASCII characters and the space are accepted',
      },
      takesAscii,
      ['allowed-characters'],
      publishedRule,
    ),
    nist(
      ' (4)',
      { fa: 'پذیرش یونیکد', en: 'Unicode is accepted' },
      takesUnicode,
      ['allowed-characters'],
      publishedRule,
    ),
    nist(
      ' (5)',
      { fa: 'بدون قاعدهٔ ترکیب کاراکترها', en: 'No composition rules' },
      takesAnything,
      composition,
      publishedRule,
    ),
    nist(' (6)', { fa: 'بدون تغییر دوره‌ای', en: 'No periodic change' }, true, []),
    nist(
      ' (8)',
      {
        fa: 'نپرسیدن پرسش امنیتی هنگام انتخاب گذرواژه',
        en: 'No security questions when choosing a password',
      },
      false,
      [],
      questionsNote,
    ),
    nist(
      ' (9)',
      { fa: 'سنجش همهٔ گذرواژه، بی‌کوتاه‌سازی', en: 'The entire password is verified, nothing is cut off' },
      true,
      [],
    ),
  ];
}

function nistBlockListClauses(nist: Clause, { takesUnicode }: Facts): StandardClause[] {
  return [
    nist(
      ', block-list',
      {
        fa: 'سنجش با فهرست گذرواژه‌های رایج و فاش‌شده',
        en: 'Compared with a list of common, expected and compromised passwords',
      },
      true,
      ['block-list', 'breached'],
    ),
    nist(
      ', block-list',
      {
        fa: 'سنجش همهٔ گذرواژه، نه بخش‌های آن',
        en: 'The list is compared with the whole password, not with parts',
      },
      false,
      [...personal, 'guessable'],
      personalNote,
    ),
    nist(
      ', block-list',
      { fa: 'گفتن دلیل رد و راهنمایی', en: 'The reason of a refusal and guidance are given' },
      true,
      [],
    ),
    nist(
      ', normalization',
      { fa: 'یکسان‌سازی NFKC یا NFKD', en: 'NFKC or NFKD normalisation where Unicode is accepted' },
      !takesUnicode,
      [],
      normalisationNote,
    ),
  ];
}

function asvsClauses(asvs: Clause, { minLength, maxLength, takesAnything }: Facts): StandardClause[] {
  return [
    asvs('6.1.2', { fa: 'فهرست مستند واژه‌های بافتاری', en: 'Context-specific words are documented' }, true, [
      'service-words',
    ]),
    asvs('6.2.1', { fa: 'دست‌کم ۸ کاراکتر', en: 'At least 8 characters' }, minLength >= 8, ['min-length']),
    asvs(
      '6.2.4',
      { fa: 'سنجش با دست‌کم ۳۰۰۰ گذرواژهٔ رایج', en: 'Checked against at least the top 3000 passwords' },
      true,
      ['block-list'],
    ),
    asvs(
      '6.2.5',
      { fa: 'هر ترکیبی از کاراکترها', en: 'Any composition of characters' },
      takesAnything,
      composition,
      publishedRule,
    ),
    asvs(
      '6.2.8',
      { fa: 'سنجش گذرواژه همان‌گونه که رسیده', en: 'Verified exactly as received' },
      false,
      [],
      asMeantNote,
    ),
    asvs(
      '6.2.9',
      { fa: 'پذیرش دست‌کم ۶۴ کاراکتر', en: 'Passwords of 64 characters are permitted' },
      maxLength >= 64,
      ['max-length'],
    ),
    asvs('6.2.10', { fa: 'بدون تغییر دوره‌ای', en: 'No periodic rotation' }, true, []),
    asvs(
      '6.2.11',
      { fa: 'به کار بستن واژه‌های بافتاری', en: 'Context-specific words are refused' },
      true,
      personal,
    ),
    asvs(
      '6.2.12',
      { fa: 'سنجش با گذرواژه‌های فاش‌شده', en: 'Checked against a set of breached passwords' },
      true,
      ['block-list', 'breached'],
    ),
    asvs('6.4.2', { fa: 'بدون پرسش امنیتی', en: 'No security questions' }, false, [], questionsNote),
  ];
}
