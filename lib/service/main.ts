import { startClone } from './clone';
import { runProcess } from './process';

void runProcess('service', process.env, startClone);
