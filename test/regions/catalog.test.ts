import { RegionInfo } from 'aws-cdk-lib/region-info';
import {
  commonRegisterSet,
  REGION_CATALOG,
  regionFacts,
  regionOfZone,
  registerSetMembers,
  zonesOffered,
} from '../../regions';

const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'];

describe('the Region catalogue', () => {
  test('names no Region and no zone twice', () => {
    const codes = REGION_CATALOG.map(facts => facts.code);
    const zones = REGION_CATALOG.flatMap(facts => facts.zones);
    expect(new Set(codes).size).toBe(codes.length);
    expect(new Set(zones).size).toBe(zones.length);
  });

  test('agrees with the CDK on partition and opt-in, Region by Region', () => {
    const known = new Map(RegionInfo.regions.map(info => [info.name, info]));
    for (const facts of REGION_CATALOG) {
      const info = known.get(facts.code);
      expect({ code: facts.code, partition: facts.partition, optIn: facts.optIn }).toEqual({
        code: info?.name,
        partition: info?.partition,
        optIn: info?.isOptInRegion,
      });
    }
  });

  test('leaves out no Region that the CDK knows in these partitions, save one that AWS has not opened', () => {
    const codes = REGION_CATALOG.map(facts => facts.code);
    const missing = RegionInfo.regions
      .filter(info => PARTITIONS.includes(info.partition ?? ''))
      .map(info => info.name)
      .filter(name => !codes.includes(name));
    expect(missing).toEqual(['me-west-1']);
  });

  test.each(REGION_CATALOG.map(facts => [facts.code, facts] as const))(
    '%s has at least two zones, and each leads back to it',
    (_code, facts) => {
      expect(zonesOffered(facts)).toBeGreaterThanOrEqual(2);
      for (const zone of facts.zones) expect(regionOfZone(zone)).toBe(facts);
    },
  );

  test('knows no Region by zone name or by anything else', () => {
    expect(regionOfZone('us-east-2a')).toBeUndefined();
    expect(regionOfZone('usw2-lax1-az1')).toBeUndefined();
    expect(regionOfZone('')).toBeUndefined();
    expect(regionFacts('us-east-9')).toBeUndefined();
  });

  test('knows the three sets of Regions that can hold a strongly consistent table', () => {
    expect(registerSetMembers('US')).toEqual(['us-east-1', 'us-east-2', 'us-west-2']);
    expect(registerSetMembers('EU')).toEqual(['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3']);
    expect(registerSetMembers('AP')).toEqual(['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3']);
    expect(commonRegisterSet(['us-east-2', 'us-west-2', 'us-east-1'])).toBe('US');
    expect(commonRegisterSet(['us-east-2', 'eu-west-1'])).toBeUndefined();
    expect(commonRegisterSet(['us-west-1', 'us-west-1'])).toBeUndefined();
  });

  test('says that the control planes of Route 53 and IAM sit in us-east-1 and nowhere else', () => {
    const homes = (service: string): readonly string[] =>
      REGION_CATALOG.filter(facts => facts.controlPlanes.includes(service)).map(facts => facts.code);
    expect(homes('Route 53')).toEqual(['us-east-1']);
    expect(homes('IAM')).toEqual(['us-east-1']);
    expect(regionFacts('us-east-2')?.controlPlanes).toEqual([]);
  });
});
