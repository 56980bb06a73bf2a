// Builds the pages into `dist/`, each file also compressed as browsers take it. Plain JavaScript: npm runs it after
// `npm ci`, with whatever Node.js it runs on itself. Where Vite is not installed there is nothing to build with, nor for.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('.', import.meta.url));
const isText = /\.(js|css|svg)$/;

async function findVite() {
  try {
    return await import('vite');
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

async function compress(folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !isText.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    const content = await readFile(file);
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
    await writeFile(`${file}.br`, brotliCompressSync(content, quality));
    await writeFile(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}

const vite = await findVite();
if (vite) {
  await vite.build({ root, logLevel: 'warn' });
  await compress(join(root, 'dist'));
}
