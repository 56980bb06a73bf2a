import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { monthKey, monthsBetween, workedMonths } from './employment.ts';
import { writeEmployerList } from './list-writer.ts';
import { samplePeopleToTry } from './sample-people.ts';
import { firstSampleMonth, lastSampleMonth, sampleWorkshops } from './sample-workshops.ts';

/** Written by hand; everything else in the folder is generated. */
const readme = 'README.md';

/**
 * The generated files by their path under samples/. A workshop's month is `<workshop code>/1402-10/`; a second
 * list of the same month is beside it, `<workshop code>/1402-10-02/`.
 */
export function sampleFiles(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>([
    ['people.json', Buffer.from(`${JSON.stringify(samplePeopleToTry, null, 2)}\n`)],
  ]);
  for (const { workshop, employments } of sampleWorkshops) {
    for (const month of monthsBetween(firstSampleMonth, lastSampleMonth)) {
      workedMonths(employments, month).forEach((rows, i) => {
        const listNumber = String(i + 1).padStart(2, '0');
        const folder = `${workshop.code}/${monthKey(month)}${i === 0 ? '' : `-${listNumber}`}`;
        const { kar, wor } = writeEmployerList({ workshop, month, listNumber, rows });
        files.set(`${folder}/DSKKAR00.DBF`, kar);
        files.set(`${folder}/DSKWOR00.DBF`, wor);
      });
    }
  }
  return files;
}

/** Writes the folder anew; what the generator does not write is removed. */
export async function writeSampleFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(folder)) {
    if (entry !== readme) await rm(path.join(folder, entry), { recursive: true });
  }
  for (const [name, bytes] of sampleFiles()) {
    await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes);
  }
}

/** What a folder has missing, changed or too much against the generator; empty when it is as generated. */
export async function sampleFolderDifferences(folder: string): Promise<string[]> {
  const present = new Set(await fileNames(folder));
  const differences: string[] = [];
  for (const [name, bytes] of sampleFiles()) {
    if (!present.delete(name)) differences.push(`missing: ${name}`);
    else if (!(await readFile(path.join(folder, name))).equals(bytes)) differences.push(`changed: ${name}`);
  }
  present.delete(readme);
  return [...differences, ...[...present].map((name) => `not generated: ${name}`)].sort();
}

async function fileNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
}
