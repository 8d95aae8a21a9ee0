import type { Rule } from './rule';
import type { Template } from './template';

/** What a rule found on a resource: it is broken, or the template does not tell. */
export interface Finding {
  /** Whole id, such as `Dependability-DesiredCapacity`. */
  readonly rule: string;
  readonly state: 'broken' | 'unknown';
  /** Logical id of the resource. */
  readonly resource: string;
  /** CloudFormation type of the resource. */
  readonly type: string;
  /** Where in the resource, such as `Properties.DesiredCapacity`. */
  readonly path: string;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
}

/** How often rules came to which result. */
export interface JudgementCounts {
  readonly compliant: number;
  readonly notApplicable: number;
  readonly broken: number;
  readonly unknown: number;
}

/** What a pack said of a template. */
export interface Verdict {
  readonly counts: JudgementCounts;
  /** Logical ids of the resources about which at least one rule had something to say. */
  readonly judged: readonly string[];
  readonly findings: readonly Finding[];
}

/** Judges every resource of a template by every rule of a pack. */
export function judgeTemplate(pack: string, rules: readonly Rule[], template: Template): Verdict {
  const counts = { compliant: 0, notApplicable: 0, broken: 0, unknown: 0 };
  const findings: Finding[] = [];
  const judged = new Set<string>();
  const applicable = rulesByType(rules);
  for (const resource of template.resources) {
    const own = applicable(resource.type);
    counts.notApplicable += rules.length - own.length;
    for (const rule of own) {
      const judgement = rule.evaluate(resource, template);
      if (judgement.state === 'not-applicable') {
        counts.notApplicable += 1;
        continue;
      }
      counts[judgement.state] += 1;
      judged.add(resource.logicalId);
      if (judgement.state === 'compliant') continue;
      const { title, why, fix } = rule;
      const where = { resource: resource.logicalId, type: resource.type, path: judgement.path };
      findings.push({ rule: `${pack}-${rule.id}`, state: judgement.state, ...where, title, why, fix });
    }
  }
  return { counts, judged: [...judged], findings };
}

function rulesByType(rules: readonly Rule[]): (type: string) => readonly Rule[] {
  const known = new Map<string, readonly Rule[]>();
  return type => {
    const found = known.get(type) ?? rules.filter(rule => rule.types?.includes(type) ?? true);
    known.set(type, found);
    return found;
  };
}
