import type { DriftReport, Finding } from '../model';
import { type FailOn, reaches } from '../verdict';
import { byStack, checkedLine, placeOf } from './text';
import { escaped } from './xml';

/**
 * The report as JUnit XML: one suite a stack, one case a finding. What reaches `failOn` has failed, what could not be
 * checked is an error, and the rest has passed and says why. Noise is left out.
 */
export function junit(report: DriftReport, options: { readonly failOn?: FailOn } = {}): string {
  const failOn = options.failOn ?? 'danger';
  const groups = byStack(report.findings.filter(finding => finding.class !== 'noise'));
  const suites = groups.map(group => suite(placeOf(group), group.findings, failOn));
  const { tests, failures, errors } = total(
    groups.flatMap(({ findings }) => findings),
    failOn,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="holdfast drift" tests="${tests + 1}" failures="${failures}" errors="${errors}">`,
    '  <testsuite name="holdfast drift" tests="1" failures="0" errors="0" skipped="0">',
    `    <testcase classname="holdfast drift" name="${escaped(checkedLine(report.counts))}"/>`,
    '  </testsuite>',
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

type Outcome = 'failure' | 'error' | 'passed';

function outcomeOf(finding: Finding, failOn: FailOn): Outcome {
  if (finding.class === 'unchecked' || finding.class === 'unknown') return 'error';
  return reaches(finding.class, failOn) ? 'failure' : 'passed';
}

function total(findings: readonly Finding[], failOn: FailOn) {
  const outcomes = findings.map(finding => outcomeOf(finding, failOn));
  const count = (wanted: Outcome) => outcomes.filter(outcome => outcome === wanted).length;
  return { tests: findings.length, failures: count('failure'), errors: count('error') };
}

function suite(name: string, findings: readonly Finding[], failOn: FailOn): string {
  const { tests, failures, errors } = total(findings, failOn);
  const head = `  <testsuite name="${escaped(name, 300)}" tests="${tests}" failures="${failures}" errors="${errors}" skipped="0">`;
  const cases = findings.map(finding => testCase(finding, outcomeOf(finding, failOn)));
  return [head, ...cases, '  </testsuite>'].join('\n');
}

function testCase(finding: Finding, outcome: Outcome): string {
  const { resource, path, rule, why, fix, id } = finding;
  const name = `${resource}${path === '' ? '' : ` ${path}`}: ${rule} [${id}]`;
  const words = `${escaped(why)}\n${escaped(fix)}`;
  const inner =
    outcome === 'passed'
      ? `<system-out>${finding.class}: ${words}</system-out>`
      : `<${outcome} type="${finding.class}" message="${escaped(why)}">${words}</${outcome}>`;
  return `    <testcase classname="${escaped(placeOf(finding), 300)}" name="${escaped(name, 600)}">${inner}</testcase>`;
}
