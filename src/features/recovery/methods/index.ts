import { sql } from 'kysely';
import type { Kind } from '../../accounts/index.ts';
import { email } from './email.ts';
import type { MethodDefinition, Trusted } from './method.ts';
import { questions } from './questions.ts';
import { sms } from './sms.ts';

/** The one list of them. A new one stands here, and in the constraint of `recovery.method`. */
const definitions = { sms, email, questions } as const satisfies Record<string, MethodDefinition>;

/** The ways to prove whose account it is that a person can choose from. */
export type RecoveryMethod = keyof typeof definitions;
export const recoveryMethods = Object.keys(definitions) as RecoveryMethod[];

/** How the code of a method leaves; `null`: answers are asked for. */
export const getChannel = (method: RecoveryMethod) => definitions[method].channel;
/** What a device that the account knows is shown of a method; `null`: the person has no such thing. */
export const showMethod = (method: RecoveryMethod, trusted: Trusted) => definitions[method].show(trusted);

/** As people call it. */
export const getMethodName = (method: RecoveryMethod) => definitions[method].name;

/** At a desk a code goes to the mobile, whatever is offered elsewhere. */
export const deskMethod: RecoveryMethod = 'sms';

const answerMethods = recoveryMethods.filter((method) => getChannel(method) === null);
/** The methods without a code, for statements. */
export const answerMethodNames = sql<
  RecoveryMethod[]
>`array[${sql.join(answerMethods.map((method) => sql.lit(method)))}]::text[]`;

/** Those that may still be proved: a second one of the same kind proves nothing more. */
export function withoutKindsOf(
  methods: readonly RecoveryMethod[],
  proved: readonly RecoveryMethod[],
): RecoveryMethod[] {
  const kinds = new Set(toKinds(proved));
  return methods.filter((method) => !kinds.has(definitions[method].kind));
}

/** What of an account each of them rests on. */
export function toKinds(methods: readonly RecoveryMethod[]): Kind[] {
  return methods.map((method) => definitions[method].kind);
}
