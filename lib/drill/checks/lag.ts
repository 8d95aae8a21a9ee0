import type { ReplicationLag } from '../../ports';
import type { DrillContext } from '../run/context';
import type { Journal } from '../run/journal';

/** A measured lag older than this says nothing. */
const MAXIMUM_AGE_SECONDS = 300;

/** Seconds of a provider's metric; nothing when there is none or it is too old to say anything. */
export function currentSeconds(measured: ReplicationLag | undefined): number | undefined {
  return measured !== undefined && measured.ageSeconds <= MAXIMUM_AGE_SECONDS ? measured.seconds : undefined;
}

/**
 * Lag of a replica, seconds: what its service tells; else, as on Aurora, where the service cannot tell it, the
 * provider's metric. Nothing when neither says how it is now.
 */
export async function standbyLag(
  context: DrillContext,
  replica: { readonly region: string; readonly writer: string; readonly told: number | undefined },
): Promise<number | undefined> {
  const { region, writer, told } = replica;
  return told ?? currentSeconds(await context.cloud.replicationLag(region, writer));
}

/** Whether a person accepted, for this drill, that the lag is unknown. */
export function lagAccepted(journal: Journal): boolean {
  return journal.last('plan')?.checks.some(check => check.id === 'lag' && check.accepted) ?? false;
}
