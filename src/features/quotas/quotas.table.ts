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
