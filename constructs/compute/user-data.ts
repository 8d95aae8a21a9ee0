import { Token } from 'aws-cdk-lib';
import type { Rule } from '../validation';
import type { BoundArtifact } from './artifact';
import { lifecycleLines } from './lifecycle-script';

/** Which program of the artifact a clone runs. */
export type ArtifactEntry = 'service' | 'worker';

/** What a clone's first boot needs to know. Values may be CloudFormation tokens. */
export interface CloneUserDataProps {
  readonly entry: ArtifactEntry;
  readonly artifact: BoundArtifact;
  /** Parameter that names another application in the bucket of this one; see `CloneGroupOptions.buildParameter`. */
  readonly buildParameter?: string;
  /** Environment of the process, one `KEY=value` a line. */
  readonly environment: Readonly<Record<string, string>>;
  readonly region: string;
  /** Port of the process's health answer; a worker has none. */
  readonly healthPort?: number;
  /** Seconds until the boot counts as failed. */
  readonly bootSeconds: number;
  /** Whom to tell that the clone is up: stack name and logical id of the group, and the role to sign with. */
  readonly signal: { readonly stackName: string; readonly logicalId: string; readonly roleName: string };
  /** Group to report launches and ends to, and how long an end may take; without it nothing is reported. */
  readonly lifecycle?: { readonly groupName: string; readonly drainSeconds: number };
}

