/**
 * Every table the service uses: each feature adds its own in its `x.table.ts`, so that nothing here knows them. A test
 * holds these types against the migrated schema.
 */
// biome-ignore lint/suspicious/noEmptyInterface: a type cannot be added to
export interface Database {}
