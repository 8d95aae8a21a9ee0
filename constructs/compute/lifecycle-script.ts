import { HOOKS } from './clone-lifecycle';

/** What the follower of a clone needs to know. */
export interface LifecycleScriptProps {
  readonly groupName: string;
  readonly region: string;
  /** Longest drain in seconds. */
  readonly drainSeconds: number;
  /** Command that succeeds while the clone is up. */
  readonly up: string;
}

const SCRIPT = '/opt/holdfast/lifecycle';

/**
 * Lines of user data that start the follower: a unit that reads from the instance's own metadata what the group wants
 * of it. It reports a launch once the clone is up, on every boot, since a clone may come out of a warm pool; and when
 * the group wants the clone gone, it stops the process, which finishes what it works on, and keeps the group waiting
 * by heartbeats meanwhile.
 */
export function lifecycleLines(props: LifecycleScriptProps): string[] {
  return [
    `cat > ${SCRIPT} <<'HOLDFAST_LIFECYCLE'`,
    ...scriptLines(props),
    'HOLDFAST_LIFECYCLE',
    `chmod 0755 ${SCRIPT}`,
    "cat > /etc/systemd/system/holdfast-lifecycle.service <<'HOLDFAST_LIFECYCLE'",
    '[Unit]',
    'Description=Holdfast lifecycle',
    'After=network-online.target',
    'Wants=network-online.target',
    'StartLimitIntervalSec=0',
    '[Service]',
    `ExecStart=${SCRIPT}`,
    'Restart=on-failure',
    'RestartSec=1',
    '[Install]',
    'WantedBy=multi-user.target',
    'HOLDFAST_LIFECYCLE',
    // The unit of the process gets the time that the group grants it.
    'install -d -m 0755 /etc/systemd/system/holdfast.service.d',
    "cat > /etc/systemd/system/holdfast.service.d/drain.conf <<'HOLDFAST_LIFECYCLE'",
    '[Service]',
    `TimeoutStopSec=${props.drainSeconds}`,
    'HOLDFAST_LIFECYCLE',
  ];
}

function scriptLines({ groupName, region, drainSeconds, up }: LifecycleScriptProps): string[] {
  return [
    '#!/bin/bash',
    'set -uo pipefail',
    'metadata=http://169.254.169.254/latest',
    'wanted() {',
    "  local token; token=$(curl -fsS -X PUT $metadata/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60') || return 0",
    '  curl -fsS -H "X-aws-ec2-metadata-token: $token" $metadata/meta-data/autoscaling/target-lifecycle-state || true',
    '}',
    'tell() {',
    `  timeout 30 aws autoscaling "$@" --region ${region} --auto-scaling-group-name ${groupName} \\`,
    '    --instance-id "$HOLDFAST_INSTANCE_ID" || true',
    '}',
    '. /etc/holdfast/instance.env',
    'last=',
    'while :; do',
    '  want=$(wanted 2>/dev/null)',
    '  case "$want" in',
    '    "" | "$last") ;;',
    '    Terminated | Warmed:Terminated)',
    '      systemctl stop holdfast & stopping=$!',
    `      deadline=$((SECONDS + ${drainSeconds}))`,
    '      while kill -0 "$stopping" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do',
    `        tell record-lifecycle-action-heartbeat --lifecycle-hook-name ${HOOKS.terminating}`,
    '        for _ in $(seq 30); do kill -0 "$stopping" 2>/dev/null || break; sleep 1; done',
    '      done',
    `      tell complete-lifecycle-action --lifecycle-hook-name ${HOOKS.terminating} --lifecycle-action-result CONTINUE`,
    '      exit 0 ;;',
    '    *)',
    `      if ${up}; then`,
    `        tell complete-lifecycle-action --lifecycle-hook-name ${HOOKS.launching} --lifecycle-action-result CONTINUE`,
    '        last=$want',
    '      fi ;;',
    '  esac',
    '  sleep 2',
    'done',
  ];
}