const KEY_FORM = /^[A-Z][A-Z0-9_]*$/;
/** Characters to which systemd or a line-wise reader would give a meaning. */
const UNSAFE_VALUE = /["'\\\p{Cc}]|^\s|\s$/u;

/** Rules for an environment that is written as a file, one line a value. */
export function environmentRules(environment: Readonly<Record<string, string>>): Rule[] {
  return Object.entries(environment).flatMap(([key, value]) => [
    !KEY_FORM.test(key) && {
      path: `environment.${key}`,
      received: key,
      message: 'not a name of an environment variable',
      fix: 'use upper-case letters, digits and underscores, starting with a letter',
    },
    !Token.isUnresolved(value) &&
      UNSAFE_VALUE.test(value) && {
        path: `environment.${key}`,
        received: value,
        message: 'value would not survive an environment file',
        fix: 'remove quotes, backslashes, control characters and outer spaces, or keep the value in Parameter Store',
      },
  ]);
}

/** First line of the user data; without it at the very start, cloud-init does not take the rest for a script. */
export const SHEBANG = '#!/bin/bash';

const APP_FOLDER = '/opt/holdfast/app';
const RUNTIME_FOLDER = '/opt/holdfast/runtime';

/** Folder of the process below /var/lib: the one place to which the unit lets it write for good. */
const STATE_FOLDER = 'holdfast';

/**
 * Certificates of the authorities of RDS and Aurora on a clone that runs the built artifact, for a process that
 * verifies its database: no operating system trusts them by itself.
 */
export const RDS_CERTIFICATES_FILE = `${APP_FOLDER}/certificates/rds.pem`;

/** Environment file of the clone; the lab reads what stands between the two markers. */
export const ENVIRONMENT_FILE = '/etc/holdfast/service.env';

/**
 * First-boot script of a clone, to follow {@link SHEBANG}: environment, artifact and run time from the Region's S3, a hardened unit that does
 * not run as root, and a signal to CloudFormation once the process answers.
 */
export function renderUserData(props: CloneUserDataProps): string {
  const { app, runtime } = props.artifact;
  return [
    `# holdfast-artifact s3://${app.bucketName}/${app.objectKey} sha256=${app.sha256} entry=${props.entry}`,
    `# holdfast-runtime s3://${runtime.bucketName}/${runtime.objectKey} sha256=${runtime.sha256}`,
    ...(props.buildParameter === undefined ? [] : [`# holdfast-build ${props.buildParameter}`]),
    'set -Eeuo pipefail',
    ...signalLines(props),
    'id holdfast >/dev/null 2>&1 || useradd --system --no-create-home --shell /sbin/nologin holdfast',
    `install -d -m 0755 /etc/holdfast ${APP_FOLDER} ${RUNTIME_FOLDER}`,
    ...environmentLines(props.environment),
    ...instanceLines(),
    ...fetchLines(props),
    ...unitLines(props.entry),
    ...(props.lifecycle === undefined
      ? []
      : lifecycleLines({ ...props.lifecycle, region: props.region, up: upCommand(props) })),
    ...startLines(props),
  ].join('\n');
}

/** A failed signal must not fail a clone: after birth and deploys nobody waits for it (law 9). */
function signalLines({ signal, region }: CloneUserDataProps): string[] {
  return [
    'signal() {',
    `  timeout 30 /opt/aws/bin/cfn-signal --exit-code "$1" --stack ${signal.stackName} \\`,
    `    --resource ${signal.logicalId} --region ${region} --role ${signal.roleName} || true`,
    '}',
    "trap 'signal 1' ERR",
  ];
}

function environmentLines(environment: Readonly<Record<string, string>>): string[] {
  return [
    `cat > ${ENVIRONMENT_FILE} <<'HOLDFAST_ENV'`,
    ...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
    'HOLDFAST_ENV',
    `chown root:holdfast ${ENVIRONMENT_FILE}`,
    `chmod 0640 ${ENVIRONMENT_FILE}`,
  ];
}

/** The id of the instance is known to the instance alone, so it has a file of its own. */
function instanceLines(): string[] {
  const metadata = 'http://169.254.169.254/latest';
  return [
    `token=$(curl -fsS --retry 5 -X PUT ${metadata}/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')`,
    `instance=$(curl -fsS --retry 5 -H "X-aws-ec2-metadata-token: $token" ${metadata}/meta-data/instance-id)`,
    'echo "HOLDFAST_INSTANCE_ID=$instance" > /etc/holdfast/instance.env',
  ];
}

function fetchLines({ artifact, region, buildParameter }: CloneUserDataProps): string[] {
  const fetch = (file: BoundArtifact['app'], folder: string) =>
    `fetch s3://${file.bucketName}/${file.objectKey} ${file.sha256} ${folder}`;
  const { app } = artifact;
  return [
    'export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=10',
    'fetch() {',
    `  aws s3 cp --only-show-errors --region ${region} "$1" /opt/holdfast/fetched.tgz`,
    '  echo "$2  /opt/holdfast/fetched.tgz" | sha256sum --check --strict --quiet',
    '  local folder="$3"',
    '  shift 3',
    '  tar -xzf /opt/holdfast/fetched.tgz --no-same-owner -C "$folder" "$@"',
    '  rm /opt/holdfast/fetched.tgz',
    '}',
    ...(buildParameter === undefined
      ? [fetch(app, APP_FOLDER)]
      : releasedLines(buildParameter, region, { ...app, folder: APP_FOLDER })),
    `${fetch(artifact.runtime, RUNTIME_FOLDER)} --strip-components=1 --wildcards '*/bin/node'`,
  ];
}

/**
 * What a release has put in the place of the template's application. Only "there is none" leads to the template's: a
 * parameter that cannot be read fails the boot, since clones of two builds in one group would be worse than one clone less.
 */
function releasedLines(
  parameter: string,
  region: string,
  app: BoundArtifact['app'] & { readonly folder: string },
): string[] {
  return [
    `released=$(aws ssm get-parameter --region ${region} --name ${parameter} --query Parameter.Value --output text \\`,
    '  2>/opt/holdfast/released.err) || {',
    '  cat /opt/holdfast/released.err',
    '  grep -q ParameterNotFound /opt/holdfast/released.err',
    '  released=template',
    '}',
    'if [ "$released" = template ]; then',
    `  released="${app.objectKey} ${app.sha256}"`,
    'fi',
    '[[ "$released" =~ ^[A-Za-z0-9._/-]+\\ [0-9a-f]{64}$ ]]',
    `fetch s3://${app.bucketName}/\${released% *} "\${released##* }" ${app.folder}`,
  ];
}

function unitLines(entry: ArtifactEntry): string[] {
  return [
    "cat > /etc/systemd/system/holdfast.service <<'HOLDFAST_UNIT'",
    '[Unit]',
    `Description=Holdfast ${entry}`,
    'After=network-online.target',
    'Wants=network-online.target',
    // A clone whose dependencies are away keeps trying; the load balancer decides whether it gets traffic.
    'StartLimitIntervalSec=0',
    '[Service]',
    'User=holdfast',
    'Group=holdfast',
    `EnvironmentFile=${ENVIRONMENT_FILE}`,
    'EnvironmentFile=/etc/holdfast/instance.env',
    'Environment=NODE_ENV=production',
    // A process that is started again in an outage begins with what the last one knew; the machine's end ends the folder.
    `StateDirectory=${STATE_FOLDER}`,
    'StateDirectoryMode=0700',
    `Environment=HOLDFAST_CONFIG_FILE=/var/lib/${STATE_FOLDER}/configuration.json`,
    `ExecStart=${RUNTIME_FOLDER}/bin/node ${APP_FOLDER}/${entry}/index.cjs`,
    'Restart=always',
    'RestartSec=1',
    'TimeoutStopSec=60',
    'LimitNOFILE=65536',
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectControlGroups=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    '[Install]',
    'WantedBy=multi-user.target',
    'HOLDFAST_UNIT',
  ];
}

/** A worker counts as up once its unit has stayed up; a service once it answers. */
function upCommand({ healthPort }: CloneUserDataProps): string {
  return healthPort === undefined
    ? 'systemctl is-active --quiet holdfast && sleep 5 && systemctl is-active --quiet holdfast'
    : `curl -fsS --max-time 2 -o /dev/null http://127.0.0.1:${healthPort}/healthz`;
}

function startLines(props: CloneUserDataProps): string[] {
  return [
    'systemctl daemon-reload',
    'systemctl enable --now holdfast',
    ...(props.lifecycle === undefined ? [] : ['systemctl enable --now holdfast-lifecycle']),
    `deadline=$((SECONDS + ${props.bootSeconds}))`,
    `until ${upCommand(props)}; do`,
    '  if [ "$SECONDS" -ge "$deadline" ]; then signal 1; exit 1; fi',
    '  sleep 1',
    'done',
    'signal 0',
    '',
  ];
}
