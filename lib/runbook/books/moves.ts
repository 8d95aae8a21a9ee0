import { recoveryBudget } from '../../../regions';
import type { Book } from '../model';

const minutes = (seconds: number): string => `${Math.ceil(seconds / 60)} minutes`;

/** Leave a Region, planned or lost. */
export const evacuate: Book = ({ topology, region, other }) => {
  const { switchover, failover } = recoveryBudget(topology).modes;
  return {
    title: `Evacuate ${region}`,
    when: `${region} is lost, is about to be, or must be empty; ${other} takes over`,
    before: [
      `A switchover loses nothing and takes about ${minutes(switchover.totalSeconds)}; it needs a database in ${region} that answers.`,
      `A failover takes about ${minutes(failover.totalSeconds)} and loses what ${other} had not received: at most ${topology.objectives.rpoSeconds} s of writes if replication kept its promise.`,
      `Nothing below calls ${region} unless it says so, and nothing calls Route 53 or IAM.`,
    ],
    steps: [
      {
        id: 'look',
        act: `Look whether ${other} could take over.`,
        owner: 'on-call',
        commands: [`npx holdfast preflight --to ${other} --mode failover --target aws`],
        expect: 'exit 0, or only unknowns that you can explain; the lag is what a failover would lose',
        otherwise: 'do what the fix of each failed check says; a standby that cannot serve is no way out',
      },
      {
        id: 'decide',
        act: `Decide: switchover while the database of ${region} answers, failover when it does not.`,
        owner: 'incident lead',
        expect: 'one decision, said aloud and written down with its time',
      },
      {
        id: 'switchover',
        act: 'Planned: move without loss.',
        owner: 'on-call',
        commands: [
          `npx holdfast drill switchover --to ${other} --target aws`,
          `npx holdfast drill switchover --to ${other} --target aws --execute --confirm ${other}`,
        ],
        expect: 'the first only looks; the second ends with "done" and a report',
        otherwise:
          'npx holdfast drill abort --target aws goes back where that is safe, and says so where it is not',
      },
      {
        id: 'failover',
        act: `Lost: move without asking ${region}.`,
        owner: 'on-call',
        commands: [
          `npx holdfast drill failover --to ${other} --target aws --accept-data-loss`,
          `npx holdfast drill failover --to ${other} --target aws --accept-data-loss --execute --confirm ${other}`,
        ],
        expect: 'the first says what would be lost; the second ends with "done" and a report',
        otherwise: 'npx holdfast drill resume --target aws goes on where it stopped, from any machine',
      },
      {
        id: 'verify',
        act: 'See that the service acknowledges writes, and what is owed.',
        owner: 'on-call',
        commands: [
          `npx holdfast preflight --to ${region} --mode failback --target aws`,
          'npx holdfast jobs list --state stranded --target aws',
        ],
        expect: `the register names ${other}; what is stranded in ${region} is listed and can be replayed`,
      },
      {
        id: 'after',
        act: 'Write down what happened while it is fresh, with the report of the drill.',
        owner: 'incident lead',
        commands: ['npx holdfast drill history'],
        expect: 'the newest drill, its RTO and what it lost',
      },
    ],
  };
};

/** Come back. */
export const failBack: Book = ({ region, other }) => ({
  title: `Fail back to ${region}`,
  when: `${region} is well again, and ${other} serves since a move`,
  before: [
    'There is no hurry: a failback is a planned move, and the standby is well where it is.',
    `After a failover the old database of ${region} must have been copied anew; the preflight says so.`,
  ],
  steps: [
    {
      id: 'look',
      act: `Look whether ${region} can take over again.`,
      owner: 'on-call',
      commands: [`npx holdfast preflight --to ${region} --mode failback --target aws`],
      expect: 'exit 0: replica, capacity, certificates, configuration and alarms are as they should be',
      otherwise: 'the runbook rebuild-replica brings back a replica that is missing',
    },
    {
      id: 'stranded',
      act: `Replay what ${region} still holds in its queue from before.`,
      owner: 'on-call',
      commands: [
        'npx holdfast jobs list --state stranded --target aws',
        `npx holdfast jobs replay --state stranded --target aws --execute --confirm ${other}`,
      ],
      expect: 'nothing stranded is left',
    },
    {
      id: 'move',
      act: 'Move back.',
      owner: 'on-call',
      commands: [
        `npx holdfast drill failback --to ${region} --target aws`,
        `npx holdfast drill failback --to ${region} --target aws --execute --confirm ${region}`,
      ],
      expect: 'the first only looks; the second ends with "done", no write lost',
      otherwise: 'npx holdfast drill abort --target aws',
    },
  ],
});
