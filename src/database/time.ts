import { sql } from 'kysely';

/** By the database's clock, the only one for life times: replicas agree on it, and it stands still in a transaction. */
export const now = sql<Date>`now()`;

/** So many seconds after that; before it when negative. */
export const inSeconds = (seconds: number) => sql<Date>`now() + make_interval(secs => ${seconds})`;
