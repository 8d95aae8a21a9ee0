import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RegisterRecord } from '../../runtime/register/register';
import type { Check } from '../checks/check';
import { type LedgerEntry, readLedger } from '../load/ledger';
import { type LedgerVerdict, sumVerdicts, verifyLedger } from '../load/verify-ledger';
import type { Plan } from '../plan/plan';
import type { DrillMode } from '../plan/plan-steps';
import { type DrillReport, makeReport } from '../report/report';
import { renderReportHtml } from '../report/report-html';
import { renderReport } from '../report/report-text';
import type { DrillContext } from './context';
import type { Ending } from './drive';
import type { Journal, JournalStore } from './journal';
import type { LagSample } from './lag-recorder';
import { readRegister } from './registers';

const SOAK_MILLISECONDS = 2000;

/** What a drill leaves. */
export interface DrillResult {
  readonly report: DrillReport;
  /** 0 done and objectives met; 1 could not check; 2 ended otherwise or missed an objective; 130 aborted. */
  readonly exitCode: 0 | 1 | 2 | 130;
  /** Folder of journal, ledger and reports. */
  readonly directory: string;
}

/** A drill that has come to an ending. */
export interface FinishedDrill {
  readonly id: string;
  readonly mode: DrillMode;
  readonly from: string;
  readonly to: string;
  readonly before: RegisterRecord;
  readonly plan?: Plan;
  readonly journal: Journal;
  readonly ending: Ending;
  /** @default - those of the journal's plan */
  readonly checks?: readonly Check[];
  readonly lagSeconds?: number;
  /** The lag as it was recorded beside the run. @default - none was */
  readonly lag?: readonly LagSample[];
}

/** Stops the load, verifies the ledger, and writes the reports and the journal's end, in this order. */
export async function finishDrill(
  context: DrillContext,
  store: JournalStore,
  drill: FinishedDrill,
): Promise<DrillResult> {
  const { journal, ending, before } = drill;
  const { outcome, reason, next } = ending;
  // Some steady load after the move, to compare with the load before it.
  if (context.load !== undefined && outcome === 'done') await context.clock.sleep(SOAK_MILLISECONDS);
  // Where nobody accepts writes there is nothing to wait for.
  const load = await context.load?.stop(outcome === 'safe-stop' ? 0 : undefined);
  const ledger = outcome === 'safe-stop' ? undefined : await verify(context, journal);
  const report = makeReport({
    ...context,
    ...drill,
    ...{ outcome, reason, next, load, ledger },
    epoch: { before: before.epoch, after: await epochNow(context, drill) },
    checks: drill.checks ?? journal.last('plan')?.checks ?? [],
    lagSeconds: drill.lagSeconds ?? journal.last('plan')?.lagSeconds,
    calls: context.cloud.calls(),
  });
  store.save(drill.id, 'report.json', `${JSON.stringify(report, null, 2)}\n`);
  store.save(drill.id, 'report.md', renderReport(report));
  store.save(drill.id, 'report.html', renderReportHtml(report));
  if (ending.final) journal.append({ type: 'end', outcome, reason });
  const level = outcome === 'done' && report.missed.length === 0 ? 'info' : 'error';
  const text = `drill ${drill.id}: ${outcome}${reason === undefined ? '' : `, ${reason}`}`;
  context.output.emit({ code: 'drill.end', level, text, data: { outcome, missed: report.missed } });
  return { report, exitCode: exitCode(report), directory: path.join(context.directory, drill.id) };
}

function exitCode(report: DrillReport): DrillResult['exitCode'] {
  if (report.outcome === 'aborted') return 130;
  return report.outcome === 'done' && report.missed.length === 0 ? 0 : 2;
}

/** Verifies the ledger of the load beside this drill, and the one that a process left which died before. */
async function verify(context: DrillContext, journal: Journal): Promise<LedgerVerdict | undefined> {
  const verdicts: LedgerVerdict[] = [];
  const fencedAt = journal.all('step-end').find(end => end.step === 'fence')?.at;
  const mayLose = journal.plan?.mode === 'failover';
  for (const { id, entries } of ledgersOf(context, journal)) {
    context.output.emit({
      code: 'drill.verify.ledger',
      level: 'info',
      text: `comparing ${entries.length} acknowledged writes with what the service shows`,
      data: { ledger: id, acknowledged: entries.length },
    });
    verdicts.push(await verifyLedger(context, context.settings.host, { id, entries, fencedAt, mayLose }));
  }
  return verdicts.length === 0 ? undefined : sumVerdicts(verdicts);
}

function ledgersOf(
  { load }: DrillContext,
  journal: Journal,
): { readonly id: string; readonly entries: readonly LedgerEntry[] }[] {
  const left = journal.last('begin')?.ledger;
  const found = load === undefined ? [] : [load];
  if (left === undefined || left.id === load?.id || !existsSync(left.file)) return found;
  return [{ id: left.id, entries: readLedger(left.file) }, ...found];
}

/** The epoch at the end; what the journal implies when the register cannot be read. */
async function epochNow(context: DrillContext, drill: FinishedDrill): Promise<number> {
  try {
    return (await readRegister(context.cloud, [drill.to, drill.from])).record.epoch;
  } catch {
    return drill.before.epoch + (drill.journal.has('step-end', 'fence') ? 1 : 0);
  }
}
