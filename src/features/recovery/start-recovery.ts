import type { Caller } from '../../kernel/caller.ts';
import { digestBearerSecret, newBearerSecret } from '../../kernel/keyring.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { type FlowKey, flowsOfNetwork } from '../one-time-codes/index.ts';
import { type RecoveryMethod, showMethod, toKinds } from './methods/index.ts';
import type { RecoveryDependencies } from './recovery.dependencies.ts';
import { isUntouchedRecovery } from './recovery.repository.ts';
import { insertRecovery, type OpenedRecovery } from './start.repository.ts';

/**
 * Opens a flow. A device that the account knows is shown its masked addresses; any other gets every method that is
 * switched on, and nothing by which somebody who has an account could be told from somebody who has none.
 */
export async function startRecovery(
  deps: RecoveryDependencies,
  { person, deviceToken, proof }: { person: PersonId; deviceToken: string | null; proof: string | null },
  caller: Caller,
) {
  const { db, subjectOf, quotas, counterKey, knownNetworks, proofOfWork, settings } = deps;
  const { token, digest } = newBearerSecret();
  const subject = subjectOf(...personIdParts(person));
  const work = proofOfWork({ route: 'recovery', subject, proof });
  const flow = await insertRecovery(db, person.kind, {
    tokenDigest: digest,
    subject,
    userName: person.value,
    deviceDigest: digestBearerSecret(deviceToken ?? ''),
    locale: caller.locale,
    coarseNetwork: caller.coarseNetwork,
    userAgent: caller.userAgent,
    networkKey: counterKey('recovery-from-network', subject, caller.network),
    knownNetworkKey: knownNetworks.keyOf(person, caller.network),
    flowsKey: quotas.keyOf(flowsOfNetwork, [caller.network]),
    isWorkDone: await work.isDone(),
  });
  if (!flow) throw await work.required();
  const methods = toOffer(settings.methods, flow);
  return { id: flow.id, flowToken: token, expiresAt: flow.expiresAt, methods };
}

/** Whether nothing has been done in a flow since it was started. */
export const isUntouched = ({ db }: RecoveryDependencies, key: FlowKey): Promise<boolean> =>
  isUntouchedRecovery(db, key);

/** What is offered, with masked addresses where they may be shown: all that is switched on to everybody else. */
function toOffer(methods: readonly RecoveryMethod[], { barredKinds, mobile, email }: OpenedRecovery) {
  if (!barredKinds) return methods.map((method) => ({ method }));
  return methods.flatMap((method) => {
    const isBarred = toKinds([method]).some((kind) => barredKinds.includes(kind));
    const shown = isBarred ? null : showMethod(method, { mobile, email });
    return shown ? [{ method, ...shown }] : [];
  });
}
