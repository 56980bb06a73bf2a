import type { SentCode } from './address-changes.ts';
import type { StartedBar } from './bars.ts';
import type { PendingChange } from './pending-changes.repository.ts';
import { maskAddress } from './pending-changes.ts';

/** How changes and bars are shown: addresses masked, instants as RFC 3339. */

export function viewContactChange({ destination, codeExpiresAt, expiresAt, ...change }: SentCode) {
  return {
    ...change,
    destination: destination ?? '',
    codeExpiresAt: codeExpiresAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}

export function viewBar(bar: StartedBar) {
  const { id, kind, proof, resendInSeconds, attemptsLeft } = bar;
  return {
    id,
    kind,
    proof,
    resendInSeconds,
    attemptsLeft,
    codeExpiresAt: bar.codeExpiresAt.toISOString(),
    expiresAt: bar.expiresAt.toISOString(),
  };
}

export function viewPendingChange({ id, kind, address, trustedFrom }: PendingChange) {
  return {
    id,
    kind,
    destination: address === null ? null : maskAddress(kind, address),
    trustedFrom: trustedFrom?.toISOString() ?? null,
  };
}
