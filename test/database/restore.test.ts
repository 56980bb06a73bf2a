import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import t from 'tap';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/development/postgres/embedded-postgres.ts';
import { startTestService } from '../support/app.ts';
import { otherPassword, provedRecovery, setRecoveredPassword, signIn, signUp } from '../support/journey.ts';
import { startRestartableDatabase } from '../support/restartable-database.ts';

const run = promisify(execFile);

async function query(url: string, text: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** A base backup of a running server, as pg_basebackup takes it, into the empty data folder of a new one. */
async function backUp(url: string, from: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // The connection that begins it has to end it.
  await client.query("select pg_backup_start('rehearsal', fast => true)");
  // Files that go away meanwhile are told of by an exit code, and are made good by the log.
  await run('cp', ['-a', `${from}/.`, to]).catch(() => {});
  const { rows } = await client.query('select labelfile from pg_backup_stop(wait_for_archive => true)');
  await client.end();
  await writeFile(join(to, 'backup_label'), rows[0].labelfile);
  for (const name of ['postmaster.pid', 'postmaster.opts']) await rm(join(to, name), { force: true });
  for (const name of await readdir(join(to, 'pg_wal'))) {
    await rm(join(to, 'pg_wal', name), { recursive: true });
  }
  await run('mkdir', ['-p', join(to, 'pg_wal/archive_status')]);
  await ownedLike(join(to, 'PG_VERSION'), [join(to, 'pg_wal/archive_status'), join(to, 'backup_label')]);
}

/** As root PostgreSQL runs as somebody else, whose the files have to be. */
async function ownedLike(model: string, paths: readonly string[]): Promise<void> {
  const { uid, gid } = await stat(model);
  if (process.getuid?.() === 0) await run('chown', [`${uid}:${gid}`, ...paths]);
}

t.test('a base backup and the archived log bring everything back up to a chosen instant', async (t) => {
  // As root PostgreSQL runs as somebody who may not enter root's own temporary folder.
  const base = process.getuid?.() === 0 ? '/tmp' : tmpdir();
  const archive = await mkdtemp(join(base, 'savabegh-archive-'));
  await chmod(archive, 0o777);
  t.teardown(() => rm(archive, { recursive: true, force: true }));
  const database = await startRestartableDatabase({
    settings: { archive_mode: 'on', archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f` },
  });
  const service = await startTestService(t, { database });
  const early = await signUp(service);

  // A cluster of its own, whose data are then replaced by the backup.
  const dataDirectory = await mkdtemp(join(tmpdir(), 'savabegh-restored-'));
  const blank = await startEmbeddedPostgres({ dataDirectory });
  await blank.stop();
  let restored: EmbeddedPostgres | undefined;
  t.teardown(async () => {
    await restored?.stop();
    for (const folder of [blank.directory, dataDirectory]) await rm(folder, { recursive: true, force: true });
  });
  const [source, target] = [join(database.directory, 'postgres'), join(blank.directory, 'postgres')];
  await rm(join(target, 'data'), { recursive: true });
  await run('cp', ['-a', join(source, 'password'), join(target, 'password')]);
  await run('install', ['-d', '-m', '0700', join(target, 'data')]);
  await ownedLike(join(target, 'password'), [join(target, 'data')]);
  await backUp(database.url, join(source, 'data'), join(target, 'data'));

  // Only in the log: somebody who signs up after the backup, and the accident.
  const late = await signUp(service);
  const [{ instant }] = await query(database.url, 'select clock_timestamp()::text as instant');
  await sleep(50);
  await query(database.url, 'delete from account');
  t.equal((await signIn(service, early)).status, 401, 'everybody is gone');
  await query(database.url, 'select pg_switch_wal()');
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(50)) {
    const [{ done }] = await query(
      database.url,
      `select last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1) as done from pg_stat_archiver`,
    );
    if (done) break;
  }

  const signal = join(target, 'data/recovery.signal');
  await writeFile(signal, '');
  await ownedLike(join(target, 'password'), [signal]);
  restored = await startEmbeddedPostgres({
    dataDirectory,
    settings: {
      restore_command: `cp ${archive}/%f %p`,
      recovery_target_time: instant,
      recovery_target_action: 'promote',
      hot_standby: 'off',
    },
  });

  const after = await service.replica({}, { DATABASE_URL: restored.url });
  for (const person of [early, late]) t.equal((await signIn(after, person)).status, 201, 'is back');
  const flow = await provedRecovery(after, early);
  t.equal((await setRecoveredPassword(after, flow, otherPassword)).status, 200);
  const { status, body } = await signIn(after, early, otherPassword);
  t.equal(status, 201, 'and the whole journey passes');
  t.equal((await after.get('/v1/me/insurance-records', { token: body.accessToken })).status, 200);
});
