import { planRelease } from '../../lib/release';
import type { ReleasePlan } from '../../lib/runtime/release/release-plan';
import type { ColourView, RegionView } from '../../lib/runtime/release/release-view';

export const BUILD = { objectKey: 'key.tgz', sha256: 'a'.repeat(64) };
export const REGISTER = { epoch: 3, phase: 'active', region: 'us-east-2' } as const;

/** A colour with clones, all healthy. */
export const clones = (count: number): ColourView => ({
  ...{ desired: count, instances: count, healthy: count, maximum: 8 },
});

/** A Region that serves by blue. */
export const onBlue: RegionView = {
  ...{ stored: { blue: 100, green: 0 }, live: { blue: 100, green: 0 }, ringing: [], silent: [] },
  colours: { blue: clones(2), green: clones(0) },
};

type Input = Parameters<typeof planRelease>[0];

/** A plan of two Regions, of which the one in the east is active. */
export const planOf = (more: Partial<Input> = {}): ReleasePlan =>
  planRelease({
    ...{ id: 'release-1', by: 'ann', build: BUILD, options: {}, register: REGISTER, acceptedAlarms: [] },
    regions: ['us-east-2', 'us-west-2'].map(region => ({ region, view: onBlue })),
    ...{ timeScale: 1, periodSeconds: 60, isLab: false },
    ...more,
  });
