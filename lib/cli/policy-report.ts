import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The document that the policy packs leave beside the templates (written by `constructs/policy`). */
const REPORT_FILE = 'policy-report.json';

/** One finding of a policy pack, once for each rule and construct. */
export interface PolicyFinding {
  readonly rule: string;
  /** Path of the construct in the tree. */
  readonly path: string;
  /** `unknown` where the rule could not judge, mostly since a value is known at deploy only. */
  readonly state: 'broken' | 'unknown';
  readonly description: string;
}

/** What the packs said. `unchecked` is not clean: no report, or a pack that judged nothing (law 7). */
export interface PolicySummary {
  readonly verdict: 'clean' | 'findings' | 'unchecked';
  readonly pack?: string;
  /** How often rules came to which result. */
  readonly judgements?: Readonly<Record<string, number>>;
  readonly findings: readonly PolicyFinding[];
  /** Findings that somebody has acknowledged, each with its reason. */
  readonly acknowledged: number;
}

interface ReportFile {
  readonly pack: string;
  readonly judgements: { readonly compliant: number; readonly broken: number; readonly unknown: number };
  readonly findings: readonly PolicyFinding[];
  readonly acknowledgements: readonly unknown[];
}

/** Path of the report of a synthesized assembly. */
export const policyReportFile = (assembly: string): string => path.join(assembly, REPORT_FILE);

/** Reads the policy report of a synthesized assembly. */
export function readPolicySummary(assembly: string): PolicySummary {
  const file = policyReportFile(assembly);
  if (!existsSync(file)) return { verdict: 'unchecked', findings: [], acknowledged: 0 };
  const { pack, judgements, findings, acknowledgements } = JSON.parse(
    readFileSync(file, 'utf8'),
  ) as ReportFile;
  const judged = judgements.compliant + judgements.broken + judgements.unknown > 0;
  const verdict = findings.length > 0 ? 'findings' : judged ? 'clean' : 'unchecked';
  return { verdict, pack, judgements: { ...judgements }, findings, acknowledged: acknowledgements.length };
}
