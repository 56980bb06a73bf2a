import type { TextParameters } from '../../kernel/locale.ts';
import { foldPassword } from './folded-password.ts';
import { guessMagnitude, type Score, toScore } from './guessability.ts';
import { longestSecret } from './hashing.ts';
import { toLatinKeys, toPersianKeys } from './keyboard.ts';
import { passwordAsMeant } from './password-as-meant.ts';
import { findPersonalData, type PersonalData } from './personal-data.ts';
import type { CharacterClass, PasswordPolicy } from './policy.ts';
import { type RuleCode, ruleOfRequiredClass, toViolation, type Violation } from './rules.ts';
import type { WordList } from './word-list.ts';

export type Evaluation = Readonly<{
  acceptable: boolean;
  /** 0 for what is too long to be looked at. */
  score: Score;
  /** Every rule that is broken, in the order of the policy. */
  violations: readonly Violation[];
}>;

/** `null` for what nobody can see or type again: controls, direction marks, unassigned and private characters. */
function toClass(character: string): CharacterClass | null {
  if (/^[A-Z]$/.test(character)) return 'upper';
  if (/^[a-z]$/.test(character)) return 'lower';
  if (/^[0-9]$/.test(character)) return 'digit';
  if (/^[\x20-\x7e]$/.test(character)) return 'special';
  // The joiners belong to Persian spelling (می‌روم) and to emoji.
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\u200c\u200d]$/u.test(character) ? 'unicode' : null;
}

function findWrongCharacters(
  characters: readonly string[],
  { allowed, required }: PasswordPolicy,
): RuleCode[] {
  const present = new Set(characters.map(toClass));
  const broken: RuleCode[] = required
    .filter((item) => !present.has(item))
    .map((item) => ruleOfRequiredClass[item]);
  const permitted = new Set<CharacterClass | null>(allowed);
  if ([...present].some((item) => !permitted.has(item))) broken.push('allowed-characters');
  return broken;
}

function isCommon(password: string, words: WordList): boolean {
  const folded = foldPassword(password);
  return [folded, toLatinKeys(folded), toPersianKeys(folded)].some(words.isCommonPassword);
}

export type Evaluate = (password: string, person: PersonalData) => Evaluation;

/** Judges passwords by what can be told without anybody's stored hash and without asking anybody. */
export function createEvaluation(
  policy: PasswordPolicy,
  rules: ReadonlyMap<RuleCode, TextParameters>,
  words: WordList,
): Evaluate {
  const violation = (rule: RuleCode) => toViolation(rule, rules.get(rule) ?? {});
  return (password, person) => {
    // Before anything that takes time in proportion to the length.
    const text = password.length > longestSecret ? null : passwordAsMeant(password);
    const characters = text === null ? [] : [...text];
    if (text === null || characters.length > policy.maxLength) {
      return { acceptable: false, score: 0, violations: [violation('max-length')] };
    }
    const score = toScore(guessMagnitude(text, words));
    const broken: RuleCode[] = [];
    if (characters.length < policy.minLength) broken.push('min-length');
    broken.push(...findWrongCharacters(characters, policy));
    if (isCommon(text, words)) broken.push('block-list');
    broken.push(...findPersonalData(text, person));
    if (score < policy.minScore) broken.push('guessable');
    return { acceptable: broken.length === 0, score, violations: broken.map(violation) };
  };
}
