// One thread's share of the proof of releases.
import { parentPort, workerData } from 'node:worker_threads';
import type { Share } from '../schedule-threads';
import { proveReleases } from './prove-releases';

const { first, count } = workerData as Share;
void proveReleases(first, count).then(totals => parentPort?.postMessage(totals));
