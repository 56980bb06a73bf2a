import { parseInsuranceNumber } from '../../kernel/insurance-number.ts';
import type { Localised } from '../../kernel/locale.ts';
import { parseMobile } from '../../kernel/mobile.ts';
import { parseNationalCode } from '../../kernel/national-code.ts';
import { commonProblems, type FieldError, Problem } from '../../kernel/problem.ts';
import { foldText, splitWords } from '../../kernel/text.ts';
import { findSecurityQuestion, questionsPerPerson, type SecurityQuestion } from './catalogue.ts';

/** `question` is an id of the catalogue; `answer` is as typed. */
export type SecurityAnswer = Readonly<{ question: string; answer: string }>;

/** What is known of the person, in any spelling. */
export type AnsweringPerson = Readonly<{
  nationalCode?: string | undefined;
  insuranceNumber?: string | undefined;
  mobile?: string | undefined;
}>;

/** Letters and digits that an answer needs, beside the words of its question. */
const fewestCharacters = 3;
/** Characters of a folded answer. Folding can make one character eighteen, so that a bound on the input is not enough. */
export const longestAnswer = 100;

const faults = {
  count: {
    code: 'three-questions-needed',
    detail: {
      fa: 'به {questions} پرسش متفاوت پاسخ دهید.',
      en: 'Answer {questions} different questions.',
    },
  },
  unknownQuestion: {
    code: 'question-unknown',
    detail: { fa: 'چنین پرسشی در فهرست نیست.', en: 'There is no such question in the catalogue.' },
  },
  repeatedQuestion: {
    code: 'question-repeated',
    detail: { fa: 'هر پرسش را یک بار انتخاب کنید.', en: 'Choose every question once only.' },
  },
  tooShort: {
    code: 'answer-too-short',
    detail: {
      fa: 'پاسخ باید دست‌کم {characters} حرف یا رقم داشته باشد.',
      en: 'The answer needs at least {characters} letters or digits.',
    },
  },
  tooLong: {
    code: 'answer-too-long',
    detail: {
      fa: 'پاسخ نباید بیشتر از {characters} کاراکتر باشد.',
      en: 'The answer must not have more than {characters} characters.',
    },
  },
  trivial: {
    code: 'answer-trivial',
    detail: { fa: 'این پاسخ را هر کسی حدس می‌زند.', en: 'Anybody would guess this answer.' },
  },
  repeatsQuestion: {
    code: 'answer-repeats-question',
    detail: { fa: 'پاسخ تنها واژه‌های خود پرسش است.', en: 'The answer only repeats words of its question.' },
  },
  repeatedAnswer: {
    code: 'answer-repeated',
    detail: { fa: 'پاسخ‌ها باید با هم فرق داشته باشند.', en: 'The answers must differ from each other.' },
  },
  nationalCode: {
    code: 'answer-has-national-code',
    detail: {
      fa: 'پاسخ کد ملی یا شمارهٔ بیمه را در خود دارد.',
      en: 'The answer contains the national code or the insurance number.',
    },
  },
  mobile: {
    code: 'answer-has-mobile',
    detail: { fa: 'پاسخ شمارهٔ همراه را در خود دارد.', en: 'The answer contains the mobile number.' },
  },
} as const satisfies Readonly<Record<string, Readonly<{ code: string; detail: Localised }>>>;

type Fault = keyof typeof faults;

/** Answers given by people who do not want to answer, folded. */
const trivialAnswers = new Set(
  (
    'نمیدانم|نمیدونم|یادم|یادم نیست|نیست|یادم نمیاد|نمیاد|هیچ|هیچی|هیچکس|هیچکدام|کدام|ندارم|نداشتم|ندارد|بله|خیر|آره|' +
    'سلام|تست|آزمایش|پاسخ|جواب|خودم|همه|فرقی|نمیکند|فرقی نمیکند|' +
    "none|nothing|nobody|unknown|dont|know|don't know|i don't know|not sure|idk|test|answer|secret|password|yes|" +
    'qwerty|asdf|asdfgh|hello'
  )
    .split('|')
    .map(foldText),
);

/** Of symbols too nothing is left that an answer could be. */
function toLetters(folded: string): string {
  return folded.replace(/[^\p{L}\p{N}]/gu, '');
}

