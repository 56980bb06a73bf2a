import { parentPort, workerData } from 'node:worker_threads';
import { stringify } from 'yaml';

// A thread of `toYaml`. Parsed here, so that nothing of it is one object twice, which YAML would write as a reference.
parentPort?.postMessage(stringify(JSON.parse(workerData)));
