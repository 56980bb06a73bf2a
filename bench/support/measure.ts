/** What a bench finds: this project against a baseline that ran in turns with it, on the same machine. */
export type Measurement = Readonly<{
  measure: string;
  /** Of value and baseline, e.g. `requests/s`. */
  unit: string;
  value: number;
  baseline: number;
  ratio: number;
  target: number;
  /** Whether the ratio has to reach the target or to stay below it. */
  bound: 'at least' | 'at most';
  met: boolean;
}>;

/** What every `bench/NAME.ts` exports as `bench`. */
export type Bench = (context: BenchContext) => Promise<readonly Measurement[]>;

export type BenchContext = Readonly<{
  /** A new database with the migrated schema on the embedded PostgreSQL; returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** Tells on stderr how far it is. */
  progress(text: string): void;
}>;

export type Comparison = Readonly<{
  measure: string;
  unit: string;
  rounds: number;
  target: number;
  bound?: Measurement['bound'];
  subject: () => Promise<number>;
  baseline: () => Promise<number>;
}>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle - 0.5)] ?? 0) + (sorted[Math.ceil(middle - 0.5)] ?? 0)) / 2;
}

/** Runs both in turns, each going first every other round, and compares the medians. */
export async function compare(comparison: Comparison): Promise<Measurement> {
  const { subject, baseline, rounds } = comparison;
  const values: number[] = [];
  const baselines: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const turns = [async () => values.push(await subject()), async () => baselines.push(await baseline())];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
  }
  return measured(comparison, median(values), median(baselines));
}

export function measured(
  { measure, unit, target, bound = 'at least' }: Pick<Comparison, 'measure' | 'unit' | 'target' | 'bound'>,
  value: number,
  baseline: number,
): Measurement {
  const ratio = value / baseline;
  const met = bound === 'at least' ? ratio >= target : ratio <= target;
  return { measure, unit, value, baseline, ratio, target, bound, met };
}
