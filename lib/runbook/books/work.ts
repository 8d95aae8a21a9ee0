import {
  cloneGroupName,
  deadLetterQueueName,
  loadBalancerName,
  queueName,
  workerGroupName,
} from '../../naming';
import type { Book } from '../model';

/** Take one clone out of service. */
export const drainClone: Book = ({ topology: { application }, region }) => ({
  title: `Drain a clone in ${region}`,
  when: 'one clone is slow or wrong, and its siblings are not',
  before: [
    'Clones hold no state: ending one loses nothing, and the group starts another.',
    `The groups are ${cloneGroupName(application, 'blue')}, ${cloneGroupName(application, 'green')} and ${workerGroupName(application)}.`,
  ],
  steps: [
    {
      id: 'find',
      act: 'Find the instance.',
      owner: 'on-call',
      commands: [
        `aws autoscaling describe-auto-scaling-groups --region ${region} --auto-scaling-group-names ${cloneGroupName(application, 'blue')} ${cloneGroupName(application, 'green')}`,
      ],
      expect: 'one instance that the logs, or its target health, name',
    },
    {
      id: 'end',
      act: 'End it; the lifecycle hook drains it, and the group replaces it.',
      owner: 'on-call',
      commands: [
        `aws autoscaling terminate-instance-in-auto-scaling-group --region ${region} --instance-id <instance> --no-should-decrement-desired-capacity`,
      ],
      expect: 'Terminating:Wait while it drains, then a new instance InService',
      otherwise: 'when the new one is no better, the build is: runbook bad-release',
    },
  ],
});

/** What could not be worked. */
export const replayQueue: Book = ({ topology: { application }, region }) => ({
  title: `Replay the work of ${region}`,
  when: `messages are in ${deadLetterQueueName(application)}, parked, owed or stranded`,
  before: [
    `The queue of work is ${queueName(application)}. A replay runs again, and is once in effect: what was done already is not done twice.`,
  ],
  steps: [
    {
      id: 'see',
      act: 'See what is there, and why.',
      owner: 'on-call',
      commands: [
        'npx holdfast jobs list --state parked --target aws',
        `npx holdfast jobs list --state stranded --region ${region} --target aws`,
      ],
      expect: 'every job with its reason',
    },
    {
      id: 'cause',
      act: 'Mend the cause first: what failed will fail again.',
      owner: 'on-call',
      commands: ['npx holdfast jobs show <id> --target aws'],
      expect: 'a reason that no longer holds',
    },
    {
      id: 'replay',
      act: 'Replay: first in words, then for real.',
      owner: 'on-call',
      commands: [
        'npx holdfast jobs replay --state parked --target aws --dry-run',
        'npx holdfast jobs replay --state parked --target aws --execute --confirm <active Region> --reason <why>',
      ],
      expect: 'as many replayed as were listed, none parked again',
    },
  ],
});

/** Work that does not move by itself. */
export const stuckWork: Book = ({ topology: { application }, region }) => ({
  title: `Work is stuck in ${region}`,
  when: 'orders or sagas wait for a person, or the oldest message grows old',
  before: ['A saga that is stuck was refused when it wanted to undo: it needs a decision, not a repetition.'],
  steps: [
    {
      id: 'workers',
      act: 'See whether workers live and what they say.',
      owner: 'on-call',
      commands: [
        `aws autoscaling describe-auto-scaling-groups --region ${region} --auto-scaling-group-names ${workerGroupName(application)}`,
        'npx holdfast jobs list --state failed --since 1h --target aws',
      ],
      expect: 'workers InService, and the reasons of what failed',
    },
    {
      id: 'decide',
      act: 'For a stuck saga decide with the other side what stands, and tell it.',
      owner: 'incident lead',
      commands: ['npx holdfast jobs show <id> --target aws'],
      expect: 'every attempt with its answer',
      otherwise: 'docs/events.md#sagas says what each state means',
    },
  ],
});

/** Errors or latency of a Region. */
export const slowOrFailing: Book = ({ topology: { application }, region, other }) => ({
  title: `Errors or latency in ${region}`,
  when: 'requests fail or are slow, or clones do not answer',
  before: [
    'Begin with what changed: a release, a configuration, a deploy. Going back is quicker than finding out.',
  ],
  steps: [
    {
      id: 'changed',
      act: 'See what changed last.',
      owner: 'on-call',
      commands: [
        `aws cloudformation describe-stacks --region ${region} --stack-name ${application}-service`,
        'npx holdfast interlock status --target aws',
      ],
      expect: 'no change under way; the time of the last one is not that of the trouble',
      otherwise: 'runbook bad-release',
    },
    {
      id: 'targets',
      act: 'See whether it is one zone, one clone or all.',
      owner: 'on-call',
      commands: [
        `aws elbv2 describe-load-balancers --region ${region} --names ${loadBalancerName(application)}`,
      ],
      expect: 'a balancer that is active; its targets by zone stand on the dashboard',
      otherwise: 'one clone: runbook drain-clone; one zone: start a zonal shift of the balancer',
    },
    {
      id: 'leave',
      act: `If the Region is the cause, leave it: runbook evacuate, to ${other}.`,
      owner: 'incident lead',
      commands: [`npx holdfast preflight --to ${other} --mode switchover --target aws`],
      expect: `${other} could take over`,
    },
  ],
});
