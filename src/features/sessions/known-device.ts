import { sql } from 'kysely';

/** A device that has not signed in for so long is unknown. */
export const deviceUnusedSeconds = 180 * 24 * 60 * 60;

/** Whether a row of `device` still counts as known. */
export const isKnownDevice = sql<boolean>`
  device.last_used_at > now() - make_interval(secs => ${sql.lit(deviceUnusedSeconds)})`;
