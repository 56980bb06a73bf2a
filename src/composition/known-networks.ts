import { findPersonId } from '../features/accounts/index.ts';
import { createKnownNetworks, type KnownNetworks } from '../features/known-networks/index.ts';
import { createMac } from '../kernel/keyring.ts';
import type { Secret } from '../kernel/secret.ts';
import type { IsKnownNetwork } from '../messaging/index.ts';

export const createNetworks = (identifierKey: Secret<Uint8Array>): KnownNetworks =>
  createKnownNetworks(createMac(identifierKey, 'known-network'));

/** Asked when a code is dispatched: whether the account that it is for was signed in from where it was asked for. */
export function createNetworkCheck(networks: KnownNetworks): IsKnownNetwork {
  return async (trx, accountId, network) => {
    const person = await findPersonId(trx, accountId);
    return person !== undefined && networks.isKnown(trx, person, network);
  };
}
