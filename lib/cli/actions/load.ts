import { randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ResolvedTopology, regionCapacity } from '../../../regions';
import { HoldfastError } from '../../errors';
import { labStatus } from '../../lab';
import { capacityLine, httpSender, type LoadReport, loadReportHtml, runLoadTest } from '../../operations';
import { reasonOf } from '../../runtime/errors';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { topologyOf } from '../drill-target';
import { table } from '../table';

/** Options of `holdfast load`. */
export interface LoadOptions extends CommonOptions {
  readonly target?: 'lab';
  readonly url?: string;
  readonly iMay?: boolean;
  readonly peak?: number;
  readonly ramp: number;
  readonly hold: number;
  readonly toBreaking?: boolean;
  readonly arrivals: 'poisson' | 'even';
  readonly connections: number;
  readonly out: string;
}

const EXIT_OF = { passed: EXIT.good, failed: EXIT.found, unchecked: EXIT.failed } as const;
/** Steps past the peak at most: to four times of it. */
const MOST_STEPS = 12;

/** Runs a load test. Exit 2 when a promise broke at the peak, 1 when one could not be judged. */
export async function load(context: CommandContext, options: LoadOptions): Promise<CommandResult> {
  const topology = await topologyOf(context, options);
  const journeys = topology.journeys ?? [];
  if (journeys.length === 0)
    throw refused(
      'journeys',
      undefined,
      'says nothing that could be sent',
      "journeys: [{ name: 'home', route: 'GET /' }]",
    );
  const place = await placeOf(context, options);
  const sender = httpSender({ ...place, connections: options.connections });
  const { clock, signal, output } = context;
  try {
    const report = await runLoadTest({
      ...{ clock, signal, journeys, application: topology.application, url: place.url, send: sender.send },
      levels: topology.serviceLevels ?? [],
      peak: options.peak ?? topology.capacity.peakRequestsPerSecond,
      rampSeconds: options.ramp,
      holdSeconds: options.hold,
      arrivals: options.arrivals,
      random: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
      uuid: randomUUID,
      ...(options.toBreaking ? { mostSteps: MOST_STEPS } : {}),
      clones: clonesOf(topology),
      statedPerClone: topology.capacity.requestsPerClone,
      onSecond: (stage, rate, second) => {
        const { requests, failed, p50, p99 } = second.summary();
        const text = `load: ${stage}, ${rate.toFixed(0)} a second: ${requests} sent, ${failed} failed, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
        output.emit({ code: 'load.second', level: 'info', text });
      },
    });
    return result(context, options, report);
  } finally {
    await sender.close();
  }
}

/** Clones of the active Region, which carry the peak. */
const clonesOf = (topology: ResolvedTopology): number => {
  const [first] = topology.regions;
  return first === undefined ? 1 : regionCapacity(topology, first).activeClones;
};

/** Where it goes. An address of others is loaded by nobody's mistake. */
async function placeOf(
  { projectRoot, clock }: CommandContext,
  { target, url, iMay }: LoadOptions,
): Promise<{ readonly url: string; readonly host?: string }> {
  if (url !== undefined) {
    if (target !== undefined) throw refused('--url', url, 'and --target are two places', 'give one of them');
    if (!URL.canParse(url) || !/^https?:/.test(url))
      throw refused('--url', url, 'is no address', 'give one such as https://staging.example.com');
    if (!iMay)
      throw refused(
        '--i-may',
        undefined,
        'is missing: a load may take down what it is sent to',
        'add it when its owner has agreed',
      );
    return { url: new URL(url).origin };
  }
  if (target === undefined)
    throw refused('--target', undefined, 'says not where to send', 'give --target lab, or --url');
  const { running, dns, servicePort, serviceHost } = await labStatus({ projectRoot, clock });
  const address = dns?.addresses[0];
  if (!running || address === undefined || servicePort === undefined)
    throw new HoldfastError('not-found', 'no lab runs in this project; run `holdfast up`');
  return {
    url: `http://${address}:${servicePort}`,
    ...(serviceHost === undefined ? {} : { host: serviceHost }),
  };
}

function result(context: CommandContext, options: LoadOptions, report: LoadReport): CommandResult {
  const file = path.resolve(context.projectRoot, options.out);
  try {
    writeFileSync(file, loadReportHtml(report));
  } catch (error) {
    throw refused('--out', options.out, reasonOf(error), 'name a file in a folder that exists');
  }
  return {
    exitCode: EXIT_OF[report.verdict],
    document: { ...report, ...{ file } },
    text: textOf(report, file),
  };
}

function textOf({ verdict, peak, stages, levels, breaksAt, capacity }: LoadReport, file: string): string {
  const rows = stages.map(({ name, toRate, all }) => [
    name,
    toRate.toFixed(0),
    String(all.requests),
    String(all.failed),
    all.p50.toFixed(1),
    all.p99.toFixed(1),
    all.max.toFixed(1),
  ]);
  return [
    table(['stage', 'a second', 'requests', 'failed', 'p50 ms', 'p99 ms', 'longest ms'], rows),
    ...levels.map(({ level, state, why }) => `${level}: ${state}; ${why}`),
    ...(breaksAt === undefined
      ? []
      : [breaksAt === null ? 'no rate that was tried broke a promise' : `breaks at ${breaksAt} a second`]),
    ...(capacity === undefined ? [] : [capacityLine(capacity)]),
    `${verdict} at ${peak} requests a second; wrote ${file}`,
  ].join('\n');
}

const refused = (place: string, received: unknown, message: string, fix: string): HoldfastError =>
  new HoldfastError('invalid-input', 'the load is not sent', [
    { path: place, ...(received === undefined ? {} : { received }), message, fix },
  ]);
