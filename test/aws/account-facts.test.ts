import { type AccountFacts, createAccountFacts } from '../../lib/aws';
import { FakeEndpoint, xmlError, xmlResult } from './fake-endpoint';

const EAST = 'us-east-2';
let endpoint: FakeEndpoint;
let facts: AccountFacts;
beforeEach(async () => {
  endpoint = new FakeEndpoint();
  await endpoint.start();
  facts = createAccountFacts(endpoint.access());
});
afterEach(async () => {
  facts.close();
  await endpoint.stop();
});

test('whose credentials these are', async () => {
  endpoint.replies = {
    GetCallerIdentity: () => xmlResult('GetCallerIdentity', '<Account>000000000000</Account>'),
  };
  expect(await facts.account(EAST)).toBe('000000000000');
});

test('a Region is enabled by default, or because the account opted in', async () => {
  const item = (name: string, status: string) =>
    `<item><regionName>${name}</regionName><optInStatus>${status}</optInStatus></item>`;
  const items = [
    item('us-east-2', 'opt-in-not-required'),
    item('eu-south-2', 'opted-in'),
    item('af-south-1', 'not-opted-in'),
    item('us-west-1', 'opt-in-not-required'),
  ].join('');
  endpoint.replies = {
    DescribeRegions: () => ({
      body: `<DescribeRegionsResponse><regionInfo>${items}</regionInfo></DescribeRegionsResponse>`,
    }),
  };
  expect(await facts.enabledRegions(EAST, ['us-east-2', 'eu-south-2', 'af-south-1'])).toEqual([
    'us-east-2',
    'eu-south-2',
  ]);
  expect(endpoint.of('DescribeRegions')[0]?.form.get('AllRegions')).toBe('true');
});

test('zones by their id, which is the same for every account', async () => {
  const zone = '<item><zoneName>us-east-2a</zoneName><zoneId>use2-az1</zoneId></item>';
  endpoint.replies = {
    DescribeAvailabilityZones: () => ({
      body: `<DescribeAvailabilityZonesResponse><availabilityZoneInfo>${zone}</availabilityZoneInfo></DescribeAvailabilityZonesResponse>`,
    }),
  };
  expect(await facts.zoneIds(EAST)).toEqual(['use2-az1']);
});

test('the name of a hosted zone, nothing for none, and an error for what may not be read', async () => {
  const path = 'GET /2013-04-01/hostedzone/Z1';
  const zone =
    '<HostedZone><Id>/hostedzone/Z1</Id><Name>example.com.</Name><CallerReference>1</CallerReference></HostedZone>';
  endpoint.replies = {
    [path]: () => ({
      body: `<GetHostedZoneResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">${zone}</GetHostedZoneResponse>`,
    }),
  };
  expect(await facts.hostedZoneName(EAST, 'Z1')).toBe('example.com');
  endpoint.replies = { [path]: () => xmlError('NoSuchHostedZone', 404) };
  expect(await facts.hostedZoneName(EAST, 'Z1')).toBeUndefined();
  endpoint.replies = { [path]: () => xmlError('AccessDenied', 403) };
  await expect(facts.hostedZoneName(EAST, 'Z1')).rejects.toMatchObject({ code: 'refused' });
});
