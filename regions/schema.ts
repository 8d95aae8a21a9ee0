/** The shape of a topology, and the reading of a document against shape and rules together. */
import type { Problem } from '../lib/errors';
import { readDraft } from './draft';
import { fieldProblem, type Steps, unknownField } from './problems';
import { RULES } from './rules';
import { accountProblems } from './rules/account';
import type { Topology } from './topology';
import * as z from './zod';

const whole = (least: number, most: number) => z.int().check(z.gte(least), z.lte(most));
const text = (form: RegExp) => z.string().check(z.regex(form));
const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';

const regionShape = z.strictObject({
  name: z.string(),
  seed: z.optional(z.boolean()),
  zones: z.array(z.string()),
  cidr: z.string(),
  capacityShare: z.optional(z.number().check(z.gt(0), z.lte(1))),
});

const registerShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('strong'), witness: z.optional(z.string()) }),
  z.strictObject({ kind: z.literal('eventual'), witness: z.optional(z.undefined()) }),
]);

const recoveryShape = z.strictObject({
  leaseSeconds: z.optional(whole(3, 60)),
  leaseMarginSeconds: z.optional(whole(1, 60)),
  checkIntervalSeconds: z.optional(z.literal([10, 30])),
  checkFailures: z.optional(whole(1, 10)),
  clientDnsCacheSeconds: z.optional(whole(0, 86_400)),
  detectionSeconds: z.optional(whole(0, 86_400)),
  decisionSeconds: z.optional(whole(0, 86_400)),
  switchoverPromotionSeconds: z.optional(whole(1, 86_400)),
  failoverPromotionSeconds: z.optional(whole(1, 86_400)),
  cloneBootSeconds: z.optional(whole(1, 7_200)),
  warmUpSeconds: z.optional(whole(0, 3_600)),
  reconnectSeconds: z.optional(whole(1, 3_600)),
});

const capacityShape = z.strictObject({
  instanceType: z.optional(text(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/)),
  peakRequestsPerSecond: whole(1, 10_000_000),
  requestsPerClone: whole(1, 1_000_000),
  maximumClones: whole(2, 5_000),
  minimumWorkers: z.optional(whole(1, 5_000)),
});

const databaseShape = z.strictObject({
  engineVersion: text(/^\d{1,2}\.\d{1,2}$/),
  instanceClass: text(/^db\.[a-z0-9-]+(\.[a-z0-9-]+)?$/),
  instancesPerRegion: whole(2, 16),
  databaseName: text(/^[A-Za-z][A-Za-z0-9_]{0,62}$/),
  rpoBasis: z.optional(z.enum(['alarmed', 'bounded', 'none'])),
});

const jurisdictionShape = z.strictObject({
  name: text(/^(\*|[a-z][a-z0-9-]{0,31})$/),
  regions: z.array(z.string()),
});

const homeShape = z.strictObject({
  name: text(/^[a-z][a-z0-9]{1,11}$/),
  seed: z.string(),
  jurisdiction: z.optional(z.string()),
});

const serviceLevelShape = z.strictObject({
  name: text(/^(?=.{2,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
  kind: z.enum(['availability', 'latency', 'freshness', 'durability']),
  target: z.number().check(z.gte(0.95), z.lte(0.99999)),
  route: z.optional(text(/^(GET|HEAD|POST|PUT|PATCH|DELETE) \/[\w:./-]{0,120}$/)),
  thresholdMilliseconds: z.optional(whole(1, 60_000)),
  thresholdSeconds: z.optional(whole(1, 86_400)),
  windowDays: z.optional(whole(7, 30)),
});

const journeyShape = z.strictObject({
  name: text(/^(?=.{2,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
  route: text(/^(GET|HEAD|POST|PUT|PATCH|DELETE) \/[\w:./-]{0,120}$/),
  path: z.optional(text(/^\/[\w:./{}?=&%-]{0,500}$/)),
  share: z.optional(z.number().check(z.gt(0), z.lte(1_000))),
  headers: z.optional(z.record(z.string(), z.string())),
  body: z.optional(z.record(z.string(), z.unknown())),
});

/** Shape of a topology: types, forms and ranges of single values. What relates values stands in `rules/`. */
export const topologyShape: z.ZodMiniType<Topology> = z.strictObject({
  version: z.literal(1),
  application: text(/^(?=.{3,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
  mode: z.enum(['active-passive', 'active-active']),
  homes: z.optional(z.array(homeShape)),
  account: z.optional(text(/^\d{12}$/)),
  dns: z.strictObject({
    hostedZoneId: text(/^Z[A-Z0-9]{1,31}$/),
    zoneName: text(new RegExp(`^(?=.{3,253}$)(${LABEL}\\.)+${LABEL}$`)),
    recordName: text(new RegExp(`^${LABEL}$`)),
  }),
  regions: z.array(regionShape),
  zonesPerRegion: z.optional(whole(2, 6)),
  register: registerShape,
  objectives: z.strictObject({ rtoSeconds: whole(1, 604_800), rpoSeconds: whole(1, 604_800) }),
  recovery: z.optional(recoveryShape),
  capacity: capacityShape,
  database: databaseShape,
  cache: z.strictObject({
    nodeType: text(/^cache\.[a-z0-9-]+\.[a-z0-9-]+$/),
    nodesPerRegion: whole(2, 6),
  }),
  gate: z.optional(z.strictObject({ allowedCidrs: z.optional(z.array(z.string())) })),
  tags: z.optional(z.record(z.string(), text(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u))),
  dataResidency: z.optional(z.array(z.string())),
  jurisdictions: z.optional(z.array(jurisdictionShape)),
  serviceLevels: z.optional(z.array(serviceLevelShape)),
  journeys: z.optional(z.array(journeyShape)),
});

/**
 * Every problem of a document that should be a topology, of shape and of rules at once; none when it is one. Takes
 * anything and never throws.
 */
export function findProblems(input: unknown, account?: string): readonly Problem[] {
  const result = topologyShape.safeParse(input);
  const shape = result.success ? [] : result.error.issues.flatMap(issue => shapeProblems(issue, input));
  const known = new Set(shape.map(problem => problem.path));
  const draft = readDraft(input);
  if (draft === undefined) return shape;
  const related = [...accountProblems(draft, account), ...RULES.flatMap(rule => rule(draft))];
  return [...shape, ...related.filter(problem => !known.has(problem.path))];
}

function shapeProblems(issue: z.core.$ZodIssue, input: unknown): readonly Problem[] {
  const received = valueAt(input, issue.path);
  if (issue.code !== 'unrecognized_keys') return [fieldProblem(issue.path, received)];
  return issue.keys.map(key => unknownField(issue.path, key, valueAt(received, [key])));
}

function valueAt(input: unknown, steps: Steps): unknown {
  return steps.reduce<unknown>(
    (value, step) =>
      value === null || value === undefined ? undefined : (value as Record<PropertyKey, unknown>)[step],
    input,
  );
}
