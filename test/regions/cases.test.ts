import { carveSubnets, loadTopology } from '../../regions';
import { EUROPE, example, problemsAfter, problemsOf } from './example';

describe('BP-01: asking for three zones never yields two in silence', () => {
  test('a Region that lists fewer zones than promised is refused, with the count and the choice', () => {
    const problems = problemsAfter(document => {
      document.zonesPerRegion = 3;
      document.regions[0].zones = ['use2-az1', 'use2-az2'];
    });
    expect(problems).toEqual([
      {
        path: 'regions[0].zones',
        received: ['use2-az1', 'use2-az2'],
        message: 'has 2 zones, and zonesPerRegion promises 3',
        fix: 'name 3 zones of use2-az1, use2-az2, use2-az3, or promise fewer',
      },
    ]);
  });

  test('subnets are tiers times zones, with and without an account in the file', () => {
    const anonymous = example(document => {
      delete document.account;
    });
    for (const topology of [loadTopology(example()), loadTopology(anonymous, { account: '111111111111' })]) {
      for (const region of topology.regions) {
        expect(carveSubnets(region.cidr, ['public', 'private', 'data'], region.zones)).toHaveLength(3 * 3);
      }
    }
  });

  test('without any account there is no topology, and not a smaller one', () => {
    const anonymous = example(document => {
      delete document.account;
    });
    expect(problemsOf(anonymous)).toEqual([expect.objectContaining({ path: 'account' })]);
  });
});

describe('BP-02: us-west-1 offers an account two zones', () => {
  const withCalifornia = (zones: string[], zonesPerRegion?: number) =>
    problemsAfter(document => {
      document.regions[1] = { name: 'us-west-1', zones, cidr: '10.20.0.0/16' };
      document.register = { kind: 'eventual' };
      document.zonesPerRegion = zonesPerRegion;
    });

  test('three zones there are refused by the name of the Region', () => {
    const refusal = {
      path: 'regions[1].zones',
      message: 'us-west-1 offers an account 2 zones, and 3 are asked for',
    };
    expect(withCalifornia(['usw1-az1', 'usw1-az3'], 3)).toEqual([expect.objectContaining(refusal)]);
    expect(withCalifornia(['usw1-az1', 'usw1-az2', 'usw1-az3'])).toEqual([expect.objectContaining(refusal)]);
  });

  test('two zones there pass', () => {
    expect(withCalifornia(['usw1-az1', 'usw1-az3'])).toEqual([]);
    expect(withCalifornia(['usw1-az1', 'usw1-az3'], 2)).toEqual([]);
  });

  test('zones formed from Region and letter are refused one by one', () => {
    const problems = withCalifornia(['us-west-1a', 'us-west-1b']);
    expect(problems.map(problem => problem.path)).toEqual(['regions[1].zones[0]', 'regions[1].zones[1]']);
  });
});

describe('BP-03: a letter means another zone in another account', () => {
  test('a zone name is refused with the reason and the ids', () => {
    expect(
      problemsAfter(document => {
        document.regions[0].zones = ['us-east-2a', 'us-east-2b', 'us-east-2c'];
      })[0],
    ).toEqual({
      path: 'regions[0].zones[0]',
      received: 'us-east-2a',
      message: 'is a zone name, and its letter can mean another zone in another account',
      fix: 'use ids such as use2-az1, use2-az2, use2-az3',
    });
  });

  test('a mix of names and ids is refused at the names', () => {
    const problems = problemsAfter(document => {
      document.regions[0].zones = ['use2-az1', 'us-east-2b', 'use2-az3'];
    });
    expect(problems.map(problem => problem.path)).toEqual(['regions[0].zones[1]']);
  });

  test('names of GovCloud zones are known as names too', () => {
    const problems = problemsAfter(document => {
      document.regions = EUROPE.map(region => ({ ...region }));
      document.register = { kind: 'strong', witness: 'eu-west-2' };
      document.regions[1].zones = ['us-gov-west-1a', 'euc1-az2', 'euc1-az3'];
    });
    expect(problems[0]?.message).toContain('is a zone name');
  });
});
