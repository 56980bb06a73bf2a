import type { Session } from '@savabegh/client';

/** What every part of the page gets. */
export type PartProps = Readonly<{ session: Session }>;
