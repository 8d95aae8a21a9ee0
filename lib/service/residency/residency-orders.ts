import type { ResidencyEnvironment } from '../../runtime/environment/residency-environment';
import type { ResidencyPolicy } from '../../runtime/residency/residency-policy';
import { decideResidency } from '../../runtime/residency/residency-routing';
import { HttpError } from '../http/http-types';

/**
 * Where orders may be, for a process of one Region. A record may be here when the policy lets it be here and wherever
 * this Region's database copies it: replication has no undo, so what may not be copied is not written.
 */
export class OrderResidency {
  /** Jurisdictions whose orders may be here; `*` for orders without one. */
  readonly jurisdictions: readonly string[];
  private readonly policy: ResidencyPolicy;

  constructor(
    { policy, copies }: ResidencyEnvironment,
    private readonly region: string,
  ) {
    this.policy = policy.copying(region, copies);
    this.jurisdictions = this.policy.jurisdictionsIn(region);
  }

  /**
   * Refuses what may not be here; nothing of it is read, written or told.
   * @throws HttpError 421 that names the Regions that may hold it, 403 when there are none
   */
  requireHere(jurisdiction: string | undefined): void {
    const decision = decideResidency(this.policy, { jurisdiction, region: this.region });
    if (decision.kind === 'here') return;
    const { status, headers, body } = decision.answer;
    const regions = body.regions.map(({ region }) => region);
    const details = { jurisdiction: body.jurisdiction, regions };
    throw new HttpError(status, 'residency', body.error, headers, details);
  }
}
