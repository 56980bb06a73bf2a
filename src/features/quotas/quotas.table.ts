export type QuotaTable = {
  key: Buffer;
  used: number;
  resets_at: Date;
  blocked_until: Date | null;
};
