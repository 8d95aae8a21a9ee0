// One thread's share of the leader's proof.
import { parentPort, workerData } from 'node:worker_threads';
import { proveLeaders } from './prove-leaders';
import type { Share } from './schedule-threads';

const { first, count } = workerData as Share;
void proveLeaders(first, count).then(totals => parentPort?.postMessage(totals));
