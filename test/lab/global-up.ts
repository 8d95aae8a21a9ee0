import { execFileSync } from 'node:child_process';
import { ROOT } from '../helpers/sources';

/** The lab that every test of this project shares, brought up as the README says. */
export default function globalUp(): void {
  execFileSync('npx', ['holdfast', 'up'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}
