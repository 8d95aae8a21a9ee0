import { HoldfastError, type Problem } from '../../lib/errors';
import { loadTopology } from '../../regions';
import orders from '../../regions/examples/orders';

/** A topology as a plain document that a test may change anywhere. */
// biome-ignore lint/suspicious/noExplicitAny: a wrong document is the point of these tests
export type Document = any;

/** A copy of the example, changed by the test. */
export function example(change: (document: Document) => void = () => {}): Document {
  const document = structuredClone(orders) as Document;
  change(document);
  return document;
}

/** The problems that `loadTopology` reports of a document; empty when it loads. */
export function problemsOf(document: unknown, account?: string): readonly Problem[] {
  try {
    loadTopology(document, { account });
    return [];
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'invalid-topology') throw error;
    return error.problems;
  }
}

/** The problems of the example after a change. */
export const problemsAfter = (change: (document: Document) => void): readonly Problem[] =>
  problemsOf(example(change));

/** A second pair of Regions, in Europe. */
export const EUROPE = [
  { name: 'eu-west-1', seed: true, zones: ['euw1-az1', 'euw1-az2', 'euw1-az3'], cidr: '10.10.0.0/16' },
  { name: 'eu-central-1', zones: ['euc1-az1', 'euc1-az2', 'euc1-az3'], cidr: '10.20.0.0/16' },
];
