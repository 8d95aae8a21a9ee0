#!/bin/bash
# Runs a clone's user data as root of a machine of its own: own mounts, own processes, own files, and no network but
# loopback, on which the instance metadata answers. Called by boot.ts under `unshare`.
#   namespace.sh <root folder> <node> <port of the health answer>
# Writes `<root>/result/`: exit (of the user data), output, signals, healthz, unit (output of the process), user, and
# reports (to the group, each with whether the process ran). A clone that follows its group is then told to go.
set -Eeuo pipefail
root=$1 node=$2 port=$3
here=$(dirname "$(readlink -f "$0")")
mkdir -p "$root"/{etc,tmp,run,proc,dev,opt/aws/bin,etc/systemd/system,stubs,objects,result,var/log}
chmod 0755 "$root" # others than root live in it
chmod 1777 "$root/tmp"
for folder in usr bin sbin lib lib64; do
  [ -e "/$folder" ] || continue
  if [ -L "/$folder" ]; then ln -sfn "$(readlink "/$folder")" "$root/$folder"; continue; fi
  mkdir -p "$root/$folder"
  mount --bind -o ro "/$folder" "$root/$folder"
done
for file in passwd group shadow gshadow login.defs nsswitch.conf ld.so.cache ld.so.conf; do
  [ ! -e "/etc/$file" ] || cp "/etc/$file" "$root/etc/$file"
done
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
cp "$here/aws" "$here/systemctl" "$root/stubs/"
cp "$here/cfn-signal" "$root/opt/aws/bin/"
chmod 0755 "$root"/stubs/* "$root/opt/aws/bin/cfn-signal"
ip link set lo up
ip address add 169.254.169.254/32 dev lo
echo InService > "$root/result/wanted"
"$node" "$here/imds.cjs" "$root/result/imds" "$root/result/wanted" &
until [ -e "$root/result/imds" ]; do sleep 0.05; done
inside() { env -i PATH=/stubs:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot "$root" "$@"; }
status=0
inside /user-data > "$root/result/output" 2>&1 || status=$?
echo "$status" > "$root/result/exit"
if [ "$status" = 0 ]; then
  inside curl -fsS --max-time 2 "http://127.0.0.1:$port/healthz" > "$root/result/healthz"
  awk '/^Uid:/ { print $2 }' "$root/proc/$(cat "$root/run/holdfast.pid")/status" > "$root/result/user"
  if [ -e "$root/etc/systemd/system/holdfast-lifecycle.service" ]; then
    until grep -q launching "$root/result/reports" 2> /dev/null; do sleep 0.05; done
    echo Terminated > "$root/result/wanted"
    until grep -q complete-lifecycle-action.*terminating "$root/result/reports"; do sleep 0.05; done
  fi
fi
