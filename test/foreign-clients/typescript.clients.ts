import { rm } from 'node:fs/promises';
import t from 'tap';
import { startJourneys } from './journey.ts';
import { contract, folder, install, run, timed, unknownWarnings } from './tools.ts';

const cwd = folder('typescript');
const tool = (name: string, ...args: string[]) =>
  run({ command: `${cwd}node_modules/.bin/${name}`, args, cwd });
const programs = ['openapi-fetch', 'hey-api'];

t.test('TypeScript, by openapi-typescript and by @hey-api/openapi-ts', async (t) => {
  await timed(t, 'install', () => install(cwd));
  await rm(`${cwd}client`, { recursive: true, force: true });
  const said = await timed(t, 'generate', async () => [
    await tool('openapi-typescript', contract, '--output', 'client/openapi-typescript.ts'),
    await tool('openapi-ts', '--input', contract, '--output', 'client/hey-api'),
  ]);
  t.same(unknownWarnings(said.join('\n'), []), [], 'nothing is left out of the clients');
  await timed(t, 'compile', () => tool('tsc'));
  const journeys = await startJourneys(t);
  for (const name of programs) {
    await t.test(name, (t) =>
      journeys.run(t, { command: process.execPath, args: [`client/build/${name}.js`], cwd }),
    );
  }
});
