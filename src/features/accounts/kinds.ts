import { type AddressKind, addressKinds } from '../../messaging/channels.ts';

export { type AddressKind, addressKinds } from '../../messaging/channels.ts';

/** The ways into an account beside its password: each has one trusted value or none, and may be barred. */
export const kinds = [...addressKinds, 'answers'] as const;
export type Kind = (typeof kinds)[number];

/** Those that a message can be sent to. */
export function isAddressKind(kind: Kind): kind is AddressKind {
  return addressKinds.some((each) => each === kind);
}

/** How long whoever is told of something can dispute it, and a change waits to be trusted, from when the notice left. */
export const disputeSeconds = 72 * 60 * 60;
