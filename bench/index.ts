/** `npm run bench`: performance as ratios, measured side by side in one run. Figures go to docs/benchmarks.md. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benchDrift } from './drift';
import { benchDrill } from './drill';
import { benchLab } from './lab';
import { benchLoad } from './load';
import { machineLines } from './machine';
import { benchPolicy } from './policy';
import { benchRegions } from './regions';
import { benchService } from './service';
import { benchSynth } from './synth';
import { benchTelemetry } from './telemetry';
import { benchTerraform } from './terraform';
import { benchTopology } from './topology';
import { benchWorker } from './worker';

const HELP = `npm run bench -- [--rounds N] [--regions] [--lab] [--lab-rounds N] [--policy] [--worker]
                       [--service] [--telemetry] [--terraform] [--drift] [--drill] [--load]
  --rounds N      runs of each app process, in turn (default 7)
  --regions       also synthesize 2, 4, 8 and 16 Regions, with and without the policy packs
  --lab           also run the whole demo, and watch the memory of all its processes
  --lab-rounds N  runs of the demo (default 1)
  --policy        only the policies beside cockatiel (about 15 s for 7 rounds)
  --drift         only holdfast drift beside cdk diff (about 40 s a round)
  --drill         only what the engine of drills adds to a drill whose steps are instant (2 s)
  --load          only the load generator against a plain autocannon (5 s a run)
  --service       only the orders service in one clone against a bare Fastify app (5 s a run)
  --telemetry     only what a log line costs beside plain JSON
  --terraform     only the synth for Terraform beside the CDK's, 2 to 16 Regions (20 s a round)
  --worker        only a queue's worker beside Powertools: record, bundle, import
`;
const TOPOLOGY_REPETITIONS = 500;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '7' },
      regions: { type: 'boolean', default: false },
      service: { type: 'boolean', default: false },
      load: { type: 'boolean', default: false },
      lab: { type: 'boolean', default: false },
      'lab-rounds': { type: 'string', default: '1' },
      drift: { type: 'boolean', default: false },
      drill: { type: 'boolean', default: false },
      policy: { type: 'boolean', default: false },
      telemetry: { type: 'boolean', default: false },
      terraform: { type: 'boolean', default: false },
      worker: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(HELP);
  const root = path.resolve(__dirname, '..', '..');
  const rounds = wholeNumber('--rounds', values.rounds);
  const labRounds = wholeNumber('--lab-rounds', values['lab-rounds']);
  print(`${machineLines(root, new Date()).join('\n')}\n\n`);
  if (values.drift) return print(`${await benchDrift(root, rounds)}\n`);
  if (values.drill) return print(`${await benchDrill(rounds)}\n`);
  if (values.policy) return print(`${await benchPolicy(rounds)}\n`);
  if (values.terraform) return print(`${await benchTerraform(root, rounds)}\n`);
  if (values.worker) return print(`${await benchWorker(root, rounds)}\n`);
  if (values.load) return print(`${await benchLoad(rounds, 5)}\n`);
  if (values.service) return print(`${await benchService(root, rounds, 5)}\n`);
  if (values.telemetry) return print(`${await benchTelemetry(rounds)}\n`);
  print(`${await benchSynth(root, rounds)}\n\n`);
  print(`${benchTopology(TOPOLOGY_REPETITIONS)}\n`);
  if (values.regions) print(`\n${await benchRegions(root, rounds)}\n`);
  if (values.lab) print(`\n${await benchLab(root, labRounds)}\n`);
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`${option} is ${JSON.stringify(text)}; use a whole number of 1 or more`);
  }
  return value;
}

function print(text: string): void {
  process.stdout.write(text);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
