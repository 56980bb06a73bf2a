import { rm } from 'node:fs/promises';
import t from 'tap';
import { startJourneys } from './journey.ts';
import { contract, folder, installPython, run, timed, unknownWarnings } from './tools.ts';

const cwd = folder('python');

t.test('Python, by openapi-python-client', async (t) => {
  const programs = await timed(t, 'install', () => installPython(cwd));
  const python = `${programs}/python`;
  // The generator tidies with `ruff`, which it looks for on the path.
  const environment = { PATH: `${programs}:${process.env.PATH}` };
  await rm(`${cwd}client`, { recursive: true, force: true });
  const said = await timed(t, 'generate', () => {
    const args = ['generate', '--path', contract, '--meta', 'none', '--output-path', 'client'];
    return run({ command: `${programs}/openapi-python-client`, args, cwd }, { environment });
  });
  t.same(unknownWarnings(said, []), [], 'nothing is left out of the client');
  await timed(t, 'check types', () =>
    run({ command: python, args: ['-m', 'mypy', 'journey.py', 'client'], cwd }),
  );
  const journeys = await startJourneys(t);
  await journeys.run(t, { command: python, args: ['journey.py'], cwd });
});
