import { open, stat } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { createOperatorServices } from '../composition/operator-services.ts';
import { withFoundation } from '../composition/runtime.ts';
import { migrateToLatest } from '../database/migrator.ts';
import {
  findingMessage,
  type ImportedPair,
  type ImportSummary,
  type IntakeReport,
  importFolder,
} from '../features/employer-lists/index.ts';
import type { Environment } from '../settings/reader.ts';
import { type Command, CommandError, defineAction, exitCodes } from './command.ts';

const findingsShown = 20;

function describeCorrection(correction: NonNullable<IntakeReport['correction']>): string {
  const { peopleAdded, peopleRemoved, peopleChanged, daysBefore, daysAfter } = correction;
  return `people: ${peopleAdded} added, ${peopleRemoved} off, ${peopleChanged} changed, days: ${daysBefore} → ${daysAfter}`;
}

function describe({ pair, report, isWithdrawn }: ImportedPair): string {
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
    isWithdrawn && 'withdrawn since; --put-back imports it again',
    report.correction !== null && describeCorrection(report.correction),
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
    const { severity, code } = finding;
    yield `    ${severity}  ${code}: ${findingMessage(finding, 'fa')} / ${findingMessage(finding, 'en')}`;
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

function toExitCode({ counts, complete }: ImportSummary): number {
  if (!complete) return exitCodes.interrupted;
  const nothing = Object.values(counts).every((count) => count === 0);
  return nothing || counts.refused + counts.incomplete > 0 ? exitCodes.failed : exitCodes.done;
}

type Report = Readonly<{
  add(imported: ImportedPair): void;
  /** Whether all of it has been written. */
  end(): Promise<boolean>;
}>;

/** Lists name people. @throws {CommandError} when the file cannot be written, before anything is taken in */
async function openReport(path: string): Promise<Report> {
  const file = await open(path, 'w', 0o600).catch((error: Error) => {
    throw new CommandError(`the report cannot be written: ${error.message}`);
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
  putBack: boolean;
  quiet: boolean;
  report: Report | null;
  environment: Environment;
}>;

const connection = { applicationName: 'savabegh-import', poolSize: 4 } as const;

async function importPaths(options: Options): Promise<number> {
  const { paths, dryRun, confirmRemovals, putBack, quiet, report, environment } = options;
  const interrupted = new AbortController();
  // The first signal lets the lists under way come to their end, the second one does not wait.
  process.once('SIGINT', () => interrupted.abort());
  return withFoundation(environment, connection, async (foundation) => {
    const { config, db, pool } = foundation;
    if (!config.production) await migrateToLatest(db, pool);
    const { employerLists } = createOperatorServices(foundation);
    const bar = createProgressBar(process.stderr);
    const summary = await importFolder(employerLists, paths, {
      dryRun,
      confirmRemovals,
      putBack,
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
    return toExitCode(summary);
  });
}

/** @throws {CommandError} for a path that is not there, before anything is opened */
async function assertThere(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw new CommandError(error.code === 'ENOENT' ? `there is no ${path}` : error.message);
    });
  }
}

const importLists = defineAction({
  summary:
    'imports employers’ lists from folders and zip files with DSKKAR00.DBF and DSKWOR00.DBF. Running it again goes on where it ended.',
  operands: 'PATH…',
  options: {
    'dry-run': { describe: 'says what would come of them, and keeps nothing' },
    'confirm-removals': { describe: 'imports a correction also when it takes off most people of a month' },
    'put-back': { describe: 'imports lists again that were withdrawn' },
    quiet: { describe: 'a line only for what was refused or is incomplete' },
    report: { value: 'FILE', describe: 'one JSON object for each list; it names people' },
  },
  async run({ operands, options, environment }) {
    await assertThere(operands);
    const report = options.report === undefined ? null : await openReport(options.report);
    const code = await importPaths({
      paths: operands,
      dryRun: options['dry-run'],
      confirmRemovals: options['confirm-removals'],
      putBack: options['put-back'],
      quiet: options.quiet,
      report,
      environment,
    });
    return report === null || (await report.end()) ? code : exitCodes.failed;
  },
});

export const command: Command = {
  actions: { '': importLists },
  notes: 'Exit code 1 also when a list was refused or incomplete, or none was found.',
};
