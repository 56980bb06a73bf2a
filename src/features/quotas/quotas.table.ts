export type QuotaTable = {
  key: Buffer;
  used: number;
  resets_at: Date;
};

export type SlidingQuotaTable = {
  key: Buffer;
  /** When each use was that still counts, oldest first. */
  uses: Date[];
  expires_at: Date;
};

declare module '../../database/schema.ts' {
  interface Database {
    quota: QuotaTable;
    sliding_quota: SlidingQuotaTable;
  }
}
