import type { Command } from './command.ts';

type Entry = Readonly<{
  summary: string;
  load(): Promise<{ readonly command: Command }>;
  /** Needs a checkout with its development dependencies; not in the image, and refused in production. */
  development?: true;
}>;

/** Every command. To add one: a file that exports `command` (see `command.ts`), and its line here. */
export const commands: Readonly<Record<string, Entry>> = {
  serve: { summary: 'the service', load: () => import('./serve.ts') },
  worker: { summary: 'dispatches messages in a process of its own', load: () => import('./worker.ts') },
  migrate: { summary: 'brings the schema up to date', load: () => import('./migrate.ts') },
  config: { summary: 'what holds of the settings, or what is wrong', load: () => import('./config.ts') },
  keys: { summary: 'keys of codes and tokens, and peppers', load: () => import('./keys.ts') },
  accounts: { summary: 'one account, and what hashes rest on', load: () => import('./accounts.ts') },
  officers: { summary: 'who may help people at the desk of a branch', load: () => import('./officers.ts') },
  people: { summary: 'who is who in the register: details, merges', load: () => import('./people.ts') },
  records: { summary: 'records, closed months, statutory rates', load: () => import('./records.ts') },
  'import-lists': { summary: 'imports employers’ lists', load: () => import('./import-lists.ts') },
  lists: { summary: 'lists of a month, and taking one back', load: () => import('./lists.ts') },
  clients: { summary: 'machine clients and their scopes', load: () => import('./clients.ts') },
  messages: { summary: 'what became of messages, masked', load: () => import('./messages.ts') },
  demo: { summary: 'walks the whole journey', load: () => import('./demo.ts'), development: true },
  reset: { summary: 'starts afresh', load: () => import('./reset.ts'), development: true },
  generate: {
    summary: 'writes generated files anew',
    load: () => import('./generate.ts'),
    development: true,
  },
  audit: {
    summary: 'known weaknesses of production dependencies',
    load: () => import('./audit.ts'),
    development: true,
  },
};
