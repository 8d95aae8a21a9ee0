import { Aws } from 'aws-cdk-lib';

/** A file that a clone fetches while it boots. */
export interface BootFile {
  readonly bucket: string;
  readonly key: string;
  readonly sha256: string;
}

/** First boot of a clone, written by hand: settings, files with their sums, a unit, and a wait for its answer. */
export function bootScript(
  entry: string,
  settings: Readonly<Record<string, string>>,
  files: readonly BootFile[],
): string[] {
  return [
    'set -euo pipefail',
    'useradd --system --no-create-home --shell /sbin/nologin app',
    'install -d -m 0755 /etc/app /opt/app/code /opt/app/node',
    "cat > /etc/app/settings.env <<'END'",
    ...Object.entries(settings).map(([key, value]) => `${key}=${value}`),
    'END',
    'chown root:app /etc/app/settings.env',
    'chmod 0640 /etc/app/settings.env',
    'metadata=http://169.254.169.254/latest',
    'token=$(curl -fsS --retry 5 -X PUT $metadata/api/token -H "X-aws-ec2-metadata-token-ttl-seconds: 60")',
    'id=$(curl -fsS --retry 5 -H "X-aws-ec2-metadata-token: $token" $metadata/meta-data/instance-id)',
    'echo "INSTANCE_ID=$id" > /etc/app/instance.env',
    'export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=10',
    'fetch() {',
    `  aws s3 cp --only-show-errors --region ${Aws.REGION} "$1" /opt/app/fetched.tgz`,
    '  echo "$2  /opt/app/fetched.tgz" | sha256sum --check --strict --quiet',
    '  tar -xzf /opt/app/fetched.tgz --no-same-owner -C "$3" --strip-components="$4"',
    '  rm /opt/app/fetched.tgz',
    '}',
    ...files.map(
      ({ bucket, key, sha256 }, at) =>
        `fetch s3://${bucket}/${key} ${sha256} /opt/app/${at === 0 ? 'code 0' : 'node 1'}`,
    ),
    "cat > /etc/systemd/system/app.service <<'END'",
    ...UNIT.map(line => line.replace('ENTRY', entry)),
    'END',
    'systemctl daemon-reload',
    'systemctl enable --now app',
    'deadline=$((SECONDS + 600))',
    'until curl -fsS --max-time 2 -o /dev/null http://127.0.0.1:8080/healthz; do',
    '  if [ "$SECONDS" -ge "$deadline" ]; then exit 1; fi',
    '  sleep 1',
    'done',
  ];
}

const UNIT = [
  '[Unit]',
  'Description=ENTRY',
  'After=network-online.target',
  'Wants=network-online.target',
  '[Service]',
  'User=app',
  'Group=app',
  'EnvironmentFile=/etc/app/settings.env',
  'EnvironmentFile=/etc/app/instance.env',
  'Environment=NODE_ENV=production',
  'ExecStart=/opt/app/node/bin/node /opt/app/code/ENTRY/index.cjs',
  'Restart=always',
  'RestartSec=1',
  'TimeoutStopSec=60',
  'LimitNOFILE=65536',
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  '[Install]',
  'WantedBy=multi-user.target',
];
