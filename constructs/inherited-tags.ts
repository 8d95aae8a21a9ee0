import { Aspects, RemoveTag, Tag } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Hands the tags of the constructs above a stage down to it. The CDK invokes aspects stage by stage and lets none cross
 * the border of a stage, so that `Tags.of(app).add(...)` alone reaches no resource of a stage and says nothing of it.
 *
 * Call it when the app is synthesized, since tags may be added until then. Nearer tags win, as they do within a stage.
 */
export function inheritTags(stage: IConstruct): void {
  const aspects = Aspects.of(stage);
  stage.node.scopes
    .filter(scope => scope !== stage)
    .reverse()
    .forEach((scope, distance) => {
      for (const { aspect, priority } of Aspects.of(scope).applied) {
        if (!(aspect instanceof Tag || aspect instanceof RemoveTag) || aspects.all.includes(aspect)) continue;
        // Of two aspects that set one tag the later one stands: what is farther away comes sooner.
        aspects.add(aspect, { priority: Math.max(0, priority - 1 - distance) });
      }
    });
}
