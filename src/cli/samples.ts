/** Writes samples/ anew; with --check, only tells whether it is as generated. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sampleFolderDifferences, writeSampleFolder } from '../development/sample-lists/sample-folder.ts';

const folder = path.resolve(import.meta.dirname, '../../samples');
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

if (values.check) {
  const differences = await sampleFolderDifferences(folder);
  if (differences.length > 0) {
    console.error(
      `samples/ is not what the generator writes; run "npm run samples":\n${differences.join('\n')}`,
    );
    process.exitCode = 1;
  }
} else {
  await writeSampleFolder(folder);
}
