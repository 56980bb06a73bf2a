import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { openDbf } from './dbf.ts';
import { comparedKey } from './employer-list.ts';
import type { CompletePair, FilePair } from './file-pairs.ts';
import { listKeyColumns, type WorkshopColumn } from './list-files.ts';

/** A pair of an import, and what its first bytes say of it. */
export type ArrangedPair = Readonly<{
  pair: FilePair;
  /** Which workshop it seems to be about; the reading proper tells whether it is. */
  workshopCode: string;
  /** Whether the import holds no newer version of the same list. */
  isNewest: boolean;
}>;

/** `key` is '' where it cannot be read: such files are nobody's version. */
type Peeked = Readonly<{
  pair: FilePair;
  workshopCode: string;
  key: string;
  writtenOn: number;
  savedAt: number;
}>;

const peekedAtOnce = 16;

/** The workshop that the first bytes seem to name; '' where they name none. */
export async function peekWorkshopCode(pair: CompletePair): Promise<string> {
  return (await peek({ name: '', ...pair })).workshopCode;
}

async function peek(pair: FilePair): Promise<Peeked> {
  const unknown = { pair, workshopCode: '', key: '', writtenOn: 0, savedAt: 0 };
  const { workshop, workers } = pair;
  if (workshop === null || workers === null) return unknown;
  const table = await openDbf(createReadStream(workshop), 1);
  if ('code' in table) return unknown;
  for await (const batch of table.batches()) {
    const record = 'records' in batch ? batch.records[0] : undefined;
    if (record === undefined) return unknown;
    const read = (column: WorkshopColumn) => {
      const field = table.fields.find(({ name }) => name === column);
      return field ? record.bytes.toString('latin1', field.start, field.end).trim() : '';
    };
    const workshopCode = read(listKeyColumns.workshopCode);
    const [year, month] = [Number(read(listKeyColumns.year)), Number(read(listKeyColumns.month))];
    const { numberKey, contractKey } = comparedKey({
      listNumber: read(listKeyColumns.listNumber),
      contractRow: read(listKeyColumns.contractRow),
    });
    const saved = await Promise.all([workshop, workers].map(async (file) => (await stat(file)).mtimeMs));
    return {
      pair,
      workshopCode,
      key: `${workshopCode}/${year}/${month}/${contractKey}/${numberKey}`,
      writtenOn: table.changedOn,
      savedAt: Math.max(...saved),
    };
  }
  return unknown;
}

/** When the files were written decides; folders' names, in whose order pairs come, where that is the same. */
function byAge(a: Peeked, b: Peeked): number {
  return a.writtenOn - b.writtenOn || a.savedAt - b.savedAt;
}

/**
 * Puts the versions of one list in the order in which they were written: first the day in the header, then the
 * time of the file. A folder `corrected` comes before `original` by name, and is the later one all the same.
 * Everything else keeps its place.
 */
export async function arrangeVersions(pairs: readonly FilePair[]): Promise<ArrangedPair[]> {
  const peeked: Peeked[] = [];
  for (let start = 0; start < pairs.length; start += peekedAtOnce) {
    peeked.push(...(await Promise.all(pairs.slice(start, start + peekedAtOnce).map(peek))));
  }
  const arranged: ArrangedPair[] = new Array(peeked.length);
  const lists = Map.groupBy(peeked.keys(), (place) => peeked[place]?.key || `unread ${place}`);
  for (const places of lists.values()) {
    const versions = places.map((place) => peeked[place] as Peeked).sort(byAge);
    versions.forEach(({ pair, workshopCode }, index) => {
      const isNewest = index === versions.length - 1;
      arranged[places[index] as number] = { pair, workshopCode, isNewest };
    });
  }
  return arranged;
}
