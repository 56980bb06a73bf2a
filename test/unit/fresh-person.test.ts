import { jalaaliMonthLength } from 'jalaali-js';
import t from 'tap';
import { type FreshPerson, inventFreshPerson } from '../../src/development/sample-lists/fresh-person.ts';

type Row = Record<string, string>;

/** Rows of a dBase file by the names in its header: enough to look into thousands of files in memory. */
function rowsOf(file: Uint8Array): Row[] {
  const bytes = Buffer.from(file);
  const [count, start, width] = [bytes.readUInt32LE(4), bytes.readUInt16LE(8), bytes.readUInt16LE(10)];
  return Array.from({ length: count }, (_, i) => {
    const row: Row = {};
    let offset = start + i * width + 1;
    for (let at = 32; bytes[at] !== 0x0d; at += 32) {
      const name = bytes.toString('latin1', at, bytes.indexOf(0, at));
      const end = offset + (bytes[at + 16] ?? 0);
      row[name] = bytes.toString('latin1', offset, end).trim();
      offset = end;
    }
    return row;
  });
}

/** The rule of the check digit: weights 10 to 2 and the digit itself, or its complement, modulo 11. */
function isNationalCode(code: string): boolean {
  if (!/^\d{10}$/.test(code) || /^(\d)\1{9}$/.test(code)) return false;
  const digits = [...code].map(Number);
  const rest = digits.slice(0, 9).reduce((total, digit, i) => total + digit * (10 - i), 0) % 11;
  return digits[9] === (rest < 2 ? rest : 11 - rest);
}

const totalColumns = ['DSK_TDD', 'DSK_TMAH', 'DSK_TMAZ', 'DSK_TMASH', 'DSK_TTOTL', 'DSK_TBIME'];
const summedColumns = ['DSW_DD', 'DSW_MAH', 'DSW_MAZ', 'DSW_MASH', 'DSW_TOTL', 'DSW_BIME'];

/** What of a person's list differs from what a list of that person alone must say. */
function listProblems({ person }: FreshPerson, kar: Row, wor: Row[]): string[] {
  const monthDays = jalaaliMonthLength(1400 + Number(kar.DSK_YY), Number(kar.DSK_MM));
  const days = Number(kar.DSK_TDD);
  const sums = summedColumns.map((column) => wor.reduce((total, row) => total + Number(row[column]), 0));
  const facts: Record<string, boolean> = {
    'one row': wor.length === 1 && kar.DSK_NUM === '1',
    totals: String(totalColumns.map((column) => Number(kar[column]))) === String(sums),
    'list number': kar.DSK_LISTNO === person.nationalCode,
    'national code': wor[0]?.PER_NATCOD === person.nationalCode,
    'birth date': wor[0]?.DSW_BDATE === person.birthDate.replaceAll('-', ''),
    days: days >= 1 && days <= monthDays,
  };
  return Object.keys(facts).filter((fact) => !facts[fact]);
}

t.test('a thousand fresh persons are all different, and their lists add up', async (t) => {
  const identities = { code: new Set<string>(), mobile: new Set<string>(), insurance: new Set<string>() };
  for (let seed = 0; seed < 1000; seed += 1) {
    const fresh = inventFreshPerson(seed);
    const { nationalCode, mobile } = fresh.person;
    const months = fresh.lists.length;
    const problems = fresh.lists.flatMap(({ kar, wor }) => {
      const [workshop = {}] = rowsOf(kar);
      const workers = rowsOf(wor);
      identities.insurance.add(String(workers[0]?.DSW_ID1));
      return listProblems(fresh, workshop, workers);
    });
    identities.code.add(nationalCode);
    identities.mobile.add(mobile);
    if (!isNationalCode(nationalCode)) problems.push(`national code ${nationalCode}`);
    if (!/^09\d{9}$/.test(mobile) || mobile.slice(-4) !== nationalCode.slice(-4)) problems.push('mobile');
    if (months < 27 || months > 33) problems.push(`${months} lists`);
    if (problems.length > 0) t.fail(`seed ${seed}: ${problems}`);
  }
  const counts = Object.values(identities).map((found) => found.size);
  t.same(counts, [1000, 1000, 1000], 'codes, mobiles, insurance numbers');
});

t.test('the same seed gives the same fresh person to the byte, however it is written', async (t) => {
  const first = inventFreshPerson(258);
  for (const seed of [258n, Uint8Array.of(1, 2), 258 + 999_999_990]) t.same(inventFreshPerson(seed), first);
  t.not(inventFreshPerson(259).person.nationalCode, first.person.nationalCode);
});

t.test('serials on either side of ten equal digits are used, those between are not', async (t) => {
  // Undoes the scattering of seeds: 618,033,991 times this is 1 modulo the count of serials.
  const unscatter = 657_410_461n;
  const serialAt = (rank: bigint) => inventFreshPerson(rank * unscatter).person.nationalCode.slice(0, 9);
  t.equal(serialAt(0n), '000000001');
  t.equal(serialAt(111_111_109n), '111111110');
  t.equal(serialAt(111_111_110n), '111111112');
  t.equal(serialAt(-1n), '999999998');
});

t.test('one of the two workshops writes Iran System, the other Windows-1256', async (t) => {
  const sexes = new Map(
    inventFreshPerson(7).lists.map(({ wor }) => {
      const [row = {}] = rowsOf(wor);
      return [row.DSW_ID, Buffer.from(row.DSW_SEX ?? '', 'latin1').toString('hex')];
    }),
  );
  t.equal(sexes.size, 2);
  t.match(sexes.get('9900000017'), /^(a2a4f5|f6a5)$/);
  t.match(sexes.get('9900000025'), /^(e3d1cf|d2e4)$/);
});
