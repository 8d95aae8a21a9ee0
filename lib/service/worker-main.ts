import { runProcess } from './process';
import { startWorker } from './worker/worker';

void runProcess('worker', process.env, startWorker);
