import { loadTopology, topologyWarnings } from '../../regions';
import { type Document, EUROPE, example } from './example';

const warned = (change: (document: Document) => void): readonly { path: string; message: string }[] =>
  topologyWarnings(loadTopology(example(change)));

describe('warnings of a valid topology', () => {
  test('the example has none: us-east-1 as a witness does no harm', () => {
    expect(warned(() => {})).toEqual([]);
  });

  test('a Region where control planes of global services sit', () => {
    const warnings = warned(document => {
      document.regions[0] = {
        name: 'us-east-1',
        seed: true,
        zones: ['use1-az1', 'use1-az2', 'use1-az4'],
        cidr: '10.10.0.0/16',
      };
      document.register.witness = 'us-east-2';
    });
    expect(warnings).toEqual([
      expect.objectContaining({ path: 'regions[0].name', message: expect.stringContaining('Route 53, IAM') }),
    ]);
  });

  test('a standby that must launch clones', () => {
    const warnings = warned(document => {
      document.regions[1].capacityShare = 0.5;
    });
    expect(warnings.map(warning => warning.path)).toEqual(['regions[1].capacityShare']);
  });

  test('an eventual register, labelled: cannot fence a partition', () => {
    const warnings = warned(document => {
      document.register = { kind: 'eventual' };
    });
    expect(warnings[0]?.message).toContain('cannot fence a partition');
  });

  test('an opt-in Region, with the command that enables it', () => {
    const warnings = warned(document => {
      document.regions = [
        EUROPE[0],
        { name: 'eu-south-1', zones: ['eus1-az1', 'eus1-az2', 'eus1-az3'], cidr: '10.20.0.0/16' },
      ];
      document.register = { kind: 'eventual' };
    });
    expect(warnings).toContainEqual(
      expect.objectContaining({ received: 'eu-south-1', fix: expect.stringContaining('enable-region') }),
    );
  });

  test('a public range', () => {
    const warnings = warned(document => {
      document.regions[1].cidr = '11.20.0.0/16';
    });
    expect(warnings[0]).toMatchObject({
      path: 'regions[1].cidr',
      message: expect.stringContaining('public range'),
    });
  });

  test('a zone newer than the catalogue', () => {
    const warnings = warned(document => {
      document.regions[1].zones[2] = 'usw2-az9';
    });
    expect(warnings[0]).toMatchObject({
      path: 'regions[1].zones[2]',
      message: expect.stringContaining('newer'),
    });
  });

  test('unequal numbers of zones', () => {
    const warnings = warned(document => {
      delete document.zonesPerRegion;
      document.regions[1].zones.pop();
    });
    expect(warnings[0]?.message).toContain('different numbers of zones');
  });

  test('a bound of the RPO with a single standby', () => {
    const warnings = warned(document => {
      document.database.rpoBasis = 'bounded';
    });
    expect(warnings[0]?.message).toContain('stops writes when the only standby is lost');
  });

  test('GovCloud, which has no public hosted zones', () => {
    const warnings = warned(document => {
      document.regions = [
        {
          name: 'us-gov-west-1',
          seed: true,
          zones: ['usgw1-az1', 'usgw1-az2', 'usgw1-az3'],
          cidr: '10.10.0.0/16',
        },
        { name: 'us-gov-east-1', zones: ['usge1-az1', 'usge1-az2', 'usge1-az3'], cidr: '10.20.0.0/16' },
      ];
      document.register = { kind: 'eventual' };
    });
    expect(warnings[0]?.message).toContain('no public hosted zones');
  });
});