/** One character over and over, or each the successor (or predecessor) of the one before: aaa, 1234, cba. */
function isRun(letters: string): boolean {
  const codes = Array.from(letters, (letter) => letter.codePointAt(0) ?? 0);
  const [first = 0, second = 0] = codes;
  const step = second - first;
  return Math.abs(step) <= 1 && codes.every((code, index) => code === first + step * index);
}

function isTrivial(folded: string): boolean {
  const letters = toLetters(folded);
  return trivialAnswers.has(letters) || isRun(letters) || !folded.isWellFormed();
}

/** Whether less than an answer is left when the words of the question are taken away. */
function repeatsQuestion(answer: string, { text }: SecurityQuestion): boolean {
  const asked = new Set([text.fa, text.en].flatMap(splitWords).map(foldText));
  const left = splitWords(answer)
    .map(foldText)
    .filter((word) => !asked.has(word));
  return left.join('').length < fewestCharacters;
}

function faultOfAnswer(answer: string, folded: string, question: SecurityQuestion | undefined): Fault | null {
  if (folded.length > longestAnswer) return 'tooLong';
  if ([...toLetters(folded)].length < fewestCharacters) return 'tooShort';
  if (isTrivial(folded)) return 'trivial';
  return question && repeatsQuestion(answer, question) ? 'repeatsQuestion' : null;
}

function faultsOfPerson(folded: string, person: AnsweringPerson): Fault[] {
  const { nationalCode = '', insuranceNumber = '', mobile = '' } = person;
  const digits = folded.replace(/[^0-9]/g, '');
  const identifiers = [parseNationalCode(nationalCode), parseInsuranceNumber(insuranceNumber)];
  const subscriber = parseMobile(mobile)?.slice(-10);
  const found: Fault[] = [];
  if (identifiers.some((number) => number && digits.includes(number))) found.push('nationalCode');
  if (subscriber && digits.includes(subscriber)) found.push('mobile');
  return found;
}

/**
 * Everything that is wrong with the answers somebody enrols, with pointers below `pointer`; an empty list when
 * nothing is. No text of an answer is repeated in it.
 */
export function examineAnswers(
  answers: readonly SecurityAnswer[],
  pointer: string,
  person: AnsweringPerson,
): FieldError[] {
  const errors: FieldError[] = [];
  const add = (place: string, fault: Fault, parameters = {}) => {
    errors.push({ pointer: `${pointer}${place}`, ...faults[fault], parameters });
  };
  if (answers.length !== questionsPerPerson) add('', 'count', { questions: questionsPerPerson });
  const questionsSeen = new Set<string>();
  const answersSeen = new Set<string>();
  for (const [index, { question: id, answer }] of answers.entries()) {
    const question = findSecurityQuestion(id);
    if (!question) add(`/${index}/question`, 'unknownQuestion');
    else if (questionsSeen.has(id)) add(`/${index}/question`, 'repeatedQuestion');
    questionsSeen.add(id);

    const folded = foldText(answer);
    const fault = faultOfAnswer(answer, folded, question);
    const characters = fault === 'tooLong' ? longestAnswer : fewestCharacters;
    if (fault) add(`/${index}/answer`, fault, { characters });
    for (const personal of faultsOfPerson(folded, person)) add(`/${index}/answer`, personal);
    // Punctuation makes no other answer.
    const letters = toLetters(folded);
    if (letters !== '' && answersSeen.has(letters)) add(`/${index}/answer`, 'repeatedAnswer');
    answersSeen.add(letters);
  }
  return errors;
}

/**
 * Answers that are given as proof: of different questions, known or not. What is not even that is no guess.
 * @throws {Problem} `invalid-input`
 */
export function requireDifferentQuestions(answers: readonly SecurityAnswer[]): void {
  const seen = new Set<string>();
  const errors = answers.flatMap(({ question }, index) => {
    const isRepeated = seen.has(question);
    seen.add(question);
    return isRepeated ? [{ pointer: `/answers/${index}/question`, ...faults.repeatedQuestion }] : [];
  });
  if (errors.length > 0) throw new Problem(commonProblems.invalidInput, { errors });
}
