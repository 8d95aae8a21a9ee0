// One thread's share of the proof of drills.
import { parentPort, workerData } from 'node:worker_threads';
import type { Share } from '../schedule-threads';
import { proveDrills } from './prove-drills';

const { first, count } = workerData as Share;
void proveDrills(first, count).then(totals => parentPort?.postMessage(totals));
