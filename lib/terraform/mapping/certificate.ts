import { attributeOf, type Companion, type Named, type ResourceMapping } from '../resource-mapping';
import { elsewhere, pairs, same } from '../rule';
import { type Arguments, Expression, isRecord, type Term } from '../term';

const validation = ({ name }: Named): Term =>
  attributeOf(`aws_acm_certificate_validation.${name}_valid`, 'certificate_arn');

/** What the record of a name must say; known only once the certificate is asked for, so that it is an expression. */
const option = (main: Named, domain: Term, field: string): Expression =>
  new Expression(
    `one([for option in ${main.address}.domain_validation_options : option.${field} if option.domain_name == ${JSON.stringify(domain)}])`,
  );

const options = (value: Term): readonly Arguments[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const recordName = (index: number): string => `validation_${index + 1}`;

/**
 * CloudFormation writes the validation records itself and waits; Terraform is told both. A name that two Regions share
 * has one record, which either may write and neither may destroy.
 */
const records: Companion = {
  property: 'DomainValidationOptions',
  make: (value, { main }) => [
    ...options(value).map(({ DomainName, HostedZoneId }, index) => ({
      type: 'aws_route53_record',
      suffix: recordName(index),
      arguments: {
        allow_overwrite: true,
        zone_id: HostedZoneId ?? null,
        name: option(main, DomainName ?? null, 'resource_record_name'),
        type: option(main, DomainName ?? null, 'resource_record_type'),
        records: [option(main, DomainName ?? null, 'resource_record_value')],
        ttl: 300,
      },
    })),
    {
      type: 'aws_acm_certificate_validation',
      suffix: 'valid',
      arguments: {
        certificate_arn: attributeOf(main.address, 'arn'),
        validation_record_fqdns: options(value).map((_, index) =>
          attributeOf(`aws_route53_record.${main.name}_${recordName(index)}`, 'fqdn'),
        ),
      },
    },
  ],
};

/** Certificates; who refers to one waits for its validation. */
export const CERTIFICATE: Readonly<Record<string, ResourceMapping>> = {
  'AWS::CertificateManager::Certificate': {
    type: 'aws_acm_certificate',
    ref: validation,
    properties: {
      ...same('DomainName SubjectAlternativeNames ValidationMethod'),
      DomainValidationOptions: elsewhere,
      Tags: pairs('tags'),
    },
    companions: [records],
  },
};
