import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Every TypeScript file of the service, by its path below `src/`. */
export function sourceFiles(): string[] {
  return readdirSync(fileURLToPath(new URL('../../src/', import.meta.url)), {
    recursive: true,
    encoding: 'utf8',
  })
    .filter((name) => name.endsWith('.ts'))
    .sort();
}
