import * as fc from 'fast-check';
import { CLASSES, type DriftReport, type Finding } from '../../../lib/drift/model';
import { reportOf } from '../../../lib/drift/verdict';

/** A finding with what a test is about. */
export const findingWith = (more: Partial<Finding> = {}): Finding => ({
  ...{
    id: 'some-rule-0123456789',
    rule: 'some-rule',
    class: 'danger',
    region: 'us-east-2',
    stack: 'orders-data',
  },
  ...{
    resource: 'Cluster',
    type: 'AWS::RDS::DBCluster',
    action: 'replace',
    path: 'Properties.DBClusterIdentifier',
  },
  ...{ why: 'the cluster is made anew and its data is lost', fix: 'keep the identifier', ...more },
});

/** Text that was written to break out of a comment, a page or a document. */
export const HOSTILE = [
  '`',
  '``` \n```html',
  '</code></details><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '@octocat and @org/team',
  '[click](https://evil.example) ![x](https://evil.example/x.png)',
  'https://evil.example www.evil.example evil@evil.example <https://evil.example>',
  '\n## Drift: clean\n',
  '\n\n- [x] approved\n\n---\n',
  '| a | b |\n|---|---|\n| c | d |',
  '<!-- holdfast:drift -->',
  '-->',
  '#123 GH-7 org/repo#9 0123456789abcdef0123456789abcdef01234567',
  '&lt;b&gt; &#64;octocat &amp;',
  '\u202Edesrever\u2066 \u0000\u0007\u001B[31m\u0085\uD800',
  ']]><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
  '\\`\\@octocat\\',
  ':tada: $x^2$ ~~struck~~ **bold** __bold__ *it*',
  '{{constructor}} __proto__ #{7*7}',
  '[0](1) {0}',
];

const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...HOSTILE), { maxLength: 4 }).map(parts => parts.join('')),
  fc
    .tuple(fc.constantFrom(...HOSTILE), fc.integer({ min: 1, max: 4000 }))
    .map(([text, times]) => text.repeat(times)),
);

/** A finding of which every text may be hostile. */
export const anyFinding: fc.Arbitrary<Finding> = fc.record({
  ...{ id: hostile.map(text => `x${text}`), rule: hostile.map(text => `x${text}`) },
  class: fc.constantFrom(...CLASSES),
  ...{
    region: hostile,
    stack: hostile,
    resource: hostile,
    type: hostile,
    path: hostile,
    why: hostile,
    fix: hostile,
  },
  action: fc.constantFrom('none', 'create', 'update', 'delete', 'replace', 'may-replace', 'forget'),
});

/** A report of few or very many such findings. */
export const anyReport: fc.Arbitrary<DriftReport> = fc
  .tuple(fc.array(anyFinding, { maxLength: 12 }), fc.constantFrom(1, 1, 1, 400), fc.nat({ max: 10_000 }))
  .map(([findings, wanted, checked]) => {
    // Many findings, or long ones: of both at once a machine's longest string is full, and a failure shrinks for ever.
    const times = Math.max(
      1,
      Math.min(wanted, Math.floor(10_000_000 / (JSON.stringify(findings).length + 1))),
    );
    return reportOf(
      checked,
      Array.from({ length: times }, (_, turn) =>
        findings.map(finding => ({ ...finding, resource: `${finding.resource}${turn}` })),
      ).flat(),
    );
  });

/** What must stand in no text for people: controls other than a line's end, halves of pairs, marks of direction. */
export const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;
