import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import autocannon from 'autocannon';
import { systemClock } from '../lib/clock';
import { httpSender } from '../lib/operations';
import { RequestMaker } from '../lib/operations/load/requests';
import { runStage } from '../lib/operations/load/run-load';
import { startServer } from './service-world';
import { interleave, median, pairedRatio } from './statistics';
import { markdownTable } from './table';

/** The least share of a plain autocannon's requests a second. */
const LIMIT = 0.6;
const CONNECTIONS = 64;

/**
 * The load generator against a plain autocannon, in turn, on the same server: how many requests a second each gets answered.
 * Ours runs an open model far beyond what can be sent, so that nothing but its own speed is the limit; its times are counted
 * from the moment at which a request was due.
 *
 * @param seconds length of one run
 */
export async function benchLoad(rounds: number, seconds: number): Promise<string> {
  const target = await startServer(path.join(__dirname, 'load-target.js'), {});
  const children: ChildProcess[] = [target.child];
  try {
    const results = await interleave(
      {
        autocannon: () => plain(target.url, seconds),
        holdfast: () => ours(target.url, seconds),
      },
      rounds,
    );
    const ratio = pairedRatio(results.holdfast, results.autocannon);
    const rows = Object.entries(results).map(([name, rates]) => [name, median(rates).toFixed(0)]);
    return [
      `load generator, n = ${rounds} runs of ${seconds} s each, in turn, ${CONNECTIONS} connections:`,
      markdownTable(['generator', 'answered a second'], rows),
      `share of autocannon: ${ratio.toFixed(2)} (limit ${LIMIT})`,
    ].join('\n');
  } finally {
    for (const child of children) child.kill();
  }
}

async function plain(url: string, duration: number): Promise<number> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration,
    requests: [{ method: 'GET', path: '/' }],
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error('answers that are no success');
  return result.requests.average;
}

/** Far more is due than can be sent; what was never sent is not counted. */
async function ours(url: string, seconds: number): Promise<number> {
  const sender = httpSender({ url, connections: CONNECTIONS });
  const requests = new RequestMaker([{ name: 'home', route: 'GET /' }], Math.random, () => '');
  const signal = new AbortController().signal;
  try {
    const rate = 60_000;
    const run = {
      clock: systemClock,
      random: Math.random,
      signal,
      requests,
      send: sender.send,
      mostUnderWay: 2_000,
    };
    const began = systemClock.monotonic();
    const { all } = await runStage(
      { ...run, arrivals: 'even' },
      { name: 'all', fromRate: rate, toRate: rate, seconds },
    );
    const took = (systemClock.monotonic() - began) / 1000;
    const { requests: due, failed, unsent } = all.summary();
    if (failed > unsent) throw new Error('answers that are no success');
    return (due - unsent) / took;
  } finally {
    await sender.close();
  }
}
