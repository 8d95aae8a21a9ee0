import { Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { CacheTier } from '../constructs/data/cache-tier';
import { Register } from '../constructs/data/register';
import { DeployInterlock } from '../constructs/delivery/deploy-interlock';
import { OperatorRole } from '../constructs/policy/operator-role';
import {
  breakGlassName,
  COLOURS,
  cloneGroupName,
  clusterIdentifier,
  deadLetterQueueName,
  globalClusterIdentifier,
  homeRegisterKey,
  homeScope,
  liveSettingName,
  operatorRoleName,
  queueName,
  registerTableName,
  workerGroupName,
} from '../lib/naming';
import type { HomeGate } from './foundation-stack';
import type { HomeData } from './home-data';
import { addOverallDashboard } from './overall-dashboard';
import { addAlarms } from './region-alarms';
import { addCanaries } from './region-canaries';
import { homeNames, type RegionContext, type RegionStackProps, stackPropsOf } from './region-context';
import { addDashboard } from './region-dashboard';
import { DATABASE_USER } from './service-environment';
import { addServiceLevels } from './service-levels';
import type { ServiceStack } from './service-stack';

/** What the operations of a Region watch. */
export interface OperationsStackProps extends RegionStackProps {
  readonly gates: readonly HomeGate[];
  readonly data: readonly HomeData[];
  readonly cache: CacheTier;
  readonly service: ServiceStack;
  readonly alarmTopic: ITopic;
}

/** Alarms and dashboard of a Region, the role in which drills move it, and what holds deploys back meanwhile. */
export class OperationsStack extends Stack {
  readonly operatorRole: OperatorRole;

  constructor(scope: Construct, id: string, props: OperationsStackProps) {
    super(scope, id, stackPropsOf(props.context, 'operations', 'alarms, dashboard and operator role'));
    addAlarms(this, props);
    const canaries = addCanaries(this, props);
    addServiceLevels(this, props, canaries.service);
    addDashboard(this, props);
    addOverallDashboard(this, props);
    this.operatorRole = this.createOperatorRole(props.context);
    new DeployInterlock(this, 'Interlock', {
      application: props.context.topology.application,
      registerKeys: homeNames(props.context)?.map(homeRegisterKey),
    });
  }

  private createOperatorRole(context: RegionContext): OperatorRole {
    const { topology, region, homes } = context;
    const { application } = topology;
    const scopes = homes.map(({ topology: { home } }) => homeScope(application, home));
    // Its own Region first, so that the Regions' templates differ in names alone.
    const names = topology.regions.map(({ name }) => name);
    const regions = [region.name, ...names.filter(name => name !== region.name)];
    return new OperatorRole(this, 'Operator', {
      roleName: operatorRoleName(application, region.name),
      regions,
      register: Register.fromTableName(this, 'Register', registerTableName(application)),
      homes: homeNames(context),
      globalClusterIdentifier: scopes.map(globalClusterIdentifier),
      clusters: scopes.flatMap(scope =>
        regions.map(name => ({ region: name, identifier: clusterIdentifier(scope, name) })),
      ),
      groupNames: [
        ...COLOURS.map(colour => cloneGroupName(application, colour)),
        workerGroupName(application),
      ],
      liveSettings: liveSettingName(application, ''),
      breakGlass: breakGlassName(application),
      jobs: {
        databaseUser: DATABASE_USER,
        queueNames: scopes.flatMap(scope => [queueName(scope), deadLetterQueueName(scope)]),
      },
    });
  }
}
