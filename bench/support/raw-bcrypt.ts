import { parentPort, workerData } from 'node:worker_threads';
import bcrypt from 'bcrypt';

/** Compares on one core for so long; answers how often. */
const { seconds, cost } = workerData as { seconds: number; cost: number };
const hash = bcrypt.hashSync('Tq7vLmz4Wk', cost);
const started = performance.now();
let compared = 0;
while (performance.now() < started + seconds * 1000) {
  bcrypt.compareSync('Wrong7Words', hash);
  compared += 1;
}
parentPort?.postMessage(compared / ((performance.now() - started) / 1000));
