import { startClone } from './clone/clone';
import { runProcess } from './process';

void runProcess('service', process.env, startClone);
