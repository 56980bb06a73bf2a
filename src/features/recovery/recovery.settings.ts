import { asList, asOneOf, type Parse } from '../../settings/parsers.ts';
import type { SettingsReader } from '../../settings/reader.ts';
import { type Assurance, assurances } from './assurance.ts';
import { getChannel, type RecoveryMethod, recoveryMethods, toKinds } from './methods/index.ts';

export type RecoverySettings = Readonly<{
  /** Switched on, in the order they are offered in. */
  methods: readonly RecoveryMethod[];
  assurance: Assurance;
}>;

const asMethods: Parse<readonly RecoveryMethod[]> = (text) => {
  const named = asList(text);
  const chosen = recoveryMethods.filter((method) => named.includes(method));
  if (chosen.length === 0 || chosen.length !== named.length) {
    throw new Error(`must list some of ${recoveryMethods.join(', ')}, each once`);
  }
  return chosen;
};

export function readRecoverySettings(reader: SettingsReader): RecoverySettings {
  return {
    methods: reader.read({
      name: 'RECOVERY_METHODS',
      describe: `ways of account recovery: ${recoveryMethods.map((method) => `\`${method}\``).join(', ')}; without \`questions\` strangers who use up somebody’s guesses send devices that are not known to a branch`,
      parse: asMethods,
      fallback: recoveryMethods,
    }),
    assurance: reader.read<Assurance>({
      name: 'RECOVERY_ASSURANCE',
      describe: '`any`: one method is enough; `two`: two different ones (NIST SP 800-63B-4 §4.2.2.2)',
      parse: (text) => asOneOf(...assurances)(text) as Assurance,
      fallback: 'any',
    }),
  };
}

export function recoveryInconsistencies({ assurance, methods }: RecoverySettings): string[] {
  const faults: string[] = [];
  if (assurance === 'two' && methods && new Set(toKinds(methods)).size < 2)
    faults.push('RECOVERY_ASSURANCE two needs RECOVERY_METHODS of two kinds or more');
  // Where answers are guessed everywhere they prove nothing without a code.
  if (methods?.every((method) => getChannel(method) === null))
    faults.push('RECOVERY_METHODS needs a method that sends a code');
  return faults;
}
