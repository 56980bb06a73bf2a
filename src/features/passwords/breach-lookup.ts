/**
 * Whether a password was seen in a breach, asked of somebody who must not learn it. `unavailable` lets the password
 * pass: the shipped list and the other rules have judged it by then, and nobody is to be kept from their account
 * because another service is down. Never throws.
 */
export type BreachLookup = (password: string) => Promise<'breached' | 'not-breached' | 'unavailable'>;
