import fc from 'fast-check';
import t from 'tap';
import { type ByteSource, type DbfFault, openDbf } from '../../src/features/employer-lists/dbf.ts';
import { buildDbf, type DbfColumn, type DbfDescription, inPieces } from '../support/dbf.ts';

const columns: readonly DbfColumn[] = [
  ['NAME', 'C', 6],
  ['WAGE', 'N', 8],
];
const rows = [
  { NAME: 'one', WAGE: 1 },
  { NAME: 'two', WAGE: '12abc' },
  { NAME: 'three', WAGE: -3 },
];

type Contents = { numbers: number[]; records: string[]; fault: DbfFault | null };

async function contentsOf(source: ByteSource, maxRecords = 1000): Promise<Contents> {
  const contents: Contents = { numbers: [], records: [], fault: null };
  const table = await openDbf(source, maxRecords);
  if ('code' in table) return { ...contents, fault: table };
  for await (const batch of table.batches()) {
    if ('fault' in batch) {
      contents.fault = batch.fault;
      continue;
    }
    for (const { number, bytes } of batch.records) {
      contents.numbers.push(number);
      contents.records.push(bytes.toString('latin1', 1));
    }
  }
  return contents;
}

function faultOf(file: Partial<DbfDescription>, maxRecords?: number): Promise<string | undefined> {
  return contentsOf(buildDbf({ columns, rows, ...file }), maxRecords).then(({ fault }) => fault?.code);
}

/** Notes when a reader lets go of it. */
function watched(bytes: Uint8Array, pieceSize: number) {
  const state = { ended: false, pieces: 0 };
  async function* source() {
    try {
      for await (const piece of inPieces(bytes, pieceSize)) {
        state.pieces += 1;
        yield piece;
      }
    } finally {
      state.ended = true;
    }
  }
  return { state, source: source() };
}

t.test('records come as their bytes, numbers untouched', async (t) => {
  const { records, numbers, fault } = await contentsOf(buildDbf({ columns, rows }));
  t.same(records, ['one          1', 'two      12abc', 'three       -3']);
  t.same(numbers, [1, 2, 3]);
  t.equal(fault, null);
});

t.test('columns are described by the header', async (t) => {
  const table = await openDbf(buildDbf({ columns, rows }), 10);
  t.match(table, {
    recordCount: 3,
    fields: [
      { name: 'NAME', type: 'C', start: 1, end: 7 },
      { name: 'WAGE', type: 'N', start: 7, end: 15 },
    ],
  });
});

t.test('deleted records are skipped and keep their number', async (t) => {
  const { numbers, fault } = await contentsOf(buildDbf({ columns, rows, deleted: [0, 2] }));
  t.same(numbers, [2]);
  t.equal(fault, null);
});

t.test(
  'the end mark is optional, and nothing after it counts, nor what is shorter than a record',
  async (t) => {
    const hidden = [0x1a, ...Buffer.from(' hidden, and longer than a record')];
    for (const tail of [[], [0x1a], [0x1a, 0x1a, 0x1a], [0x1a, 0, 0, 0], [0, 0], [0x0d, 0x0a], hidden]) {
      const { records, fault } = await contentsOf(buildDbf({ columns, rows, tail: Uint8Array.from(tail) }));
      t.equal(records.length, 3);
      t.equal(fault, null);
    }
  },
);

t.test('pieces of any size give the same records', async () => {
  const bytes = buildDbf({ columns, rows, deleted: [1] });
  const whole = await contentsOf(bytes);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (size) => {
      return JSON.stringify(await contentsOf(inPieces(bytes, size))) === JSON.stringify(whole);
    }),
  );
});

t.test('an empty table is a table', async (t) => {
  t.same(await contentsOf(buildDbf({ columns, rows: [] })), { numbers: [], records: [], fault: null });
});

t.test('what is not dBase III is called so', async (t) => {
  for (const bytes of ['', 'PK\u0003\u0004', '<html>', '{}', '\0'.repeat(500)]) {
    t.match(await contentsOf(Buffer.from(bytes)), { fault: { code: 'not-dbase' }, records: [] });
  }
  t.equal(await faultOf({ version: 0x04 }), 'not-dbase');
  for (const version of [0x83, 0x8b, 0xf5, 0x30]) t.equal(await faultOf({ version }), undefined);
});

t.test('a lying header is a fault', async (t) => {
  t.equal(await faultOf({ recordLength: 14 }), 'header-invalid');
  t.equal(await faultOf({ recordLength: 0 }), 'header-invalid');
  t.equal(await faultOf({ recordLength: 16_001 }), 'file-too-large');
  t.equal(await faultOf({ headerLength: 0 }), 'header-invalid');
  t.equal(await faultOf({ headerLength: 32 }), 'header-invalid');
  t.equal(await faultOf({ headerLength: 96 }), 'record-invalid');
  t.equal(await faultOf({ headerLength: 65_535 }), 'file-too-large');
  t.equal(await faultOf({ headerLength: 97 + 15 }), 'file-cut-short');
  t.equal(await faultOf({ headerLength: 97 + 16 }), 'record-invalid');
  t.equal(await faultOf({ columns: [] }), 'header-invalid');
  t.equal(await faultOf({ columns: [...columns, ['NONE', 'C', 0]] }), 'header-invalid');
});

t.test('a few bytes may stand between header and records, hidden pages may not', async (t) => {
  const plain = buildDbf({ columns, rows });
  for (const [slack, code] of [
    [1, undefined],
    [264, undefined],
    [265, 'header-invalid'],
  ] as const) {
    const bytes = Buffer.concat([plain.subarray(0, 97), Buffer.alloc(slack), plain.subarray(97)]);
    bytes.writeUInt16LE(97 + slack, 8);
    const { fault, records } = await contentsOf(bytes);
    t.equal(fault?.code, code);
    t.equal(records.length, code === undefined ? 3 : 0);
  }
});

