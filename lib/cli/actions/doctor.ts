import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createAccountFacts, createAwsCloud } from '../../aws';
import { machineFacts } from '../../lab';
import { type Finding, judgeAccount, judgeMachine } from '../../operations';
import { type CommandContext, type CommandResult, type CommonOptions, EXIT } from '../context';
import { type DrillTarget, topologyOf } from '../drill-target';
import { table } from '../table';

/** Options of `holdfast doctor`. */
export interface DoctorOptions extends CommonOptions {
  readonly target: DrillTarget;
}

/** Looks at the machine, and at the account when that is the target. Exit 2 when something is missing, 1 when unknown. */
export async function doctor(context: CommandContext, options: DoctorOptions): Promise<CommandResult> {
  const machine = judgeMachine(await machineFacts(context), oldestNode(context.installRoot));
  const account = options.target === 'aws' ? await lookAtAccount(context, options) : [];
  const findings = [...machine, ...account];
  const count = (state: Finding['state']) => findings.filter(finding => finding.state === state).length;
  const counts = { ok: count('ok'), missing: count('missing'), unknown: count('unknown') };
  const verdict = counts.missing > 0 ? 'missing' : counts.unknown > 0 ? 'unchecked' : 'ready';
  const exitCode = { missing: EXIT.found, unchecked: EXIT.failed, ready: EXIT.good }[verdict];
  const document = { version: 1, target: options.target, verdict, counts, findings };
  return { exitCode, document, text: textOf(findings, counts) };
}

async function lookAtAccount(context: CommandContext, options: DoctorOptions): Promise<readonly Finding[]> {
  const topology = await topologyOf(context, options);
  const { clock } = context;
  const facts = createAccountFacts({ clock });
  const cloud = createAwsCloud({ clock, application: topology.application });
  try {
    return await judgeAccount(topology, { facts, cloud });
  } finally {
    facts.close();
    cloud.close();
  }
}

/** The oldest Node that the package takes, from its own manifest. */
function oldestNode(installRoot: string): string {
  const { engines } = JSON.parse(readFileSync(path.join(installRoot, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  return engines.node.replace(/^[^0-9]*/, '');
}

function textOf(findings: readonly Finding[], counts: Readonly<Record<Finding['state'], number>>): string {
  const rows = findings.map(({ id, state, text, fix }) => [id, state, text, fix ?? '']);
  const sum = `${counts.ok} as they should be, ${counts.missing} missing, ${counts.unknown} not known`;
  return `${table(['what', 'state', 'found', 'fix'], rows)}\n${sum}`;
}
