/** A stack with two event-source mappings: one is always on, the other carries the role that its Region is born with. */
export function mappingStack(isSeed: boolean) {
  const queue = { Type: 'AWS::SQS::Queue' };
  const mapping = (name: string, more: object) => ({
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn: { 'Fn::GetAtt': [name, 'Arn'] }, FunctionName: { Ref: 'Worker' }, ...more },
  });
  const Statement = [
    { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ];
  return {
    Resources: {
      ...{ Queue: queue, Second: queue },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement } },
      },
      Worker: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          ...{ Runtime: 'nodejs22.x', Handler: 'index.handler', Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
          Code: { ZipFile: 'exports.handler = async () => ({})' },
        },
      },
      Always: mapping('Queue', { BatchSize: 5 }),
      Turning: mapping('Second', { Enabled: isSeed }),
    },
  };
}
