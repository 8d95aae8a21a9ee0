/** Fault experiments of a Region: none without an alarm that ends it, none whose targets may be nobody. */
import { type App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ChaosExperiments } from '../constructs';

export function build(app: App): ChaosExperiments {
  const [account, region] = ['000000000000', 'us-east-2'];
  const stack = new Stack(app, 'Chaos', { env: { account, region } });
  const masterKey = new Key(stack, 'Key', { enableKeyRotation: true });
  const users = new Alarm(stack, 'UsersFeelIt', {
    metric: new Metric({
      namespace: 'AWS/ApplicationELB',
      metricName: 'HTTPCode_ELB_5XX_Count',
      dimensionsMap: { LoadBalancer: 'app/shop/1' },
      statistic: 'Sum',
      period: Duration.minutes(1),
    }),
    threshold: 10,
    evaluationPeriods: 1,
  });
  users.addAlarmAction(new SnsAction(new Topic(stack, 'Alarms', { masterKey, enforceSSL: true })));
  return new ChaosExperiments(stack, 'Experiments', {
    application: 'shop',
    stopAlarms: [users],
    zone: 'us-east-2a',
    cloneTag: { key: 'application', value: 'shop' },
    databaseCluster: 'arn:aws:rds:us-east-2:000000000000:cluster:shop-us-east-2',
    cacheGroup: 'arn:aws:elasticache:us-east-2:000000000000:replicationgroup:shop-us-east-2',
    subnets: ['arn:aws:ec2:us-east-2:000000000000:subnet/subnet-0123456789abcdef0'],
    otherRegion: 'us-west-2',
  });
}
