/** Takes employers' lists from folders into the register: `npm run import-lists -- [--dry-run] PATH…` */
import { parseArgs } from 'node:util';
import { connect } from '../database/connection.ts';
import { migrateToLatest } from '../database/migrator.ts';
import {
  createEmployerListService,
  findingMessage,
  type ImportedPair,
  importFolder,
} from '../features/employer-lists/index.ts';
import { appendList, removeList } from '../features/records/index.ts';
import { explainFailure, startRuntime } from '../runtime.ts';

const usage = 'npm run import-lists -- [--dry-run] [--quiet] PATH…';
const findingsShown = 20;
const exitCodes = { refused: 1, failed: 2 } as const;

function describe({ pair, report }: ImportedPair): string {
  if (report === null) {
    const missing = pair.workshop === null ? 'DSKKAR00.DBF' : 'DSKWOR00.DBF';
    return `incomplete  ${pair.folder}: there is no ${missing}`;
  }
  const { list } = report;
  const name = list
    ? `workshop ${list.workshopCode}, ${list.month.year}-${String(list.month.month).padStart(2, '0')}, list ${list.listNumber || '(no number)'}, ${list.rowCount} rows`
    : 'not readable';
  const more = [
    report.replaces !== null && `corrects list ${report.replaces}`,
    report.replacedBy !== null && `corrected since by list ${report.replacedBy}`,
    report.newPeople > 0 && `${report.newPeople} new people`,
    report.errorCount > 0 && `${report.errorCount} errors`,
    report.warningCount > 0 && `${report.warningCount} warnings`,
  ].filter(Boolean);
  return `${report.state.padEnd(10)}  ${pair.folder}: ${[name, ...more].join(', ')}`;
}

function* describeFindings({ report }: ImportedPair): Generator<string> {
  if (!report || report.state === 'unchanged') return;
  for (const finding of report.findings.slice(0, findingsShown)) {
    const file = finding.file === 'workshop' ? 'DSKKAR00' : 'DSKWOR00';
    const place = [file, finding.row === null ? null : `row ${finding.row}`, finding.field]
      .filter(Boolean)
      .join(' ');
    yield `    ${finding.severity}  ${place}: ${findingMessage(finding, 'fa')} / ${findingMessage(finding, 'en')}`;
  }
  const rest = report.errorCount + report.warningCount - findingsShown;
  if (rest > 0) yield `    … and ${rest} more`;
}

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false }, quiet: { type: 'boolean', default: false } },
  });
  if (positionals.length === 0) {
    console.error(usage);
    return exitCodes.failed;
  }
  const runtime = await startRuntime(process.env);
  const { db, pool, close } = connect({
    url: runtime.databaseUrl,
    poolSize: 4,
    applicationName: 'savabegh-import',
  });
  try {
    if (!runtime.config.production) await migrateToLatest(db, pool);
    const service = createEmployerListService({
      pool,
      records: { appendList, removeList },
      centuryPivot: runtime.config.centuryPivot,
    });
    const { counts, rows } = await importFolder(service, positionals, {
      dryRun: values['dry-run'],
      onPair(imported) {
        const silent = values.quiet && !['refused', undefined].includes(imported.report?.state);
        if (!silent) console.log([describe(imported), ...describeFindings(imported)].join('\n'));
      },
    });
    const states = Object.entries(counts).filter(([, count]) => count > 0);
    console.log(
      states.length === 0
        ? 'no lists found: a list is a folder with DSKKAR00.DBF and DSKWOR00.DBF'
        : `${values['dry-run'] ? 'dry run, nothing kept: ' : ''}${states.map(([state, count]) => `${count} ${state}`).join(', ')}; ${rows} rows`,
    );
    if (states.length === 0) return exitCodes.failed;
    return counts.refused + counts.incomplete > 0 ? exitCodes.refused : 0;
  } finally {
    await close();
    await runtime.stop();
  }
}

try {
  process.exitCode = await run();
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  console.error(code === 'ENOENT' ? `there is no ${path}` : explainFailure(error));
  process.exitCode = exitCodes.failed;
}
