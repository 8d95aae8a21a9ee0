import {
  CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DetectStackDriftCommand,
  paginateDescribeStackResourceDrifts,
  paginateListStackResources,
  type StackResourceDrift,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import type { DriftDetection } from '../drift';
import { HoldfastError } from '../errors';
import { ask, type Connection } from './clients';
import { plain } from './drift-answers';

const STATES = { DETECTION_COMPLETE: 'complete', DETECTION_FAILED: 'failed' } as const;

/** CloudFormation's drift detection by its API. */
export function driftDetection(connection: Connection): DriftDetection {
  const client = (region: string) => connection.client(CloudFormationClient, region);
  return {
    start: (region, stack) =>
      ask(`starting drift detection of ${stack} in ${region}`, async () => {
        const answer = await client(region).send(new DetectStackDriftCommand({ StackName: stack }));
        if (answer.StackDriftDetectionId !== undefined) return answer.StackDriftDetectionId;
        throw new HoldfastError('unavailable', `no detection was started of ${stack} in ${region}`);
      }),
    state: (region, id) =>
      ask(`looking at drift detection in ${region}`, async () => {
        const command = new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId: id });
        const { DetectionStatus = '', DetectionStatusReason: reason } = await client(region).send(command);
        const status = STATES[DetectionStatus as keyof typeof STATES] ?? 'running';
        return reason === undefined ? { status } : { status, reason };
      }),
    results: (region, stack) =>
      ask(`reading drift of ${stack} in ${region}`, async () => {
        const drifts: StackResourceDrift[] = [];
        const of = () => ({ StackName: stack }); // each its own: a paginator leaves its last token in its input
        for await (const page of paginateDescribeStackResourceDrifts({ client: client(region) }, of())) {
          drifts.push(...(page.StackResourceDrifts ?? []));
        }
        const resources: StackResourceSummary[] = [];
        for await (const page of paginateListStackResources({ client: client(region) }, of())) {
          resources.push(...(page.StackResourceSummaries ?? []));
        }
        return plain({ StackResourceDrifts: drifts, StackResourceSummaries: resources });
      }),
  };
}
