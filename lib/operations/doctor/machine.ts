import type { MachineFacts } from '../../lab';
import { type Finding, fine, missing } from './finding';

const GIB = 1024 ** 3;
/** Memory of a lab of two Regions at its peak, with room for the tests beside it. */
const MEMORY_GIB = 4;
/** Space for databases, artifacts and logs of a lab. */
const FREE_GIB = 2;

/** What this machine lacks for a lab. @param oldestNode oldest version of Node that the package takes, such as `20.19.0` */
export function judgeMachine(facts: MachineFacts, oldestNode: string): readonly Finding[] {
  const { platform, node, memoryBytes, freeBytes } = facts;
  return [
    platform === 'linux'
      ? fine('system', platform)
      : missing('system', platform, 'the lab runs on Linux alone; use a virtual machine or a container'),
    atLeast(node, oldestNode)
      ? fine('node', node)
      : missing('node', `${node}, older than ${oldestNode}`, `install Node ${oldestNode} or newer`),
    present('python', facts.python, 'install Python 3.10 or newer with its venv module'),
    present('postgresql', facts.postgres, 'run npm ci without --omit=optional'),
    memoryBytes >= MEMORY_GIB * GIB
      ? fine('memory', gibibytes(memoryBytes))
      : missing('memory', gibibytes(memoryBytes), `give the machine ${MEMORY_GIB} GiB`),
    ...Object.entries(freeBytes).map(([place, free]) => space(place, free)),
    present('loopback', facts.loopback, 'let this machine listen on all of 127.0.0.0/8'),
  ];
}

function present(id: string, look: MachineFacts['python'], fix: string): Finding {
  if ('value' in look) return fine(id, look.value);
  if ('unknown' in look) return { id, state: 'unknown', text: look.unknown, fix };
  return missing(id, look.missing, fix);
}

function space(place: string, free: MachineFacts['freeBytes'][string]): Finding {
  const id = `space ${place}`;
  const fix = `free ${FREE_GIB} GiB there`;
  if (!('value' in free)) return present(id, free, fix);
  const text = `${gibibytes(free.value)} free`;
  return free.value >= FREE_GIB * GIB ? fine(id, text) : missing(id, text, fix);
}

const gibibytes = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

function atLeast(version: string, oldest: string): boolean {
  const [have, want] = [version, oldest].map(text => text.split('.').map(Number)) as [number[], number[]];
  const index = want.findIndex((part, place) => part !== have[place]);
  return index === -1 || (have[index] ?? 0) > (want[index] ?? 0);
}
