/** Resources of a template by logical id; the first is the one that is judged. */
export type Resources = Readonly<Record<string, object>>;

/** What a rule must say of a few templates, each with a name. */
export interface RuleCases {
  readonly compliant: Readonly<Record<string, Resources>>;
  readonly broken: Readonly<Record<string, Resources>>;
  /** Templates that hide what decides; a rule without any says why none can. */
  readonly unknown: Readonly<Record<string, Resources>> | 'plain text only' | 'told by another rule';
  readonly notApplicable?: Readonly<Record<string, Resources>>;
}

/** Cases by the id of the rule. */
export type CasesByRule = Readonly<Record<string, RuleCases>>;

/** A value known at deploy only. */
export const HIDDEN = { Ref: 'Parameter' };
/** A value that a condition leaves out or not. */
export const perhaps = (value: unknown) => ({ 'Fn::If': ['Condition', value, { Ref: 'AWS::NoValue' }] });
/** One resource, the judged one. */
export const one = (Type: string, Properties: object = {}, rest: object = {}): Resources => ({
  Judged: { Type, Properties, ...rest },
});
/** A reference to an attribute of another resource of the template. */
export const attributeOf = (id: string, name = 'Arn') => ({ 'Fn::GetAtt': [id, name] });