t.test('more than dBase III allows is too large, before anything is read', async (t) => {
  const many = Array.from({ length: 129 }, (_, index): DbfColumn => [`F${index}`, 'C', 1]);
  t.equal(await faultOf({ columns: many }), 'file-too-large');
  t.equal(await faultOf({ columns: many.slice(1), rows: [{}] }), undefined);
  t.equal(await faultOf({ recordCount: 0xffffffff }), 'file-too-large');
  t.equal(await faultOf({}, 2), 'file-too-large');
  t.equal(await faultOf({}, 3), undefined);
});

t.test('a header without its 0x0D ends where it says', async (t) => {
  const plain = buildDbf({ columns, rows });
  const bytes = Buffer.concat([plain.subarray(0, 96), plain.subarray(97)]);
  bytes.writeUInt16LE(96, 8);
  const { records, fault } = await contentsOf(bytes);
  t.same(records, ['one          1', 'two      12abc', 'three       -3']);
  t.equal(fault, null);
});

t.test('a text column may be wider than 255 characters', async (t) => {
  const wide: readonly DbfColumn[] = [
    ['NAME', 'C', 300],
    ['WAGE', 'N', 8],
  ];
  const bytes = buildDbf({ columns: wide, rows });
  bytes[32 + 16] = 300 - 256;
  bytes[32 + 17] = 1;
  // Of a number the same byte is the decimals.
  bytes[64 + 17] = 2;
  const { records, fault } = await contentsOf(bytes);
  t.equal(fault, null);
  t.same(
    records.map((record) => record.length),
    [308, 308, 308],
  );
  t.ok(records[0]?.startsWith('one '));
});

t.test('live records that lack their blank are live', async (t) => {
  const bytes = buildDbf({ columns, rows });
  for (let offset = 97; offset < bytes.length - 1; offset += 15) bytes[offset] = 0;
  const { numbers, fault } = await contentsOf(bytes);
  t.same(numbers, [1, 2, 3]);
  t.equal(fault, null);
});

t.test('a count that is not the count of records is a fault', async (t) => {
  t.equal(await faultOf({ recordCount: 2 }), 'record-count-mismatch');
  t.equal(await faultOf({ recordCount: 4 }), 'file-cut-short');
  t.equal(await faultOf({ recordCount: 4, tail: Buffer.alloc(15, 0x1a) }), 'file-cut-short');
  t.equal(await faultOf({ recordCount: 4, tail: Buffer.alloc(15, 0x41) }), 'record-invalid');
  t.equal(await faultOf({ tail: Buffer.from(' one          1') }), 'record-count-mismatch');
});

t.test('a fault names the record', async (t) => {
  const { fault, numbers } = await contentsOf(
    buildDbf({ columns, rows, recordCount: 4, tail: Buffer.alloc(15, 0x41) }),
  );
  t.same(fault, { code: 'record-invalid', row: 4, value: '65' });
  t.same(numbers, [1, 2, 3]);
});

t.test('a file cut anywhere is told from a whole one', async (t) => {
  const bytes = buildDbf({ columns, rows });
  for (let size = 0; size < bytes.length - 1; size += 1) {
    const { fault } = await contentsOf(bytes.subarray(0, size));
    t.equal(fault?.code, size === 0 ? 'not-dbase' : 'file-cut-short', `${size} bytes`);
  }
});

t.test('the source is let go, read to its end or not', async (t) => {
  const bytes = buildDbf({ columns, rows });
  const whole = watched(bytes, 10);
  await contentsOf(whole.source);
  t.equal(whole.state.ended, true);

  const broken = watched(buildDbf({ columns, rows, version: 7 }), 40);
  await contentsOf(broken.source);
  t.same(broken.state, { ended: true, pieces: 1 });

  const left = watched(bytes, 10);
  const table = await openDbf(left.source, 10);
  if (!('code' in table)) for await (const _ of table.batches()) break;
  t.equal(left.state.ended, true);

  const closed = watched(bytes, 10);
  const unread = await openDbf(closed.source, 10);
  if (!('code' in unread)) await unread.close();
  t.equal(closed.state.ended, true);
});

t.test('an error of the source is not hidden', async (t) => {
  async function* failing() {
    yield buildDbf({ columns, rows }).subarray(0, 100);
    throw new Error('connection reset');
  }
  await t.rejects(contentsOf(failing()), { message: 'connection reset' });
});

t.test('a long file is read on as it comes, a batch at a time', async (t) => {
  const bytes = buildDbf({ columns, rows: Array.from({ length: 5000 }, () => rows[0] ?? {}) });
  const { state, source } = watched(bytes, 1000);
  const table = await openDbf(source, 5000);
  if ('code' in table) return t.fail(table.code);
  let records = 0;
  for await (const batch of table.batches()) {
    if ('fault' in batch) return t.fail(batch.fault.code);
    records += batch.records.length;
    t.ok(state.pieces * 1000 - records * 15 < 97 + 1000 + 15, 'no piece is asked for before it is needed');
  }
  t.equal(records, 5000);
});

t.test('any bytes at all give records or a fault', async () => {
  const start = buildDbf({ columns, rows }).subarray(0, 97);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(97), async (bytes, kept) => {
      const { records, fault } = await contentsOf(Buffer.concat([start.subarray(0, kept), bytes]));
      return fault !== null || records.every((record) => record.length > 0);
    }),
    { numRuns: 2000 },
  );
});
