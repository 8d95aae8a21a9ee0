import { CONFIG_ENVIRONMENT, liveSettingName, stackName } from '../../naming';
import type { Book } from '../model';

/** A change that does harm. */
export const badRelease: Book = ({ topology: { application }, region }) => ({
  title: `Stop a bad release in ${region}`,
  when: 'errors or latency began with a release, a configuration or a deploy',
  before: [
    'Everything that goes out can come back: weights, configuration and templates, in this order of speed.',
  ],
  steps: [
    {
      id: 'weights',
      act: 'Release: send the traffic back to the colour that served before.',
      owner: 'on-call',
      commands: ['npx holdfast release rollback --target aws'],
      expect: 'all traffic on the old colour within one alarm period',
      otherwise: `read ${liveSettingName(application, 'weights')} in Parameter Store of ${region}: the live-settings controller keeps what stands there`,
    },
    {
      id: 'configuration',
      act: 'Configuration: stop the rollout; AppConfig goes back to what was live.',
      owner: 'on-call',
      commands: [
        `aws appconfig list-applications --region ${region}`,
        `aws appconfig stop-deployment --region ${region} --application-id <id> --environment-id <id of ${CONFIG_ENVIRONMENT}> --deployment-number <number>`,
      ],
      expect: 'ROLLED_BACK; clones take it at their next poll',
    },
    {
      id: 'deploy',
      act: 'Deploy: cancel it while it runs, or deploy the last good commit.',
      owner: 'on-call',
      commands: [
        `aws cloudformation cancel-update-stack --region ${region} --stack-name ${stackName(application, 'service')}`,
      ],
      expect: 'UPDATE_ROLLBACK_COMPLETE; weights, floors and register are as they were',
    },
  ],
});
