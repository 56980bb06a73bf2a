import { explainFailure } from '../composition/runtime.ts';
import { version } from '../kernel/version.ts';
import type { Environment } from '../settings/reader.ts';
import { asksForHelp, exitCodes, runCommand, table } from './command.ts';
import { commands } from './commands.ts';

function overview(production: boolean): string {
  const shown = Object.entries(commands).filter(([, { development }]) => !(development && production));
  return `Usage: savabegh COMMAND [options]

${table(shown.map(([name, { summary }]) => [name, summary]))}

  savabegh COMMAND --help says more, and does nothing. Exit codes: 0 done; 1 it could not be done, or what
  was asked for is not there; 2 what was typed cannot be meant, and nothing was done; 130 interrupted.`;
}

/** Runs `savabegh …args` and returns its exit code. `serve` and `worker` end their process themselves. */
export async function runSavabegh(args: readonly string[], environment: Environment): Promise<number> {
  const production = environment.NODE_ENV === 'production';
  const [name = '', ...rest] = args;
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!entry) {
    if (name === '--version' && rest.length === 0) console.log(version);
    else if (asksForHelp(args)) console.log(overview(production));
    else {
      if (name !== '') console.error(`there is no command ${name}\n`);
      console.error(overview(production));
      return exitCodes.usage;
    }
    return exitCodes.done;
  }
  if (entry.development && production) {
    console.error(`savabegh ${name} is for development, and NODE_ENV is production.`);
    return exitCodes.failed;
  }
  const { command } = await entry.load();
  return runCommand(
    { name: `savabegh ${name}`, summary: entry.summary, command },
    rest,
    environment,
    explainFailure,
  );
}
