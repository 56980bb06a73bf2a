import t from 'tap';
import { startJourneys } from './journey.ts';
import { contract, folder, requireTool, run, timed } from './tools.ts';

const cwd = folder('go');
const go = (...args: string[]) => run({ command: 'go', args, cwd });

t.test('Go, by oapi-codegen', async (t) => {
  await requireTool({ name: 'Go', atLeast: '1.26', command: 'go', args: ['version'] }, cwd);
  const said = await timed(t, 'generate', () =>
    go('tool', 'oapi-codegen', '-config', 'oapi-codegen.yaml', contract),
  );
  t.equal(said, '', 'it has nothing to say of the document');
  await timed(t, 'compile', async () => {
    await go('vet', '.');
    await go('build', '-o', 'client/journey', '.');
  });
  const journeys = await startJourneys(t);
  await journeys.run(t, { command: `${cwd}client/journey`, args: [], cwd });
});
