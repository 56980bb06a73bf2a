import { rm } from 'node:fs/promises';
import t from 'tap';
import { startJourneys } from './journey.ts';
import { contract, folder, requireTool, run, timed, unknownWarnings } from './tools.ts';

const cwd = folder('python');
const python = `${cwd}.venv/bin/python`;
/** The generator tidies with `ruff`, which it looks for on the path. */
const environment = { PATH: `${cwd}.venv/bin:${process.env.PATH}` };

t.test('Python, by openapi-python-client', async (t) => {
  await requireTool('python3', ['-m', 'venv', '--help'], 'Python 3.11 or newer with venv');
  await timed(t, 'install', async () => {
    await run({ command: 'python3', args: ['-m', 'venv', '.venv'], cwd });
    await run({ command: python, args: ['-m', 'pip', 'install', '-q', '-r', 'requirements.txt'], cwd });
  });
  await rm(`${cwd}client`, { recursive: true, force: true });
  const said = await timed(t, 'generate', () => {
    const args = ['generate', '--path', contract, '--meta', 'none', '--output-path', 'client'];
    return run({ command: `${cwd}.venv/bin/openapi-python-client`, args, cwd }, { environment });
  });
  t.same(unknownWarnings(said, []), [], 'nothing is left out of the client');
  await timed(t, 'check types', () =>
    run({ command: python, args: ['-m', 'mypy', 'journey.py', 'client'], cwd }),
  );
  const journeys = await startJourneys(t);
  await journeys.run(t, { command: python, args: ['journey.py'], cwd });
});
