import { readFile, rm } from 'node:fs/promises';
import { delimiter } from 'node:path';
import t from 'tap';
import { startJourneys } from './journey.ts';
import { contract, folder, requireTool, run, timed, unknownWarnings } from './tools.ts';

const cwd = folder('jvm');
const clients = ['java-okhttp'];

/** What openapi-generator says of every document of OpenAPI 3.1, or of itself. */
const knownWarnings = [
  [/OpenAPI 3\.1 support is still in beta/, 'of every such document'],
  [/Failed to get the schema name: null/, 'it looks for a name of `type: null` in `anyOf`'],
  [/Could not compute datatypeWithEnum from/, 'it asks whether a file that is sent is an enum'],
  [/Ignoring complex example on request body/, 'examples are not part of a client'],
] as const;

t.test('the JVM, by openapi-generator', async (t) => {
  await requireTool('java', ['-version'], 'A JDK of version 17 or newer');
  await requireTool('mvn', ['--version'], 'Maven');
  // What an earlier document had and this one has not would be compiled as well.
  await Promise.all(clients.map((name) => rm(`${cwd}${name}/target`, { recursive: true, force: true })));
  const args = ['--batch-mode', '--no-transfer-progress', `-Ddocument=${contract}`, 'process-classes'];
  const said = await timed(t, 'generate and compile', () => run({ command: 'mvn', args, cwd }));
  t.same(unknownWarnings(said, knownWarnings), [], 'nothing that matters is said of the document');
  for (const [, name, seconds] of said.matchAll(/\[INFO\] (java-\S+|kotlin) \.+ SUCCESS \[ *([^\]]+)\]/g)) {
    t.comment(`${name}: ${seconds}`);
  }
  const journeys = await startJourneys(t);
  for (const name of clients) {
    await t.test(name, async (t) => {
      const target = `${cwd}${name}/target`;
      const libraries = (await readFile(`${target}/classpath`, 'utf8')).trim();
      const args = ['-cp', [`${target}/classes`, libraries].join(delimiter), 'Journey'];
      await journeys.run(t, { command: 'java', args, cwd });
    });
  }
});
