/** Takes a month of a very large employer in and tells its peak memory: `long-list.ts DATABASE_URL ROWS`. */
import { connect } from '../../src/database/connection.ts';
import { createEmployerListService } from '../../src/features/employer-lists/index.ts';
import { recordWriter } from '../../src/features/records/index.ts';
import { buildDbf } from './dbf.ts';
import { toWorkshop, worker, workersLayout, workshopLayout } from './employer-lists.ts';
import { toCode, work } from './register.ts';

const [url = '', count = '0'] = process.argv.slice(2);
const rows = Number(count);
const days = 29;
const atOnce = 500;

const row = { ...worker, ...work(toCode(0), days) };

function offsetOf(column: string): number {
  let offset = 1;
  for (const [name, , length] of workersLayout) {
    if (name === column) return offset;
    offset += length;
  }
  throw new Error(`no column ${column}`);
}

const numbers = [offsetOf('DSW_ID1'), offsetOf('PER_NATCOD')];

/** The n-th record is the first one with the n-th person's numbers. */
function record(template: Buffer, n: number): Buffer {
  const bytes = Buffer.from(template);
  for (const offset of numbers) bytes.write(toCode(n), offset, 'latin1');
  return bytes;
}

/** The file of workers, made while it is read. */
async function* workers(): AsyncGenerator<Uint8Array> {
  yield buildDbf({ columns: workersLayout, rows: [], recordCount: rows, tail: Buffer.alloc(0) });
  const file = buildDbf({ columns: workersLayout, rows: [row], tail: Buffer.alloc(0) });
  const template = file.subarray(file.readUInt16LE(8));
  for (let start = 0; start < rows; start += atOnce) {
    const length = Math.min(atOnce, rows - start);
    yield Buffer.concat(Array.from({ length }, (_, n) => record(template, start + n)));
  }
}

function workshop(): Buffer {
  const wide = workshopLayout.map(
    ([name, type, length]) => [name, type, type === 'N' ? 15 : length] as const,
  );
  const totals = Object.entries(toWorkshop([row])).map(([name, value]) =>
    typeof value === 'number' && !['DSK_YY', 'DSK_MM', 'DSK_RATE'].includes(name)
      ? [name, value * rows]
      : [name, value],
  );
  return buildDbf({ columns: wide, rows: [Object.fromEntries(totals)] });
}

const { pool, close } = connect({ url, poolSize: 2 });
const lists = createEmployerListService({ pool, records: recordWriter, centuryPivot: 50 });
const report = await lists.ingest({
  fileDigest: '0'.repeat(64),
  open: () => ({ workshop: workshop(), workers: workers() }),
});
console.log(`${report.state} ${report.list?.rowCount} rows, ${report.newPeople} new people`);
await close();
console.log(Math.round(process.resourceUsage().maxRSS / 1024));
