import { type FieldError, Problem } from '../../kernel/problem.ts';
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
}>;

/**
 * One text for the whole set, hashed once: answers cannot be tried one at a time. Sorted by question id, so that
 * the order they are given in does not matter. Folding leaves no line break, so no two sets give the same text.
 */
function canonicalText(answers: readonly SecurityAnswer[]): string {
  return answers
    .map(({ question, answer }) => `${foldText(question)}\n${foldText(answer)}`)
    .sort()
    .join('\n');
}

export function createSecurityAnswers({ hasher }: Readonly<{ hasher: SlowHasher }>): SecurityAnswers {
  return {
    examine: examineAnswers,
    check(answers, pointer, person) {
      const errors = examineAnswers(answers, pointer, person);
      if (errors.length > 0) throw new Problem(securityAnswerProblems.refused, { errors });
    },
    async enrol(answers) {
      const hash = await hasher.hash(canonicalText(answers));
      return { questions: inCatalogueOrder(answers.map(({ question }) => question)), hash };
    },
    verify: (answers, enrolledHash) => hasher.verify(canonicalText(answers), enrolledHash),
  };
}
