import { commonProblems, type FieldError, Problem } from '../../kernel/problem.ts';
import { foldText } from '../../kernel/text.ts';
import type { SlowHasher, Verdict } from '../passwords/index.ts';
import { type AnsweringPerson, examineAnswers, type SecurityAnswer } from './answer-rules.ts';
import { inCatalogueOrder } from './catalogue.ts';
import { securityAnswerProblems } from './security-questions.problems.ts';

export type SecurityAnswers = Readonly<{
  /** Everything that is wrong with answers to be enrolled; pointers below `pointer`. Quick, and leaves no trace. */
  examine(answers: readonly SecurityAnswer[], pointer: string, person: AnsweringPerson): FieldError[];
  /** The same, thrown. @throws {Problem} `security-answers-refused` */
  check(answers: readonly SecurityAnswer[], pointer: string, person: AnsweringPerson): void;
  /** For the columns of an account. One slow hash. @throws {Problem} `busy` */
  enrol(answers: readonly SecurityAnswer[]): Promise<{ questions: string[]; hash: string }>;
  /**
   * Whether all the answers are right; which one is wrong cannot be told. `null` (no account) costs the same and
   * never matches. @throws {Problem} `busy`
   */
  verify(answers: readonly SecurityAnswer[], enrolledHash: string | null): Promise<Verdict>;
  /** After a verdict of `needsRehash`: the hash of today, to be stored. Without a place for it, it waits for the next. */
  renew(answers: readonly SecurityAnswer[], store: (hash: string) => Promise<void>): Promise<void>;
}>;

type Fold = (text: string) => string;

/**
 * Ways of folding an answer before it is hashed, newest first, by the name that ends the stored string. Answers are
 * known by their hashes alone: another fold gets another name, and the old one stays while hashes of it are left.
 */
const folds: ReadonlyMap<string, Fold> = new Map([['f1', foldText]]);

/**
 * One text for the whole set, hashed once: answers cannot be tried one at a time. Sorted by question id, so that
 * the order they are given in does not matter. Folding leaves no line break, so no two sets give the same text.
 */
function canonicalText(answers: readonly SecurityAnswer[], fold: Fold): string {
  return answers
    .map(({ question, answer }) => `${fold(question)}\n${fold(answer)}`)
    .sort()
    .join('\n');
}

type SecurityAnswersDependencies = Readonly<{
  hasher: SlowHasher;
  /** At least one. */
  folds?: ReadonlyMap<string, Fold>;
}>;

export function createSecurityAnswers(deps: SecurityAnswersDependencies): SecurityAnswers {
  const { hasher } = deps;
  const [newest, ...older] = deps.folds ?? folds;
  if (!newest) throw new Error('answers need at least one fold');
  const hashOf = async (answers: readonly SecurityAnswer[]) =>
    `${await hasher.hash(canonicalText(answers, newest[1]))}$${newest[0]}`;
  return {
    examine: examineAnswers,
    check(answers, pointer, person) {
      const errors = examineAnswers(answers, pointer, person);
      if (errors.length > 0) throw new Problem(securityAnswerProblems.refused, { errors });
    },
    async enrol(answers) {
      const hash = await hashOf(answers);
      return { questions: inCatalogueOrder(answers.map(({ question }) => question)), hash };
    },
    async verify(answers, enrolledHash) {
      // One fold, so one hash, for everybody: that of the account, or the newest where there is none.
      const [name, fold] = older.find(([name]) => enrolledHash?.endsWith(`$${name}`)) ?? newest;
      const hash = enrolledHash?.endsWith(`$${name}`) ? enrolledHash.slice(0, -name.length - 1) : null;
      const verdict = await hasher.verify(canonicalText(answers, fold), hash);
      return { ...verdict, needsRehash: verdict.needsRehash || (verdict.matches && name !== newest[0]) };
    },
    async renew(answers, store) {
      try {
        await store(await hashOf(answers));
      } catch (error) {
        if (!(error instanceof Problem && error.kind === commonProblems.busy)) throw error;
      }
    },
  };
}
