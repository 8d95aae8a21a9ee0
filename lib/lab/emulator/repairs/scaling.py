"""Auto Scaling groups as AWS has them.

- A group made by a template has its instances (records; the lab runs their processes) in its subnets' zones.
- Its target groups are kept and answered.
- Desired capacity stays between the bounds; a desire beyond them is refused.
- A stack update leaves a size alone whose template value has not changed, as IgnoreUnmodifiedGroupSizeProperties says:
  sizes are live settings. A group without a desired capacity in the template keeps the one it has.
"""

from ministack.services import autoscaling, ec2
from ministack.services.cloudformation import provisioners

SIZES = ("MinSize", "MaxSize", "DesiredCapacity")


def apply():
    handlers = provisioners._RESOURCE_HANDLERS["AWS::AutoScaling::AutoScalingGroup"]
    create, update = handlers["create"], handlers["update"]

    def create_group(logical_id, props, stack):
        physical_id, attributes = create(logical_id, props, stack)
        settle(autoscaling._asgs[physical_id], props)
        return physical_id, attributes

    def update_group(physical_id, old, new, stack, logical_id=None):
        before = dict(autoscaling._asgs.get(physical_id) or {})
        new_id, attributes = update(physical_id, old, new, stack, logical_id)
        group = autoscaling._asgs[new_id]
        if new_id == physical_id:
            kept = [size for size in SIZES if str(old.get(size)) == str(new.get(size))]
            group.update({size: before[size] for size in kept})
        settle(group, new)
        return new_id, attributes

    handlers["create"] = provisioners._asg_create = create_group
    handlers["update"] = update_group
    answer_target_groups()
    keep_within_bounds()


def settle(group, props):
    group["TargetGroupARNs"] = list(props.get("TargetGroupARNs") or [])
    subnets = [ec2._subnets.get(subnet) or {} for subnet in group["VPCZoneIdentifier"].split(",")]
    zones = list(dict.fromkeys(s["AvailabilityZone"] for s in subnets if s.get("AvailabilityZone")))
    if zones:
        group["AvailabilityZones"] = zones
    clamp(group)
    autoscaling._reconcile_instances(group)


def clamp(group):
    group["DesiredCapacity"] = max(group["MinSize"], min(group["MaxSize"], group["DesiredCapacity"]))


def answer_target_groups():
    describe = autoscaling._ACTION_MAP["DescribeAutoScalingGroups"]

    def describe_groups(params):
        status, headers, body = describe(params)
        text = body.decode() if isinstance(body, bytes) else body
        for name, group in autoscaling._asgs.items():
            arns = "".join(f"<member>{arn}</member>" for arn in group.get("TargetGroupARNs") or [])
            head = f"<AutoScalingGroupARN>{group['AutoScalingGroupARN']}</AutoScalingGroupARN>"
            text = text.replace(head, f"{head}<TargetGroupARNs>{arns}</TargetGroupARNs>")
        return status, headers, text.encode()

    autoscaling._ACTION_MAP["DescribeAutoScalingGroups"] = describe_groups


def keep_within_bounds():
    update, desire = (autoscaling._ACTION_MAP[a] for a in ("UpdateAutoScalingGroup", "SetDesiredCapacity"))

    def refusal(group, size):
        if group is None or size in (None, ""):
            return None
        if int(size) < group["MinSize"]:
            return f"New SetDesiredCapacity value {size} is below min value {group['MinSize']} for the AutoScalingGroup."
        if int(size) > group["MaxSize"]:
            return f"New SetDesiredCapacity value {size} is above max value {group['MaxSize']} for the AutoScalingGroup."
        return None

    def set_desired(params):
        group = autoscaling._asgs.get(params.get("AutoScalingGroupName"))
        refused = refusal(group, params.get("DesiredCapacity"))
        return autoscaling._error("ValidationError", refused) if refused else desire(params)

    def update_group(params):
        group = autoscaling._asgs.get(params.get("AutoScalingGroupName"))
        if group is not None:
            bounds = {size: int(params.get(size) or group[size]) for size in SIZES}
            if bounds["MinSize"] > bounds["MaxSize"]:
                return autoscaling._error("ValidationError", "Min bound must be less than or equal to max bound")
            refused = refusal(bounds, params.get("DesiredCapacity"))
            if refused:
                return autoscaling._error("ValidationError", refused)
        answer = update(params)
        if group is not None:
            clamp(group)
            autoscaling._reconcile_instances(group)
        return answer

    autoscaling._ACTION_MAP["SetDesiredCapacity"] = set_desired
    autoscaling._ACTION_MAP["UpdateAutoScalingGroup"] = update_group
