import { type App, Validations } from 'aws-cdk-lib';
import { CountedAwsSolutionsChecks } from './counted-checks';

/**
 * Judges every resource of the app by cdk-nag's AwsSolutions pack when it is synthesized; a finding that nobody has
 * acknowledged fails the synth. Acknowledge with {@link acknowledge}, on the construct, with the reason.
 */
export function applyPolicy(app: App): void {
  Validations.of(app).addPlugins(new CountedAwsSolutionsChecks(app));
}
