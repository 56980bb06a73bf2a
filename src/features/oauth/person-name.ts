import type { Mac } from '../../kernel/keyring.ts';

/** What a person is called towards a client: another name for each, from which nobody gets back to the account. */
export type PersonName = (accountId: string, clientId: string) => string;

export const createPersonName =
  (mac: Mac): PersonName =>
  (accountId, clientId) =>
    mac(accountId, clientId).toString('base64url');
