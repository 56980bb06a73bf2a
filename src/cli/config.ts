import { readConfig } from '../composition/config.ts';
import { toEnvironment } from '../composition/runtime.ts';
import { mistypedSettings } from '../composition/settings.table.ts';
import type { ReadSetting } from '../settings/reader.ts';
import { type Command, defineAction, exitCodes } from './command.ts';

function describe({ name, given, otherwise }: ReadSetting): string {
  if (given === null) return `  ${name}: ${otherwise || 'nothing'}`;
  // In quotes: white space and the like are what goes wrong with settings.
  return `* ${name}: ${given === '(secret)' ? given : JSON.stringify(given)}`;
}

const check = defineAction({
  summary:
    'reads the environment as the service does: everything that is wrong with it, or what holds. Secrets are not shown.',
  async run({ environment }) {
    const { settings, faults } = readConfig(await toEnvironment(environment));
    for (const line of mistypedSettings(environment)) console.error(line);
    if (faults.length > 0) {
      console.error(`${faults.length} ${faults.length === 1 ? 'setting is' : 'settings are'} not usable:`);
      for (const fault of faults) console.error(`  ${fault}`);
      return exitCodes.failed;
    }
    console.log('The settings are usable (* = given):');
    for (const setting of settings) console.log(describe(setting));
    return exitCodes.done;
  },
});

export const command: Command = { actions: { check } };
