import { type App, Validations } from 'aws-cdk-lib';
import { DependabilityChecks } from './dependability/dependability-checks';

/**
 * Judges every resource of the app by cdk-nag's AwsSolutions pack and by our reliability rules when it is synthesized; a
 * finding that nobody has acknowledged fails the synth. Acknowledge with {@link acknowledge}, on the construct, with the reason.
 *
 * Needs `cdk-nag`, which is loaded here and not before: whoever imports one construct need not install it.
 */
export function applyPolicy(app: App): void {
  const { CountedAwsSolutionsChecks } = require('./counted-checks') as typeof import('./counted-checks');
  Validations.of(app).addPlugins(new CountedAwsSolutionsChecks(app), new DependabilityChecks());
}
