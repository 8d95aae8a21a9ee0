import { NOT_APPLICABLE, type Rule, whether } from '../rule';

/** Runtimes that Lambda has deprecated, and will stop creating and then updating functions of. */
const DEPRECATED =
  /^(nodejs(4\.3.*|6\.10|8\.10|1[0-8]\.x|20\.x)?|python(2\.7|3\.[6-9])|ruby(2\.\d|3\.2)|java8|dotnet(core.*|[56])|go1\.x|provided)$/;

/** A function can be deployed when it must be. */
export const functionRuntime: Rule = {
  id: 'FunctionRuntime',
  title: 'a function runs on a runtime that Lambda still supports',
  why: 'a deprecated runtime gets no fixes, and soon no updates either: the function can then not be changed in the incident that needs it',
  fix: 'use nodejs22.x, python3.12, java21, provided.al2023 or later',
  source: 'AWS Lambda, runtime deprecation (nodejs20.x: April 2026)',
  types: ['AWS::Lambda::Function'],
  evaluate: lambda =>
    lambda.at('Properties.Runtime') === undefined
      ? NOT_APPLICABLE
      : whether(
          lambda,
          'Properties.Runtime',
          runtime => typeof runtime === 'string' && !DEPRECATED.test(runtime),
        ),
};
