import { Token } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { leftAfterZoneLoss, withZoneLossHeadroom } from '../../regions/capacity';
import { matching, type Rule, wholeNumber } from '../validation';
import type { CloneGroupProps } from './clone-group-props';

/** Clones that have booted and wait. */
export interface CloneWarmPoolOptions {
  /**
   * Fewest clones that wait.
   * @default 0
   */
  readonly minimumWaiting?: number;
  /**
   * Most clones that wait or serve together.
   * @default - the maximum of the group
   */
  readonly maximumPrepared?: number;
  /**
   * Whether they wait stopped, which costs their disks alone, or running.
   * @default 'stopped'
   */
  readonly state?: 'stopped' | 'running';
}

/** Further instance types of a group. */
export interface MixedInstancesOptions {
  /** Types to fall back on, best first, of the same architecture, 1 to 39. */
  readonly instanceTypes: readonly string[];
  /**
   * Share in percent of the clones above the minimum that may be Spot, and so may go at two minutes' notice. The
   * minimum itself never is.
   * @default 0
   */
  readonly spotPercentage?: number;
}

/** Reserved capacity, named by its ids or by the resource group that holds them. */
export type CapacityReservationOptions = {
  /**
   * Whether a clone may be launched elsewhere when the reservation is used up. `only` keeps other clones from
   * launching at all, so the reservation must hold the maximum.
   * @default 'first'
   */
  readonly preference?: 'first' | 'only';
} & (
  | { readonly reservationIds: readonly string[]; readonly resourceGroupArn?: never }
  | { readonly resourceGroupArn: string; readonly reservationIds?: never }
);

/** What capacity, warm pool and types of a group must satisfy. */
export function capacityRules(props: CloneGroupProps): Rule[] {
  return [...headroomRules(props), ...warmPoolRules(props), ...mixedRules(props), ...reservationRules(props)];
}

function headroomRules({ neededClones, minimumClones, vpc, vpcSubnets }: CloneGroupProps): Rule[] {
  if (neededClones === undefined) return [];
  const zones = new Set(vpc.selectSubnets(vpcSubnets).availabilityZones).size;
  const left = leftAfterZoneLoss(minimumClones, zones);
  return [
    wholeNumber('neededClones', neededClones, 1, 10_000),
    zones > 1 &&
      left < neededClones && {
        path: 'minimumClones',
        received: minimumClones,
        message: `leaves ${left} of ${neededClones} needed clones after the loss of one of ${zones} zones`,
        fix: `use at least ${withZoneLossHeadroom(neededClones, zones)}`,
      },
  ];
}

function warmPoolRules({
  warmPool,
  lifecycle,
  update,
  mixedInstances,
  maximumClones,
}: CloneGroupProps): Rule[] {
  if (warmPool === undefined) return [];
  return [
    wholeNumber('warmPool.minimumWaiting', warmPool.minimumWaiting ?? 0, 0, maximumClones),
    wholeNumber('warmPool.maximumPrepared', warmPool.maximumPrepared ?? maximumClones, 1, maximumClones),
    lifecycle === undefined && {
      path: 'lifecycle',
      message: 'a clone would be stopped for the pool in the middle of its first boot',
      fix: 'pass lifecycle: {}, so that it enters the pool once it answers',
    },
    update?.strategy !== 'refresh' && {
      path: 'update',
      received: update?.strategy ?? 'rolling',
      message: 'a clone that enters the pool would signal in the place of one in service',
      fix: "use update: { strategy: 'refresh' } beside a warm pool",
    },
    (mixedInstances?.spotPercentage ?? 0) > 0 && {
      path: 'mixedInstances.spotPercentage',
      received: mixedInstances?.spotPercentage,
      message: 'Spot instances cannot wait in a warm pool',
      fix: 'use 0, or leave out the warm pool',
    },
  ];
}

