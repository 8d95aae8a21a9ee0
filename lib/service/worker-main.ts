import { runProcess } from './process';
import { startWorker } from './worker';

void runProcess('worker', process.env, startWorker);
