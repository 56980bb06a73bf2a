import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Marked, type Token, type Tokens } from 'marked';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = join(root, 'docs/guide');
const clientFolder = join(root, 'clients/typescript');

/** The client's compiler: that of most readers, and it runs under tap, which TypeScript 7 does not. */
const tsc = createRequire(`${clientFolder}/package.json`).resolve('typescript/bin/tsc');

export type GuidePage = Readonly<{ name: string; text: string; blocks(language: string): readonly string[] }>;

const isCode = (token: Token): token is Tokens.Code => token.type === 'code';

/** The blocks of code of a page. */
export const codeBlocks = (text: string): readonly Tokens.Code[] => new Marked().lexer(text).filter(isCode);

/** The pages of the guide, and their code by language. */
export function readGuide(): readonly GuidePage[] {
  return readdirSync(pages)
    .filter((file) => file.endsWith('.md'))
    .map((file) => {
      const text = readFileSync(join(pages, file), 'utf8');
      const code = codeBlocks(text);
      return {
        name: file.replace(/\.md$/, ''),
        text,
        blocks: (language) => code.filter(({ lang }) => lang === language).map((block) => block.text),
      };
    });
}

/** The typed client as another program has it: built, in that program's own `node_modules`. */
export async function installClient(program: string): Promise<void> {
  const home = join(program, 'node_modules/@savabegh/client');
  await mkdir(home, { recursive: true });
  await copyFile(join(clientFolder, 'package.json'), join(home, 'package.json'));
  await run(process.execPath, [tsc, '--project', clientFolder, '--outDir', join(home, 'dist')]);
}

/** What a page imports of its reader's own program: types for the checker, values from the test. */
export function readersModule(declarations: string, names: readonly string[]): string {
  return `${declarations}
export const { ${names.join(', ')} } = (globalThis as unknown as { reader: Reader }).reader;
`;
}

/** What the compiler says where the code of a page does not fit the contract; empty where it fits. */
export async function typeErrors(program: string): Promise<string> {
  const project = { extends: join(root, 'tsconfig.json'), include: ['*/*.ts'] };
  await writeFile(join(program, 'tsconfig.json'), JSON.stringify(project));
  return run(process.execPath, [tsc, '--project', program]).then(
    () => '',
    ({ stdout, message }: { stdout: string; message: string }) => stdout || message,
  );
}
