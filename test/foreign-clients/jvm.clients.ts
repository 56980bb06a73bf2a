import { readFile, rm } from 'node:fs/promises';
import { delimiter } from 'node:path';
import t from 'tap';
import { startJourneys } from './journey.ts';
import { contract, folder, requireTool, run, timed, unknownWarnings } from './tools.ts';

const cwd = folder('jvm');
/** By the module of each the class that its program starts with. */
const programs = { 'java-okhttp': 'Journey', 'java-native': 'Journey', kotlin: 'JourneyKt' };

/** What openapi-generator says of every document of OpenAPI 3.1, or of itself. */
const knownWarnings = [
  [/OpenAPI 3\.1 support is still in beta/, 'of every such document'],
  [/Failed to get the schema name: null/, 'it looks for a name of `type: null` in `anyOf`'],
  [/Could not compute datatypeWithEnum from/, 'it asks whether a file that is sent is an enum'],
  [/Source root doesn't exist: .*kotlin/, 'there is no Java beside the Kotlin'],
  [/ApiClient\.kt:.* Elvis operator/, 'in its own frame, the same for every document'],
  [/Ignoring complex example on request body/, 'examples are not part of a client'],
] as const;

t.test('the JVM, by openapi-generator', async (t) => {
  await requireTool({ name: 'A JDK', atLeast: '17', command: 'javac', args: ['--version'] });
  await requireTool({ name: 'Maven', atLeast: '3.8', command: 'mvn', args: ['--version'] });
  // What an earlier document had and this one has not would be compiled as well.
  await Promise.all(
    Object.keys(programs).map((name) => rm(`${cwd}${name}/target`, { recursive: true, force: true })),
  );
  const args = [
    '--batch-mode',
    '--no-transfer-progress',
    '--threads',
    '1C',
    `-Ddocument=${contract}`,
    'process-classes',
  ];
  const said = await timed(t, 'generate and compile', () => run({ command: 'mvn', args, cwd }));
  t.same(unknownWarnings(said, knownWarnings), [], 'nothing that matters is said of the document');
  for (const [, name, seconds] of said.matchAll(/\[INFO\] (java-\S+|kotlin) \.+ SUCCESS \[ *([^\]]+)\]/g)) {
    t.comment(`${name}: ${seconds}`);
  }
  const journeys = await startJourneys(t);
  for (const [name, program] of Object.entries(programs)) {
    await t.test(name, async (t) => {
      const target = `${cwd}${name}/target`;
      const libraries = (await readFile(`${target}/classpath`, 'utf8')).trim();
      const args = ['-cp', [`${target}/classes`, libraries].join(delimiter), program];
      await journeys.run(t, { command: 'java', args, cwd });
    });
  }
});
