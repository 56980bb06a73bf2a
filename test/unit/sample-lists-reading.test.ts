import t from 'tap';
import { inventFreshPerson } from '../../src/development/sample-lists/fresh-person.ts';
import { sampleFiles } from '../../src/development/sample-lists/sample-folder.ts';
import { samplePeople } from '../../src/development/sample-lists/sample-people.ts';
import { sampleWorkshops } from '../../src/development/sample-lists/sample-workshops.ts';
import { defaultListRules } from '../../src/features/employer-lists/checks.ts';
import type { EmployerListRow } from '../../src/features/employer-lists/employer-list.ts';
import { readEmployerList } from '../../src/features/employer-lists/read-employer-list.ts';
import { formatJalaliDate } from '../../src/kernel/jalali.ts';

// Writer and reader share no code for bytes and texts, so each of these holds one against the other.

async function read(kar: Uint8Array, wor: Uint8Array) {
  const rows: EmployerListRow[] = [];
  const verdict = await readEmployerList({ workshop: kar, workers: wor }, defaultListRules, (batch) => {
    rows.push(...batch);
  });
  return { verdict, rows };
}

const birthDateOf = ({ birthDate }: EmployerListRow) => birthDate && formatJalaliDate(birthDate);

t.test('every sample list is accepted and reads as it was written', async (t) => {
  const files = sampleFiles();
  const workshops = new Map(sampleWorkshops.map(({ workshop }) => [workshop.code, workshop]));
  const people = new Map(
    Object.values(samplePeople).map((person) => [person.insuranceNumber as string, person]),
  );
  const warnings = new Set<string>();
  for (const [name, kar] of files) {
    const wor = files.get(name.replace('DSKKAR00', 'DSKWOR00'));
    if (!name.endsWith('DSKKAR00.DBF') || !wor) continue;
    const { verdict, rows } = await read(kar, wor);
    t.ok(verdict.accepted, name);
    for (const finding of verdict.findings) warnings.add(finding.code);

    const workshop = workshops.get(verdict.list?.workshopCode ?? '');
    t.match(verdict.list, {
      workshopName: workshop?.name,
      employerName: workshop?.employer,
      workshopAddress: workshop?.address,
    });
    for (const row of rows) {
      const person = people.get(row.insuranceNumber ?? '');
      t.match(row, {
        nationalCode: person?.nationalCode || null,
        firstName: person?.firstName.fa,
        lastName: person?.lastName.fa,
        fatherName: person?.fatherName,
        sex: person?.sex,
        jobTitle: person?.job.title,
      });
      t.equal(birthDateOf(row), person?.birthDate);
    }
  }
  t.same([...warnings], ['national-code-blank'], 'only the foreign national is warned of');
});

t.test('every list of a fresh person is accepted without a warning', async (t) => {
  for (let seed = 0; seed < 20; seed += 1) {
    const { person, lists } = inventFreshPerson(seed);
    for (const { kar, wor } of lists) {
      const { verdict, rows } = await read(kar, wor);
      t.match(verdict, { accepted: true, warningCount: 0, rowCount: 1 });
      t.match(rows, [
        {
          nationalCode: person.nationalCode,
          firstName: person.firstName.fa,
          lastName: person.lastName.fa,
        },
      ]);
      t.equal(rows[0] && birthDateOf(rows[0]), person.birthDate);
    }
  }
});
