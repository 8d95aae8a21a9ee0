import type { Change } from '../../runtime/changes/change';
import type { ResidencyEnvironment } from '../../runtime/environment/residency-environment';
import { ResidencyGuard } from '../../runtime/residency/residency-guard';
import type { Logger } from '../../runtime/telemetry/logger';

/** What guards deliveries of changes. */
export interface ResidentChangesOptions {
  /** @default - every change may go everywhere */
  readonly residency?: ResidencyEnvironment;
  readonly logger: Logger;
}

/**
 * A delivery of changes to reports or a stream, which lets none pass that may not go to each Region where they are read.
 * What is held is told by its id, and is left out for good: it would hold up every later change, and a delivery that
 * waits for a law to change is none.
 */
export function residentDelivery<Batch extends { readonly changes: readonly Change[] }>(
  { residency, logger }: ResidentChangesOptions,
  name: string,
  deliver: (batch: Batch) => Promise<void>,
): (batch: Batch) => Promise<void> {
  if (residency === undefined) return deliver;
  const { policy, changesReadIn: targets } = residency;
  const guard = new ResidencyGuard<Image>({ policy, targets, jurisdictionOf, nameOf: () => 'image' });
  const mayGo = (change: Change) => guard.split(imagesOf(change)).refused.length === 0;
  return async batch => {
    const changes = batch.changes.filter(mayGo);
    const refused = batch.changes.filter(change => !mayGo(change));
    if (refused.length > 0) {
      const orders = [...new Set(refused.map(({ key }) => key))].slice(0, MOST_NAMED);
      logger.error('changes.held', { delivery: name, held: refused.length, orders, targets });
    }
    if (changes.length > 0) await deliver({ ...batch, changes });
  };
}

const MOST_NAMED = 10;

type Image = Readonly<Record<string, unknown>>;

/** A change shows the row as it was and as it is, each with the tag that it bore then; one without both is untagged. */
function imagesOf({ before, after }: Change): readonly Image[] {
  const images = [before, after].filter(image => image !== undefined);
  return images.length === 0 ? [{}] : images;
}

function jurisdictionOf({ jurisdiction }: Image): string | undefined {
  return typeof jurisdiction === 'string' ? jurisdiction : undefined;
}
