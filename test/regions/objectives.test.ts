import fc from 'fast-check';
import {
  assertWithinBudget,
  type BudgetLine,
  budgetLevers,
  loadTopology,
  PHASES,
  recoveryBudget,
  scaledBudget,
} from '../../regions';
import { RECOVERY_DEFAULTS } from '../../regions/recovery';
import { type Document, example } from './example';

const secondsOf = (lines: readonly BudgetLine[]): Record<string, number> =>
  Object.fromEntries(lines.map(line => [line.phase, line.seconds]));
const budgetOf = (change?: (document: Document) => void): ReturnType<typeof recoveryBudget> =>
  recoveryBudget(loadTopology(example(change)));

/** Any recovery section within its ranges. */
const recovery = fc.record(
  {
    leaseSeconds: fc.integer({ min: 3, max: 60 }),
    leaseMarginSeconds: fc.integer({ min: 1, max: 60 }),
    checkIntervalSeconds: fc.constantFrom(10, 30),
    checkFailures: fc.integer({ min: 1, max: 10 }),
    clientDnsCacheSeconds: fc.integer({ min: 0, max: 3600 }),
    detectionSeconds: fc.integer({ min: 0, max: 3600 }),
    decisionSeconds: fc.integer({ min: 0, max: 3600 }),
    switchoverPromotionSeconds: fc.integer({ min: 1, max: 3600 }),
    failoverPromotionSeconds: fc.integer({ min: 1, max: 3600 }),
    cloneBootSeconds: fc.integer({ min: 1, max: 3600 }),
    warmUpSeconds: fc.integer({ min: 0, max: 3600 }),
    reconnectSeconds: fc.integer({ min: 1, max: 3600 }),
  },
  { requiredKeys: [] },
);

