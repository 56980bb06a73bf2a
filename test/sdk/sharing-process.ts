import { unwrap } from '../../clients/typescript/src/index.ts';
import { createFileStore } from './file-store.ts';
import { refreshes, somebody, watchedClient } from './support.ts';

// `node sharing-process.ts ORIGIN FILE ROUNDS`: goes on with the session of a file that another process has as well, needs a
// new token again and again, and says how often it has refreshed.

const [origin = '', file = '', rounds = ''] = process.argv.slice(2);
const { resume, sent, spoilToken } = watchedClient({ baseUrl: origin });
const session = somebody(await resume(createFileStore(file)));
for (let round = 0; round < Number(rounds); round += 1) {
  spoilToken();
  await unwrap(session.api.GET('/v1/me'));
}
console.log(refreshes(sent));
