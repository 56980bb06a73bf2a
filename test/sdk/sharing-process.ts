import { createSavabegh, unwrap } from '../../clients/typescript/src/index.ts';
import { createFileStore } from './file-store.ts';
import { outdate, somebody } from './support.ts';

// `node sharing-process.ts ORIGIN FILE ROUNDS`: goes on with the session of a file that another process has as well, and
// needs a new token again and again.

const [origin = '', file = '', rounds = ''] = process.argv.slice(2);
const store = createFileStore(file);
const session = somebody(await createSavabegh({ baseUrl: origin }).resume(store));
for (let round = 0; round < Number(rounds); round += 1) {
  await store.lock(() => outdate(store));
  // Whatever the store says, what this process has is used up.
  const again = somebody(await createSavabegh({ baseUrl: origin }).resume(store));
  await unwrap(again.api.GET('/v1/me'));
  await unwrap(session.api.GET('/v1/me'));
}
