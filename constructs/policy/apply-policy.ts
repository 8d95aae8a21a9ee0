import { type App, Validations } from 'aws-cdk-lib';

/**
 * Judges every resource of the app by cdk-nag's AwsSolutions pack when it is synthesized; a finding that nobody has
 * acknowledged fails the synth. Acknowledge with {@link acknowledge}, on the construct, with the reason.
 *
 * cdk-nag is loaded here and not before: it is an optional peer, and its 250 modules are nobody's who imports one construct.
 */
export function applyPolicy(app: App): void {
  const { CountedAwsSolutionsChecks } = require('./counted-checks') as typeof import('./counted-checks');
  Validations.of(app).addPlugins(new CountedAwsSolutionsChecks(app));
}
