import { chmod, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import {
  EmbeddedPostgresError,
  trustedFolder,
  unprivilegedAccount,
} from '../../src/development/postgres/postgres-binaries.ts';

t.test('PostgreSQL runs as nobody, or as daemon where nobody has a negative number', async (t) => {
  const root = 'root:x:0:0:root:/root:/bin/bash\n';
  t.same(unprivilegedAccount(`${root}daemon:x:1:1::/:\nnobody:x:65534:65533::/:\n`), {
    uid: 65534,
    gid: 65533,
  });
  t.same(unprivilegedAccount(`${root}nobody:*:-2:-2::/:\ndaemon:*:1:1::/:\n`), { uid: 1, gid: 1 });
  t.throws(() => unprivilegedAccount(`${root}notnobody:x:7:7::/:\n`), EmbeddedPostgresError);
  t.throws(() => unprivilegedAccount('nobody:x:0:0::/:\n'), EmbeddedPostgresError);
});

t.test('as root only a folder is trusted that nobody else can have prepared', async (t) => {
  const scratch = await mkdtemp(join(tmpdir(), 'savabegh-trusted-'));
  t.teardown(() => rm(scratch, { recursive: true }));
  const refused = { name: 'EmbeddedPostgresError', message: /must be a folder that only root may write to$/ };

  const open = await mkdtemp(join(scratch, 'open-'));
  await symlink(open, join(scratch, 'link'));
  await t.rejects(trustedFolder([join(scratch, 'link')]), refused, 'a symbolic link');
  await chmod(open, 0o777);
  await t.rejects(trustedFolder([open]), refused, 'a folder others may write to');

  const file = join(scratch, 'file');
  await writeFile(file, '');
  await t.rejects(trustedFolder([file]), {
    name: 'EmbeddedPostgresError',
    message: `cannot write to ${file}`,
  });
  const fallback = join(scratch, 'fallback');
  if (process.getuid?.() === 0) {
    t.equal(await trustedFolder([file, fallback]), fallback);
    t.equal((await stat(fallback)).mode & 0o777, 0o755);
  } else {
    await t.rejects(trustedFolder([file, fallback]), refused, 'a folder of somebody else than root');
  }
});
