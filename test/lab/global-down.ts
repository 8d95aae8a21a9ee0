import { execFileSync } from 'node:child_process';
import { ROOT } from '../helpers/sources';

export default function globalDown(): void {
  execFileSync('npx', ['holdfast', 'down'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}
