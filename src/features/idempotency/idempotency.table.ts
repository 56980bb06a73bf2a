export type IdempotencyKeyTable = {
  digest: Buffer;
  fingerprint: Buffer;
  claim: string;
  claimed_until: Date;
  answer: Buffer | null;
  expires_at: Date;
};

declare module '../../database/schema.ts' {
  interface Database {
    idempotency_key: IdempotencyKeyTable;
  }
}
