import { startClone } from './clone';
import { runProcess } from './process';

void runProcess('service', startClone);
