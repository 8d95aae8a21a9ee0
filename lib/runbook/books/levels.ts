import { serviceLevelAlarmName } from '../../naming';
import type { Book } from '../model';

/** A promise that burns. */
export const serviceLevel: Book = ({ topology, region }) => {
  const levels = topology.serviceLevels ?? [];
  return {
    title: `A service level burns in ${region}`,
    when: 'an alarm of a service level tells: fast and slow page, leak is a ticket',
    before: levels.map(
      ({ name, kind, target }) =>
        `${serviceLevelAlarmName(topology.application, name, 'fast')}: ${kind} of ${name}, promised ${target}`,
    ),
    steps: [
      {
        id: 'budget',
        act: 'See how much of the budget is left.',
        owner: 'on-call',
        commands: ['npx holdfast slo status --target aws'],
        expect: 'each level with what was bad, what is left and when it would be gone',
      },
      {
        id: 'outside',
        act: 'Compare with what the other Regions see from outside.',
        owner: 'on-call',
        commands: [
          `aws cloudwatch describe-alarms --region ${region} --alarm-name-prefix ${topology.application}-slo-outside`,
        ],
        expect: 'OK: users are served; ALARM: users are not, whatever this Region says of itself',
      },
      {
        id: 'mend',
        act: 'Availability and latency: runbook slow-or-failing. Freshness and durability: runbook stale-data.',
        owner: 'on-call',
        expect: 'the short window is quiet again',
      },
      {
        id: 'freeze',
        act: 'When the budget is spent, releases wait until it has recovered, but for those that mend it.',
        owner: 'incident lead',
        expect: 'the release controller refuses to start, and says why',
      },
    ],
  };
};

/** What is old. */
export const staleData: Book = ({ topology: { objectives }, region, other }) => ({
  title: `Data are behind in ${region}`,
  when: 'replication, read models, the cache or reports lag',
  before: [
    `Replication is promised within ${objectives.rpoSeconds} s: above it a failover loses more than was promised.`,
  ],
  steps: [
    {
      id: 'lag',
      act: 'See which of them lags.',
      owner: 'on-call',
      commands: [`npx holdfast preflight --to ${other} --target aws`],
      expect: 'the lag of the standby in seconds',
    },
    {
      id: 'replication',
      act: 'Replication: look for a long transaction or a burst of writes on the writer, and for a standby too small.',
      owner: 'database owner',
      commands: [`aws rds describe-db-clusters --region ${region}`],
      expect: 'all instances available and of one class in both Regions',
      otherwise: 'runbook rebuild-replica',
    },
    {
      id: 'projection',
      act: 'A read model that has stopped names its event and reason; mend it and rebuild it beside the live one.',
      owner: 'on-call',
      commands: ['npx holdfast jobs list --state failed --since 1h --target aws'],
      expect: 'the event that could not be applied',
      otherwise: 'docs/events.md says how a read model is rebuilt',
    },
  ],
});
