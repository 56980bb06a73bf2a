import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { unzipPair } from '../../src/features/employer-lists/file-pairs.ts';
import { findingsAsCsv } from '../../src/features/employer-lists/report.csv.ts';
import { formatJalaliDate } from '../../src/kernel/jalali.ts';
import { foldText } from '../../src/kernel/text.ts';
import { readList, toFindings } from '../support/employer-lists.ts';

/** Lists as programs in the wild write them, one quirk each, and what has to come of each. */

type Wanted = Readonly<{
  want: 'accepted' | 'warned' | 'refused';
  note?: string;
  codes?: readonly string[];
  rows: readonly Readonly<Record<string, string | number>>[];
}>;

const folder = new URL('../fixtures/employer-lists/strangers/', import.meta.url);
const wanted: Readonly<Record<string, Wanted>> = JSON.parse(
  readFileSync(new URL('want.json', folder), 'utf8'),
);

/** The two files of one of them, packed together or not. */
async function filesOf(t: Test, name: string) {
  const zip = new URL(`${name}/list.zip`, folder);
  const packed = existsSync(zip) ? await unzipPair(fileURLToPath(zip), t.testdir()) : null;
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, folder));
  return packed
    ? { workshop: readFileSync(packed.workshop), workers: readFileSync(packed.workers) }
    : { workshop: read('DSKKAR00.DBF'), workers: read('DSKWOR00.DBF') };
}

t.test('every folder has an expectation', async (t) => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  t.strictSame(folders.map(({ name }) => name).sort(), Object.keys(wanted).sort());
});

for (const [name, { want, note, codes, rows: wantedRows }] of Object.entries(wanted)) {
  t.test(`${name}: ${want}${note ? `, ${note}` : ''}`, async (t) => {
    const { verdict, rows } = await readList(await filesOf(t, name));
    t.equal(verdict.accepted, want !== 'refused', toFindings(verdict).join(', '));
    const found = new Set(verdict.findings.map(({ code }) => code));
    if (want === 'warned') t.ok(verdict.warningCount > 0, 'and says what is wrong');
    if (want === 'accepted' || codes) t.strictSame([...found].sort(), codes ?? [], 'and nothing else');
    if (wantedRows.length === 0) return;
    t.strictSame(
      rows.map((row) => ({
        PER_NATCOD: row.nationalCode ?? '',
        DSW_ID1: row.insuranceNumber ?? '',
        DSW_FNAME: foldText(row.firstName),
        DSW_LNAME: foldText(row.lastName),
        DSW_SEX: row.sex === null ? '' : row.sex === 'male' ? 'مرد' : 'زن',
        DSW_BDATE: row.birthDate ? formatJalaliDate(row.birthDate).replaceAll('-', '') : '',
        DSW_DD: row.days,
        DSW_MASH: row.insurableWage,
      })),
      wantedRows.map((row) => ({
        ...row,
        // Iran System has no ZWNJ: a blank stands for it.
        DSW_FNAME: foldText(String(row.DSW_FNAME)),
        DSW_LNAME: foldText(String(row.DSW_LNAME)),
      })),
    );
  });
}

t.test('a table of findings calls encodings as people do', async (t) => {
  const { verdict } = await readList(await filesOf(t, '50-long-names-mixed-encodings'));
  const [, line] = findingsAsCsv(verdict.findings, 'fa').split('\r\n');
  t.match(line, '"عنوان شغل (DSW_OCP)","«ایران سیستم»","«ویندوز»"');
});

t.test('a name that nobody can read is no name', async (t) => {
  for (const name of ['35-question-marks', '36-box-drawing']) {
    const { rows } = await readList(await filesOf(t, name));
    for (const { firstName, lastName } of rows) {
      t.match(`${firstName}${lastName}`, /^[\p{Script=Arabic}\s\u200c]*$/u, `${firstName} ${lastName}`);
    }
  }
});
