import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { createTestDatabase } from '../support/database.ts';

/** A list of 200,000 workers has about 80 MB; reading it whole, as bytes and as rows, would take some 400. */
const rows = 200_000;
const heapMegabytes = 160;

t.test('a list of 200,000 rows is taken in in little memory', { timeout: 110_000 }, async (t) => {
  const { url, drop } = await createTestDatabase();
  t.teardown(drop);
  const script = new URL('../support/long-list.ts', import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${heapMegabytes}`, '--max-semi-space-size=8', script, url, String(rows)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  t.equal(code, 0);
  const [first, peakMegabytes] = output.trim().split('\n');
  t.equal(first, `accepted ${rows} rows, ${rows} new people`);
  t.comment(`peak of the whole process: ${peakMegabytes} MB`);
  t.ok(Number(peakMegabytes) < 350, `${peakMegabytes} MB`);
});
