import fc from 'fast-check';
import { HoldfastError } from '../../lib/errors';
import { addressCount, carveSubnets, cidrContains, cidrsOverlap, formatCidr, parseCidr } from '../../regions';

/** An independent reading of a range, in big integers. */
const span = (text: string): { first: bigint; last: bigint } => {
  const [address = '', prefix = ''] = text.split('/');
  const first = address.split('.').reduce((value, octet) => value * 256n + BigInt(octet), 0n);
  return { first, last: first + 2n ** (32n - BigInt(prefix)) - 1n };
};

const cidrText = (least = 0, most = 32): fc.Arbitrary<string> =>
  fc.tuple(fc.nat({ max: 0xffffffff }), fc.integer({ min: least, max: most })).map(([address, prefix]) => {
    const size = 2n ** BigInt(32 - prefix);
    const first = (BigInt(address) / size) * size;
    const octets = [24n, 16n, 8n, 0n].map(shift => (first >> shift) & 255n);
    return `${octets.join('.')}/${prefix}`;
  });

const faultOf = (text: string): string => {
  try {
    parseCidr(text);
  } catch (error) {
    if (error instanceof HoldfastError) return error.message;
  }
  return 'no fault';
};

describe('reading a range', () => {
  test('prints back what it read, for every range', () => {
    fc.assert(fc.property(cidrText(), text => expect(formatCidr(parseCidr(text))).toBe(text)));
  });

  test('counts addresses exactly', () => {
    fc.assert(
      fc.property(cidrText(), text => {
        const { first, last } = span(text);
        expect(BigInt(addressCount(parseCidr(text)))).toBe(last - first + 1n);
      }),
    );
  });

  test.each([
    '',
    '10.0.0.0',
    '10.0.0/8',
    '10.0.0.0/33',
    '256.0.0.0/8',
    '10.0.0.0/-1',
    'fd00::/8',
    ' 10.0.0.0/8',
  ])('refuses %j', text => expect(faultOf(text)).toContain('is not an IPv4 range'));

  test('refuses host bits and names the range that was meant', () => {
    expect(faultOf('10.10.1.0/16')).toContain('use 10.10.0.0/16');
    expect(faultOf('192.168.0.1/0')).toContain('use 0.0.0.0/0');
  });

  test('refuses leading zeros, which some programs read as octal', () => {
    expect(faultOf('010.0.0.0/8')).toContain('leading zero');
  });

  test('never throws anything but its own error', () => {
    fc.assert(fc.property(fc.string(), text => expect(typeof faultOf(text)).toBe('string')));
  });
});

describe('relations of ranges', () => {
  test('overlap and containment agree with the addresses, in either order', () => {
    fc.assert(
      fc.property(cidrText(), cidrText(), (a, b) => {
        const [x, y] = [span(a), span(b)];
        const overlap = x.first <= y.last && y.first <= x.last;
        expect(cidrsOverlap(parseCidr(a), parseCidr(b))).toBe(overlap);
        expect(cidrsOverlap(parseCidr(b), parseCidr(a))).toBe(overlap);
        expect(cidrContains(parseCidr(a), parseCidr(b))).toBe(x.first <= y.first && y.last <= x.last);
      }),
    );
  });

  test('ranges above the middle of the address space are no negative numbers', () => {
    expect(cidrsOverlap(parseCidr('200.0.0.0/8'), parseCidr('200.1.0.0/16'))).toBe(true);
    expect(cidrsOverlap(parseCidr('200.0.0.0/8'), parseCidr('72.0.0.0/8'))).toBe(false);
  });
});

describe('carving subnets', () => {
  const names = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => prefix + i);
  const plan = fc.record({
    range: cidrText(16, 22),
    tiers: fc.integer({ min: 1, max: 4 }),
    zones: fc.integer({ min: 1, max: 6 }),
  });

  test('gives one subnet for each tier and zone, inside the range, none touching another, none below /28', () => {
    fc.assert(
      fc.property(plan, ({ range, tiers, zones }) => {
        const subnets = carveSubnets(range, names('t', tiers), names('z', zones));
        expect(subnets.map(({ tier, zone }) => `${tier}/${zone}`)).toEqual(
          names('t', tiers).flatMap(tier => names('z', zones).map(zone => `${tier}/${zone}`)),
        );
        const spans = subnets.map(subnet => span(subnet.cidr)).sort((a, b) => (a.first < b.first ? -1 : 1));
        const whole = span(range);
        spans.forEach((subnet, index) => {
          expect(subnet.first >= whole.first && subnet.last <= whole.last).toBe(true);
          expect(subnet.last - subnet.first + 1n).toBeGreaterThanOrEqual(16n);
          const next = spans[index + 1];
          if (next !== undefined) expect(subnet.last < next.first).toBe(true);
        });
      }),
    );
  });

  test('a zone or tier added up to four moves no subnet that exists', () => {
    const later = carveSubnets('10.10.0.0/16', names('t', 4), names('z', 4));
    for (const zones of [2, 3]) {
      const before = carveSubnets('10.10.0.0/16', names('t', 3), names('z', zones));
      for (const subnet of before) expect(later).toContainEqual(subnet);
    }
  });

  test('three tiers and three zones make /20 of a /16 and /26 of a /22', () => {
    expect(carveSubnets('10.10.0.0/16', names('t', 3), names('z', 3))[4]?.cidr).toBe('10.10.80.0/20');
    expect(carveSubnets('10.10.0.0/22', names('t', 3), names('z', 3))[0]?.cidr).toBe('10.10.0.0/26');
  });

  test('refuses a range that is too small and says which is large enough', () => {
    const carve = (): unknown => carveSubnets('10.10.0.0/26', names('t', 3), names('z', 3));
    expect(carve).toThrow('use a range of /24 or larger');
    expect(() => carveSubnets('10.10.0.0/24', names('t', 3), names('z', 3))).not.toThrow();
  });
});
