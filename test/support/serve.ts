import { buildApp } from '../../src/composition/app.ts';
import { loadConfig } from '../../src/composition/config.ts';

/** A replica in a process of its own, so that it can be killed: settings from the environment, its origin to the parent. */
const app = await buildApp(loadConfig(process.env), { background: false });
await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.(app.listeningOrigin);
process.on('disconnect', () => process.exit());
