/** The ways to prove whose account it is that a person can choose from. */
export const recoveryMethods = ['sms', 'email', 'questions'] as const;
export type RecoveryMethod = (typeof recoveryMethods)[number];
/** What a recovery can rest on in the end: those, and a code printed at a branch. */
export type Proof = RecoveryMethod | 'branch';

/** One method is enough, or two different ones (NIST SP 800-63B-4 §4.2.2.2). */
export const assurances = ['any', 'two'] as const;
export type Assurance = (typeof assurances)[number];

export type ProvedSoFar = Readonly<{
  provedMethods: readonly Proof[];
  /** Methods by which somebody else got in before: they prove nothing any more. */
  compromisedMethods: readonly Proof[];
  /** Changed too recently to be trusted alone: addresses, and `questions` while the replaced ones are asked. */
  recentlyChanged: readonly Proof[];
}>;

/**
 * What the methods proved so far are worth: `enough` to set the password, `weak` (a hold first, and any address
 * can object), or `more` is needed. Answers can be known to others, and a new address can be somebody else's.
 * Answers that were replaced recently open nothing alone, wait or not: the owner may have replaced them because
 * others know them, as well as a thief may have, and a recovery by them would put them back for good.
 */
export function worthOf(
  assurance: Assurance,
  { provedMethods, compromisedMethods, recentlyChanged }: ProvedSoFar,
): 'enough' | 'weak' | 'more' {
  const trusted = provedMethods.filter((method) => !compromisedMethods.includes(method));
  const isReplaced = (method: Proof) => method === 'questions' && recentlyChanged.includes(method);
  if (trusted.every(isReplaced) || provedMethods.length < (assurance === 'two' ? 2 : 1)) return 'more';
  const isWeak = (method: Proof) => method === 'questions' || recentlyChanged.includes(method);
  return trusted.every(isWeak) ? 'weak' : 'enough';
}
