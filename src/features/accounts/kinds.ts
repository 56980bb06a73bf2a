/** The ways into an account beside its password: each has one trusted value or none, and may be barred. */
export const kinds = ['mobile', 'email', 'answers'] as const;
export type Kind = (typeof kinds)[number];

/** Those that a message can be sent to, and by which channel. */
export const channels = { mobile: 'sms', email: 'email' } as const;
export type AddressKind = keyof typeof channels;
export const addressKinds = Object.keys(channels) as readonly AddressKind[];

export function isAddressKind(kind: Kind): kind is AddressKind {
  return kind in channels;
}

/** How long whoever is told of something can dispute it, and a change waits to be trusted, from when the notice left. */
export const disputeSeconds = 72 * 60 * 60;
