import { Token } from 'aws-cdk-lib';
import { matching, type Rule } from '../validation';
import type { RoutingControlTurn } from './routing-control-turn';

/** Regional endpoints of every cluster. */
const ENDPOINTS = 5;
/** Controls that one call turns. */
export const MOST_CONTROLS = 10;
const CONTROL_ARN = /^arn:[a-z-]+:route53-recovery-control::\d{12}:controlpanel\/\w+\/routingcontrol\/\w+$/;
const PARAMETER_FORM = /^\/[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;

/** A control for each Region of the chain and the whole way to them, known beforehand. */
export function routingControlRules(turn: RoutingControlTurn, chain: readonly string[]): Rule[] {
  const controls = Object.entries(turn.controls);
  const arns = controls.map(([, arn]) => arn);
  return [
    ...endpointRules(turn),
    ...chain.map(
      region =>
        !(region in turn.controls) && {
          path: `turn.controls.${region}`,
          message: 'no routing control for this Region: its record would have no signal',
          fix: 'name a control for each Region of the chain',
        },
    ),
    ...controls.map(([region, arn]) =>
      matching(`turn.controls.${region}`, arn, CONTROL_ARN, 'use the ARN of a routing control'),
    ),
    ...controls.map(
      ([region]) =>
        !chain.includes(region) && {
          path: `turn.controls.${region}`,
          received: region,
          message: 'not in the chain',
          fix: `use one of ${chain.join(', ')}`,
        },
    ),
    new Set(arns).size !== arns.length && {
      path: 'turn.controls',
      received: arns,
      message: 'one control would turn two Regions',
      fix: 'use a control of its own for each Region',
    },
    controls.length > MOST_CONTROLS && {
      path: 'turn.controls',
      received: controls.length,
      message: 'one call turns ten controls, and a move must not be torn in two',
      fix: `keep ${MOST_CONTROLS} controls`,
    },
    matching('turn.parameterName', turn.parameterName, PARAMETER_FORM, 'use a path such as /orders/turn'),
  ];
}

function endpointRules({ endpoints }: RoutingControlTurn): Rule[] {
  return [
    endpoints.length !== ENDPOINTS && {
      path: 'turn.endpoints',
      received: endpoints.length,
      message: 'a cluster has five endpoints, and any two may be away when they are needed',
      fix: 'give all five; describing the cluster during an event would ask a control plane',
    },
    new Set(endpoints.map(({ region }) => region)).size !== endpoints.length && {
      path: 'turn.endpoints',
      received: endpoints.map(({ region }) => region),
      message: 'a Region is named twice',
      fix: 'give the five different endpoints of the cluster',
    },
    ...endpoints.map(({ region, url }, index) =>
      Token.isUnresolved(url)
        ? undefined
        : !(/^https:\/\/[a-z0-9.-]+\/v1$/.test(url) && url.includes(region)) && {
            path: `turn.endpoints[${index}].url`,
            received: url,
            message: `not the endpoint of ${region}`,
            fix: 'copy the address as the cluster gives it, from https:// to /v1',
          },
    ),
  ];
}
