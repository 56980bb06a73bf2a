import { readFile } from 'node:fs/promises';
import pg from 'pg';

/** Linux counts CPU time in hundredths of a second for whoever reads it. */
const tickMs = 10;

/** CPU time of a process so far, all threads, in ms: `utime` and `stime` of proc_pid_stat(5). */
async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name of the program may hold anything, brackets too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

export type CpuMeter = Readonly<{ readMs(): Promise<number>; close(): Promise<void> }>;

/** What a service and the connections to its database have used so far; on Linux, and on the database's machine. */
export async function openCpuMeter(servicePid: number, databaseUrl: string): Promise<CpuMeter> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return {
    async readMs() {
      const { rows } = await client.query<{ pid: number }>(
        `select pid from pg_stat_activity
         where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      const used = await Promise.all([servicePid, ...rows.map(({ pid }) => pid)].map(cpuMsOf));
      return used.reduce((sum, ms) => sum + ms, 0);
    },
    close: () => client.end(),
  };
}