function mixedRules({ mixedInstances, instanceType = 'm7i.large' }: CloneGroupProps): Rule[] {
  if (mixedInstances === undefined) return [];
  const types = mixedInstances.instanceTypes;
  const form = /^[a-z0-9-]+\.[a-z0-9-]+$/;
  const known = [instanceType, ...types].every(type => Token.isUnresolved(type) || form.test(type));
  const architecture = (type: string) =>
    Token.isUnresolved(type) ? undefined : new ec2.InstanceType(type).architecture;
  return [
    wholeNumber('mixedInstances.instanceTypes (count)', types.length, 1, 39),
    wholeNumber('mixedInstances.spotPercentage', mixedInstances.spotPercentage ?? 0, 0, 100),
    ...types.map((type, at) =>
      matching(`mixedInstances.instanceTypes[${at}]`, type, form, 'use a type such as m7a.large'),
    ),
    ...types.map(
      (type, at) =>
        known &&
        architecture(type) !== undefined &&
        architecture(instanceType) !== undefined &&
        architecture(type) !== architecture(instanceType) && {
          path: `mixedInstances.instanceTypes[${at}]`,
          received: type,
          message: `not of the architecture of ${instanceType}, for which image and run time are`,
          fix: 'use types of one architecture',
        },
    ),
  ];
}

function reservationRules({ capacityReservation: reservation }: CloneGroupProps): Rule[] {
  if (reservation === undefined) return [];
  const ids = reservation.reservationIds;
  return [
    ids !== undefined && wholeNumber('capacityReservation.reservationIds (count)', ids.length, 1, 100),
    ...(ids ?? []).map((id, at) =>
      matching(
        `capacityReservation.reservationIds[${at}]`,
        id,
        /^cr-[0-9a-f]+$/,
        'use an id such as cr-0123abcd',
      ),
    ),
    reservation.resourceGroupArn !== undefined &&
      matching(
        'capacityReservation.resourceGroupArn',
        reservation.resourceGroupArn,
        /^arn:[^:]+:resource-groups:/,
        'use the ARN of a resource group of capacity reservations',
      ),
  ];
}

/** The part of the group's properties that says what it is launched on: one template, or that and further types. */
export function launchSource(
  launchTemplate: ec2.LaunchTemplate,
  { mixedInstances, minimumClones, instanceType = 'm7i.large' }: CloneGroupProps,
): Pick<autoscaling.AutoScalingGroupProps, 'launchTemplate' | 'mixedInstancesPolicy'> {
  if (mixedInstances === undefined) return { launchTemplate };
  return {
    mixedInstancesPolicy: {
      launchTemplate,
      launchTemplateOverrides: [instanceType, ...mixedInstances.instanceTypes].map(type => ({
        instanceType: new ec2.InstanceType(type),
      })),
      instancesDistribution: {
        onDemandAllocationStrategy: autoscaling.OnDemandAllocationStrategy.PRIORITIZED,
        onDemandBaseCapacity: minimumClones,
        onDemandPercentageAboveBaseCapacity: 100 - (mixedInstances.spotPercentage ?? 0),
        spotAllocationStrategy: autoscaling.SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
      },
    },
  };
}

/** Adds reservation and warm pool to a group. */
export function addCapacity(group: autoscaling.AutoScalingGroup, props: CloneGroupProps): void {
  const { capacityReservation: reservation, warmPool } = props;
  if (reservation !== undefined) {
    const { preference = 'first', reservationIds, resourceGroupArn } = reservation;
    (group.node.defaultChild as autoscaling.CfnAutoScalingGroup).capacityReservationSpecification = {
      capacityReservationPreference: `capacity-reservations-${preference}`,
      capacityReservationTarget:
        resourceGroupArn === undefined
          ? { capacityReservationIds: [...(reservationIds ?? [])] }
          : { capacityReservationResourceGroupArns: [resourceGroupArn] },
    };
  }
  if (warmPool !== undefined) {
    const running = warmPool.state === 'running';
    group.addWarmPool({
      minSize: warmPool.minimumWaiting ?? 0,
      maxGroupPreparedCapacity: warmPool.maximumPrepared,
      poolState: running ? autoscaling.PoolState.RUNNING : autoscaling.PoolState.STOPPED,
      // A clone that has served may hold anything; it is never used twice.
      reuseOnScaleIn: false,
    });
  }
}
