/**
 * Takes employers' lists, from folders and zip files, into the register:
 * `npm run import-lists -- [--dry-run] [--confirm-removals] [--quiet] [--report FILE] PATH…`
 *
 * Exit code 0: everything is in; 1: something was refused or incomplete; 2: nothing to do or a failure;
 * 130: interrupted. Running it again goes on where it ended.
 */
import { open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { connect } from '../database/connection.ts';
import { migrateToLatest } from '../database/migrator.ts';
import {
  createEmployerListService,
  findingMessage,
  type ImportedPair,
  type ImportSummary,
  importFolder,
} from '../features/employer-lists/index.ts';
import { recordWriter } from '../features/records/index.ts';
import { explainFailure, startRuntime } from '../runtime.ts';
import { UsageError } from './command.ts';

const usage = 'npm run import-lists -- [--dry-run] [--confirm-removals] [--quiet] [--report FILE] PATH…';
const findingsShown = 20;
const exitCodes = { refused: 1, failed: 2, interrupted: 130 } as const;

function describe({ pair, report }: ImportedPair): string {
  if (pair.unreadable !== undefined) return `incomplete  ${pair.name}: ${pair.unreadable}`;
  if (report === null) {
    const missing = pair.workshop === null ? 'DSKKAR00.DBF' : 'DSKWOR00.DBF';
    return `incomplete  ${pair.name}: there is no ${missing}`;
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
  return `${report.state.padEnd(10)}  ${pair.name}: ${[name, ...more].join(', ')}`;
}

function* describeFindings({ report }: ImportedPair): Generator<string> {
  if (!report || report.state === 'unchanged') return;
  for (const finding of report.findings.slice(0, findingsShown)) {
    const file = finding.file === 'workshop' ? 'DSKKAR00' : 'DSKWOR00';
    const row = finding.row === null ? null : `row ${finding.row}`;
    const place = [file, row, finding.field].filter(Boolean).join(' ');
    yield `    ${finding.severity}  ${place}: ${findingMessage(finding, 'fa')} / ${findingMessage(finding, 'en')}`;
  }
  const rest = report.errorCount + report.warningCount - findingsShown;
  if (rest > 0) yield `    … and ${rest} more`;
}

/** One line of JSON a list: for programs, and for keeping. */
function reportLine({ pair, report }: ImportedPair): string {
  const findings = report?.findings.map((finding) => ({
    ...finding,
    message: { fa: findingMessage(finding, 'fa'), en: findingMessage(finding, 'en') },
  }));
  return `${JSON.stringify({ name: pair.name, ...(report ?? { state: 'incomplete' }), ...(findings && { findings }) })}\n`;
}

const barWidth = 30;

/** The last line of a terminal, redrawn; nothing where the output goes elsewhere. */
function createProgressBar(stream: NodeJS.WriteStream) {
  const clear = () => stream.isTTY && stream.write('\r\x1b[2K');
  return {
    clear,
    draw(done: number, total: number) {
      if (!stream.isTTY) return;
      const filled = Math.round((done / total) * barWidth);
      stream.write(`\r${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done} of ${total} lists`);
    },
  };
}

function summarise({ counts, rows, complete }: ImportSummary, dryRun: boolean): string {
  const states = Object.entries(counts).filter(([, count]) => count > 0);
  if (states.length === 0) return 'no lists found: a list is a folder with DSKKAR00.DBF and DSKWOR00.DBF';
  const text = `${states.map(([state, count]) => `${count} ${state}`).join(', ')}; ${rows} rows`;
  const end = complete ? '' : '; interrupted: run it again to go on';
  return `${dryRun ? 'dry run, nothing kept: ' : ''}${text}${end}`;
}

function exitCodeOf({ counts, complete }: ImportSummary): number {
  if (!complete) return exitCodes.interrupted;
  if (Object.values(counts).every((count) => count === 0)) return exitCodes.failed;
  return counts.refused + counts.incomplete > 0 ? exitCodes.refused : 0;
}

type Report = Readonly<{
  add(imported: ImportedPair): void;
  /** Whether all of it has been written. */
  end(): Promise<boolean>;
}>;

/** Lists name people. @throws {UsageError} when the file cannot be written, before anything is taken in */
async function openReport(path: string): Promise<Report> {
  const file = await open(path, 'w', 0o600).catch((error: Error) => {
    throw new UsageError(`the report cannot be written: ${error.message}`);
  });
  const stream = file.createWriteStream();
  const written = finished(stream).then(
    () => true,
    (error: Error) => {
      console.error(`the report is not complete: ${error.message}`);
      return false;
    },
  );
  return {
    add: (imported) => stream.write(reportLine(imported)),
    end() {
      stream.end();
      return written;
    },
  };
}

type Options = Readonly<{
  paths: readonly string[];
  dryRun: boolean;
  confirmRemovals: boolean;
  quiet: boolean;
  report: Report | null;
}>;

async function importPaths({ paths, dryRun, confirmRemovals, quiet, report }: Options): Promise<number> {
  const interrupted = new AbortController();
  // The first signal lets the lists under way come to their end, the second one does not wait.
  process.once('SIGINT', () => interrupted.abort());
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
      records: recordWriter,
      centuryPivot: runtime.config.centuryPivot,
    });
    const bar = createProgressBar(process.stderr);
    const summary = await importFolder(service, paths, {
      dryRun,
      confirmRemovals,
      signal: interrupted.signal,
      onPair(imported, done, total) {
        report?.add(imported);
        bar.clear();
        const worthALine = !quiet || ['refused', undefined].includes(imported.report?.state);
        if (worthALine) console.log([describe(imported), ...describeFindings(imported)].join('\n'));
        bar.draw(done, total);
      },
    });
    bar.clear();
    console.log(summarise(summary, dryRun));
    return exitCodeOf(summary);
  } finally {
    await close();
    await runtime.stop();
  }
}

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      'confirm-removals': { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      report: { type: 'string' },
    },
  });
  if (positionals.length === 0) {
    console.error(usage);
    return exitCodes.failed;
  }
  const report = values.report === undefined ? null : await openReport(values.report);
  const code = await importPaths({
    paths: positionals,
    dryRun: values['dry-run'],
    confirmRemovals: values['confirm-removals'],
    quiet: values.quiet,
    report,
  });
  return report === null || (await report.end()) ? code : exitCodes.failed;
}

try {
  process.exitCode = await run();
} catch (error) {
  const { code, path, message } = error as NodeJS.ErrnoException;
  const isUsage = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS');
  if (isUsage) console.error(`${message}\n${usage}`);
  else if (code === 'ENOENT') console.error(`there is no ${path}`);
  else console.error(explainFailure(error));
  process.exitCode = exitCodes.failed;
}