describe('the recovery budget of the example', () => {
  const { modes, ...document } = budgetOf();

  test('is a versioned document with the objectives', () => {
    expect(document).toEqual({ version: 1, objectives: { rtoSeconds: 900, rpoSeconds: 30 } });
  });

  test('a switchover is a sum of its lines and loses nothing', () => {
    expect(secondsOf(modes.switchover.lines)).toEqual({
      'scale-up': 0,
      fencing: 10,
      'lease-wait': 17,
      promotion: 120,
      activation: 15,
      traffic: 90,
      reconnect: 20,
      verification: 20,
    });
    expect(modes.switchover).toMatchObject({ totalSeconds: 292, within: true, rpoBasis: 'no loss' });
  });

  test('a failover adds detection and decision and has the stated basis of its RPO', () => {
    expect(secondsOf(modes.failover.lines)).toEqual({
      ...secondsOf(modes.switchover.lines),
      detection: 120,
      decision: 180,
      promotion: 180,
    });
    expect(modes.failover).toMatchObject({ totalSeconds: 652, within: true, rpoBasis: 'alarmed' });
  });

  test('phases stand in the order of the move, once each', () => {
    expect(modes.failover.lines.map(line => line.phase)).toEqual(PHASES);
    expect(modes.switchover.lines.map(line => line.phase)).toEqual(PHASES.slice(2));
  });

  test('every line says where its number comes from and what shortens it, or why nothing does', () => {
    for (const line of [...modes.switchover.lines, ...modes.failover.lines]) {
      expect(line.from).not.toBe('');
      expect(line.lever).toMatch(/^(none: .|(recovery|regions)[.[])/);
      expect(Object.keys(line)).toEqual(['phase', 'seconds', 'from', 'lever']);
    }
  });

  test('every number is named with the path it comes from', () => {
    const traffic = modes.failover.lines.find(line => line.phase === 'traffic');
    expect(traffic?.from).toContain('recovery.checkIntervalSeconds 10 x recovery.checkFailures 2');
    expect(traffic?.lever).toContain('none: the TTL of an ALB alias is fixed at 60 s');
  });
});

describe('the recovery budget of any topology', () => {
  test('adds up from the topology, whatever is set and whatever is left to defaults', () => {
    fc.assert(
      fc.property(recovery, fc.constantFrom(undefined, 0.25, 1), (values, capacityShare) => {
        const topology = loadTopology(
          example(document => {
            document.recovery = values;
            document.regions[1].capacityShare = capacityShare;
          }),
        );
        const r = { ...RECOVERY_DEFAULTS, ...values };
        const boot = capacityShare === 0.25 ? r.cloneBootSeconds : 0;
        const dns = r.checkIntervalSeconds * r.checkFailures + 60 + r.clientDnsCacheSeconds;
        const shared =
          boot +
          10 +
          r.leaseSeconds +
          r.leaseMarginSeconds +
          5 +
          5 +
          r.warmUpSeconds +
          dns +
          r.reconnectSeconds +
          20;
        const { switchover, failover } = recoveryBudget(topology).modes;
        expect(switchover.totalSeconds).toBe(shared + r.switchoverPromotionSeconds);
        expect(failover.totalSeconds).toBe(
          shared + r.failoverPromotionSeconds + r.detectionSeconds + r.decisionSeconds,
        );
        for (const mode of [switchover, failover]) {
          expect(mode.totalSeconds).toBe(mode.lines.reduce((sum, line) => sum + line.seconds, 0));
          expect(mode.within).toBe(mode.totalSeconds <= 900);
        }
      }),
    );
  });

  test('a standby below its full share adds the boot of clones and names that Region', () => {
    const budget = budgetOf(document => {
      document.regions[1].capacityShare = 0.5;
    });
    const scaleUp = budget.modes.failover.lines.find(line => line.phase === 'scale-up');
    expect(scaleUp).toMatchObject({
      seconds: 240,
      from: 'recovery.cloneBootSeconds 240, since regions[1].capacityShare is 0.5',
    });
    expect(scaleUp?.lever).toContain('regions[1].capacityShare');
  });

  test('BP-31: detection, TTL and client caches count, and a promise that forgets them fails', () => {
    const slow = example(document => {
      document.recovery = { checkIntervalSeconds: 30, checkFailures: 3, clientDnsCacheSeconds: 300 };
      document.objectives.rtoSeconds = 480;
    });
    const traffic = recoveryBudget(slow).modes.switchover.lines.find(line => line.phase === 'traffic');
    expect(traffic?.seconds).toBe(30 * 3 + 60 + 300);
    expect(() => assertWithinBudget(slow)).toThrow(
      'a switchover takes 652 s and objectives.rtoSeconds is 480',
    );
    const quick = example(document => {
      document.recovery = { checkIntervalSeconds: 10, checkFailures: 3, clientDnsCacheSeconds: 0 };
    });
    expect(recoveryBudget(quick).modes.switchover.lines.find(line => line.phase === 'traffic')?.seconds).toBe(
      90,
    );
  });
});

describe('a budget against its objectives', () => {
  const over = example(document => {
    document.objectives.rtoSeconds = 261;
  });

  test('passes when both modes fit, and returns the budget', () => {
    expect(assertWithinBudget(loadTopology(example()))).toEqual(budgetOf());
  });

  test('fails each mode by itself', () => {
    const onlyFailover = example(document => {
      document.objectives.rtoSeconds = 292;
    });
    expect(() => assertWithinBudget(onlyFailover)).toThrow(
      expect.objectContaining({
        code: 'budget-exceeded',
        problems: [expect.objectContaining({ path: 'modes.failover', received: 652 })],
      }),
    );
    expect(() => assertWithinBudget(over)).toThrow(
      expect.objectContaining({ problems: [expect.anything(), expect.anything()] }),
    );
  });

  test('a move that takes the RTO to the second is within it', () => {
    const exact = example(document => {
      document.objectives.rtoSeconds = 652;
    });
    expect(assertWithinBudget(exact).modes.failover).toMatchObject({ totalSeconds: 652, within: true });
  });

  test('names the largest levers and what they save', () => {
    expect(() => assertWithinBudget(over)).toThrow(
      'recovery.decisionSeconds (lower than 180) saves up to 180 s; recovery.detectionSeconds',
    );
  });

  test('turning a lever saves what it said', () => {
    const slow = example(document => {
      document.recovery = { checkIntervalSeconds: 30, checkFailures: 4, leaseSeconds: 30 };
      document.regions[1].capacityShare = 0.5;
    });
    const before = recoveryBudget(slow).modes.switchover.totalSeconds;
    const turned: Record<string, (document: Document) => void> = {
      'recovery.checkIntervalSeconds': document => {
        document.recovery.checkIntervalSeconds = 10;
      },
      'recovery.checkFailures': document => {
        document.recovery.checkFailures = 1;
      },
      'recovery.leaseSeconds': document => {
        document.recovery.leaseSeconds = 3;
      },
      'regions[1].capacityShare': document => {
        document.regions[1].capacityShare = 1;
      },
    };
    const levers = budgetLevers(slow, 'switchover');
    for (const [path, turn] of Object.entries(turned)) {
      const copy = structuredClone(slow);
      turn(copy);
      const saved = before - recoveryBudget(copy).modes.switchover.totalSeconds;
      expect({ path, savesSeconds: levers.find(lever => lever.path === path)?.savesSeconds }).toEqual({
        path,
        savesSeconds: saved,
      });
    }
  });

  test('an RPO that nothing holds fails, however fast the move', () => {
    const loose = example(document => {
      document.database.rpoBasis = 'none';
    });
    expect(recoveryBudget(loose).modes.failover).toMatchObject({ rpoBasis: 'none', within: false });
    expect(recoveryBudget(loose).modes.switchover).toMatchObject({ rpoBasis: 'no loss', within: true });
    expect(() => assertWithinBudget(loose)).toThrow('nothing holds the RPO of 30 s in a failover');
  });
});

describe('the scaled budget of the lab', () => {
  test('divides every time by the scale and keeps the verdict', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), timeScale => {
        const budget = budgetOf();
        const scaled = scaledBudget(budget, timeScale);
        expect(scaled.timeScale).toBe(timeScale);
        expect(scaled.objectives.rtoSeconds).toBeCloseTo(900 / timeScale, 9);
        for (const mode of ['switchover', 'failover'] as const) {
          expect(scaled.modes[mode].totalSeconds).toBeCloseTo(budget.modes[mode].totalSeconds / timeScale, 9);
          expect(scaled.modes[mode].within).toBe(budget.modes[mode].within);
          scaled.modes[mode].lines.forEach((line, index) => {
            expect(line.seconds * timeScale).toBeCloseTo(budget.modes[mode].lines[index]?.seconds ?? -1, 9);
          });
        }
      }),
    );
  });

  test.each([0, -1, 0.5, 11, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a time scale of %d',
    timeScale => {
      expect(() => scaledBudget(budgetOf(), timeScale)).toThrow('must be from 1 to 10');
    },
  );
});
