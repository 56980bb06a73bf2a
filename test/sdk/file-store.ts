import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTextStore, type Lock, type TokenStore } from '../../clients/typescript/src/index.ts';

/** A store that processes share: a file, and another one that only one of them at a time can make. */
export function createFileStore(path: string): TokenStore {
  const lock: Lock = async (work) => {
    for (;;) {
      const taken = await open(`${path}.lock`, 'wx').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return null;
      });
      if (taken) {
        await taken.close();
        return work().finally(() => rm(`${path}.lock`));
      }
      await sleep(5);
    }
  };
  const storage = {
    getItem: () => readFile(path, 'utf8').catch(() => null),
    async setItem(_name: string, text: string) {
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
  };
  return createTextStore(storage, { lock });
}
