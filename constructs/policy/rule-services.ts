/**
 * Families of rules that judge resources of one service and nothing else. Such a rule asks whether a resource is one
 * of its service's, and for that loads all of the service: 5 MB for QuickSight alone, half of what the whole app
 * loads. A resource of another service answers the question by its type. A test holds this table to the pack.
 */
const SERVICE_OF_FAMILY: Readonly<Record<string, string>> = {
  ECS: 'AWS::ECS::',
  EMR: 'AWS::EMR::',
  GL: 'AWS::Glue::',
  MSK: 'AWS::MSK::',
  QS: 'AWS::QuickSight::',
  SM: 'AWS::SageMaker::',
};

/** The families of the table. */
export const ONE_SERVICE_FAMILIES: readonly string[] = Object.keys(SERVICE_OF_FAMILY);

/**
 * Whether a rule can have anything to say about a resource of this type.
 *
 * @param rule id without the pack's name, such as `QS1`
 * @param resourceType CloudFormation type, such as `AWS::RDS::DBCluster`
 */
export function mayApply(rule: string, resourceType: string): boolean {
  const service = SERVICE_OF_FAMILY[/^[A-Z]+/.exec(rule)?.[0] ?? ''];
  return service === undefined || resourceType.startsWith(service);
}
