const RECORD_NETWORK =
  'a record: nothing is routed or filtered; the lab gives each Region a loopback address';
const RECORD_IAM = 'a record: policies are not evaluated; the gateway refuses by its own deny rules';
const RECORD_ALARM = 'stands there; nothing in the lab sends the metrics that it watches';

/**
 * What is not whole about a type that the emulator or the launcher creates. A type without a note here does in the lab
 * what the templates need of it.
 */
export const PARTLY: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Account': 'a record',
  'AWS::ApiGateway::BasePathMapping': 'a record',
  'AWS::ApiGateway::Deployment': 'a record',
  'AWS::ApiGateway::DomainName': 'a record: the name is served without TLS',
  'AWS::ApiGateway::Method': 'a record',
  'AWS::ApiGateway::RestApi':
    'a record: the lab serves the gate from the same bundle behind its own HTTP listener',
  'AWS::ApiGateway::Stage': 'a record',
  'AWS::ApiGatewayV2::Api':
    'a record: the lab serves the gate from the same bundle behind its own HTTP listener',
  'AWS::ApiGatewayV2::ApiMapping': 'a record',
  'AWS::ApiGatewayV2::DomainName': 'a record: the name is served without TLS',
  'AWS::ApiGatewayV2::Integration': 'a record',
  'AWS::ApiGatewayV2::Route': 'a record',
  'AWS::ApiGatewayV2::Stage': 'a record',
  'AWS::AppConfig::Deployment': 'completes at once: no growth, no bake, no rollback by alarm',
  'AWS::AppConfig::Environment': 'alarms are recorded and not watched',
  'AWS::AutoScaling::AutoScalingGroup':
    'instances are records whose processes the lab runs; the launcher adds target groups, zones, bounds and sizes that a deploy leaves alone; creation and update policies are not carried out',
  'AWS::AutoScaling::LifecycleHook':
    'a record: the lab starts and stops a process in order by itself, and nobody waits for its report',
  'AWS::AutoScaling::ScalingPolicy': 'a record: nothing scales by itself',
  'AWS::CertificateManager::Certificate': 'issued at once and never used: the lab speaks HTTP on loopback',
  'AWS::CloudFormation::LambdaHook':
    'the gateway asks its function before a stack changes, and refuses the call itself; its filters are read as the names of the application, without its own stack',
  'AWS::CloudWatch::Alarm': `${RECORD_ALARM}; over metric math it is never evaluated, and listed by name as not emulated`,
  'AWS::CloudWatch::CompositeAlarm': `made by the launcher in the emulator's CloudWatch; ${RECORD_ALARM}`,
  'AWS::CloudWatch::Dashboard': 'a record',
  'AWS::DynamoDB::GlobalTable':
    'replicas are made by the launcher; the strongly consistent register is one store, and its quorum is modelled by the gateway',
  'AWS::EC2::EIP': `made by the launcher in the emulator's EC2; ${RECORD_NETWORK}`,
  'AWS::EC2::FlowLog': "made by the launcher in the emulator's EC2; there is no traffic to log",
  'AWS::EC2::InternetGateway': RECORD_NETWORK,
  'AWS::EC2::LaunchTemplate':
    'a record: the lab reads the user data and starts the same bundles; no image boots',
  'AWS::EC2::NatGateway': `made by the launcher in the emulator's EC2; ${RECORD_NETWORK}`,
  'AWS::EC2::Route': RECORD_NETWORK,
  'AWS::EC2::RouteTable': RECORD_NETWORK,
  'AWS::EC2::SecurityGroup': RECORD_NETWORK,
  'AWS::EC2::SecurityGroupEgress': `made by the launcher in the group's rules; ${RECORD_NETWORK}`,
  'AWS::EC2::SecurityGroupIngress': `made by the launcher in the group's rules; ${RECORD_NETWORK}`,
  'AWS::EC2::Subnet': RECORD_NETWORK,
  'AWS::EC2::SubnetRouteTableAssociation': RECORD_NETWORK,
  'AWS::EC2::VPC': RECORD_NETWORK,
  'AWS::EC2::VPCEndpoint': RECORD_NETWORK,
  'AWS::EC2::VPCGatewayAttachment': RECORD_NETWORK,
  'AWS::ElastiCache::ReplicationGroup':
    'a record: the lab runs one Valkey server a Region, without TLS or replica',
  'AWS::ElastiCache::SubnetGroup': 'a record',
  'AWS::ElastiCache::User': 'a record: the local server asks for no user',
  'AWS::ElastiCache::UserGroup': 'a record',
  'AWS::ElasticLoadBalancingV2::Listener':
    "weights are kept by the launcher; the lab's balancer follows them, without TLS",
  'AWS::ElasticLoadBalancingV2::LoadBalancer': "a record: the lab's own balancer serves it",
  'AWS::ElasticLoadBalancingV2::TargetGroup':
    "health is answered by the gateway as the lab's balancer measured it",
  'AWS::Events::Rule':
    'a record: the lab wakes the controller of the live settings itself, once a stack has settled',
  'AWS::IAM::InstanceProfile': RECORD_IAM,
  'AWS::IAM::ManagedPolicy': RECORD_IAM,
  'AWS::IAM::Policy': RECORD_IAM,
  'AWS::IAM::Role': RECORD_IAM,
  'AWS::KMS::Key': 'a record: nothing in the lab is encrypted with it',
  'AWS::Lambda::Function':
    'a record with its code: the lab runs gate and live-settings controller from the same bundles in processes of their own',
  'AWS::Lambda::Permission': RECORD_IAM,
  'AWS::RDS::DBCluster':
    'a record: the lab runs PostgreSQL with streaming replication; the launcher joins it to its global cluster, and the gateway shows a move until PostgreSQL has promoted',
  'AWS::RDS::DBClusterParameterGroup': 'a record: the parameters are not set on PostgreSQL',
  'AWS::RDS::DBInstance': 'a record: one PostgreSQL server stands for all instances of a cluster',
  'AWS::RDS::GlobalCluster':
    "made by the launcher in the emulator's RDS: switchover and failover swap the roles; any engine version is accepted",
  'AWS::Route53::HealthCheck':
    "made by the launcher in the emulator's Route 53; checked by the lab; the gateway answers its status",
  'AWS::Route53::RecordSet': "a record: the lab's DNS server answers from it",
  'AWS::S3::BucketPolicy': RECORD_IAM,
  'AWS::SNS::TopicPolicy': RECORD_IAM,
  'AWS::SQS::QueuePolicy': RECORD_IAM,
  'AWS::SecretsManager::Secret': 'kept in one Region: replicas are not made',
  'AWS::WAFv2::WebACL': 'a record: no request is inspected',
  'AWS::WAFv2::WebACLAssociation': "made by the launcher in the emulator's WAF; no request is inspected",
};
