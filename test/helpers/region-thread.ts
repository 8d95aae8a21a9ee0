// One thread's share of the proof of lease and fence.
import { parentPort, workerData } from 'node:worker_threads';
import { proveRegions } from './prove-regions';
import type { Share } from './schedule-threads';

const { first, count } = workerData as Share;
void proveRegions(first, count).then(totals => parentPort?.postMessage(totals));
