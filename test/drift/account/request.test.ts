import { type AccountRequest, askAccount, asksAccount } from '../../../lib/drift/account/request';
import { runDrift } from '../../../lib/drift/run';
import { resource, template } from '../judged';
import { World } from '../probes/world';
import { assemblyOf, deleteAssemblies, InstantClock, MemoryAccount } from './memory';

const REGION = 'us-east-2';
const queue = template({ Queue: resource('AWS::SQS::Queue', { DelaySeconds: 1 }) });
afterEach(deleteAssemblies);

function ask(request: AccountRequest, signal = new AbortController().signal) {
  const account = new MemoryAccount({ [`${REGION}/data`]: { template: queue } });
  account.results.data = { StackResourceDrifts: [] };
  const run = { clock: new InstantClock(), signal, random: () => 0, regions: [REGION] };
  return askAccount(request, { ...run, account: Object.assign(account, { live: new World() }) });
}

test('an account is asked when an option says so, and not before', () => {
  expect(asksAccount({ assembly: 'cdk.out' })).toBe(false);
  for (const each of ['fromAccount', 'makeChangeSets', 'detectDrift', 'live']) {
    expect(asksAccount({ [each]: true })).toBe(true);
  }
  expect(asksAccount({ readChangeSet: 'x' })).toBe(true);
});

test('law 7: a stack without a Region is not silently left out', async () => {
  const assembly = assemblyOf([
    { region: REGION, stack: 'data', template: queue },
    { region: 'unknown-region', stack: 'anywhere', template: queue },
  ]);
  for (const request of [{ live: true }, { detectDrift: true }, { fromAccount: true }]) {
    const { sources } = await ask({ assembly, ...request });
    const { findings, verdict } = runDrift(sources);
    expect(findings).toMatchObject([{ class: 'unchecked', stack: 'anywhere', region: '-' }]);
    expect(verdict).toBe('unchecked');
  }
});

test('a run that was interrupted says nothing but that', async () => {
  const abort = new AbortController();
  abort.abort();
  const assembly = assemblyOf([{ region: REGION, stack: 'data', template: queue }]);
  await expect(ask({ assembly, fromAccount: true }, abort.signal)).rejects.toMatchObject({ code: 'aborted' });
});
