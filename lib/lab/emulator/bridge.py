"""Types that the emulator's CloudFormation lacks, created in its own services behind the same APIs.

A handler is {create(logical_id, props, stack) -> (physical_id, attributes), update(physical_id, old, new, stack),
delete(physical_id, props)}; an update that answers another physical id is a replacement, and the emulator deletes the
old one.
"""

import re

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import cloudwatch, ec2, rds, route53, waf
from ministack.services.cloudformation import provisioners


def register():
    for rtype, handler in HANDLERS.items():
        if rtype in provisioners._RESOURCE_HANDLERS:
            raise SystemExit(f"the emulator now creates {rtype} itself: drop its bridge")
        provisioners._RESOURCE_HANDLERS[rtype] = handler


def call(action, params, rtype):
    """Calls a service's own API function, as its endpoint would, and raises what it refuses."""
    status, _headers, body = action(params)
    text = body.decode() if isinstance(body, bytes) else str(body)
    if status >= 400:
        raise ValueError(f"{rtype}: {first(text, 'Message') or text}")
    return text


def first(xml, tag):
    found = re.search(rf"<{tag}>([^<]*)</{tag}>", xml)
    return found.group(1) if found else ""


def tags(props, key="Tags"):
    return [{"Key": t["Key"], "Value": t.get("Value", "")} for t in props.get(key) or []]


def same(old, new, *names):
    return all(old.get(n) == new.get(n) for n in names)


# -- network ---------------------------------------------------------------------------------------------------


def eip_create(logical_id, props, stack):
    answer = call(ec2._allocate_address, {"Domain": props.get("Domain", "vpc")}, "AWS::EC2::EIP")
    allocation, address = first(answer, "allocationId"), first(answer, "publicIp")
    ec2._tags[allocation] = tags(props)
    return address, {"AllocationId": allocation, "PublicIp": address}


def eip_update(physical_id, old, new, stack):
    allocation = eip_allocation(physical_id)
    ec2._tags[allocation] = tags(new)
    return physical_id, {"AllocationId": allocation, "PublicIp": physical_id}


def eip_allocation(address):
    return next((i for i, a in ec2._addresses.items() if a["PublicIp"] == address), "")


def eip_delete(physical_id, props):
    ec2._addresses.pop(eip_allocation(physical_id), None)


def nat_create(logical_id, props, stack):
    params = {k: props[k] for k in ("SubnetId", "AllocationId", "ConnectivityType") if props.get(k)}
    gateway = first(call(ec2._create_nat_gateway, params, "AWS::EC2::NatGateway"), "natGatewayId")
    ec2._tags[gateway] = tags(props)
    return gateway, {"NatGatewayId": gateway}


def nat_update(physical_id, old, new, stack):
    if not same(old, new, "SubnetId", "AllocationId", "ConnectivityType"):
        return nat_create("", new, stack)
    ec2._tags[physical_id] = tags(new)
    return physical_id, {"NatGatewayId": physical_id}


def nat_delete(physical_id, props):
    ec2._nat_gateways.pop(physical_id, None)


def flow_log_create(logical_id, props, stack):
    params = {k: v for k, v in props.items() if isinstance(v, str)}
    params["ResourceId.1"] = props["ResourceId"]
    answer = call(ec2._create_flow_logs, params, "AWS::EC2::FlowLog")
    log = first(answer, "item")
    ec2._tags[log] = tags(props)
    return log, {"Id": log}


def flow_log_update(physical_id, old, new, stack):
    if not same({**old, "Tags": None}, {**new, "Tags": None}, *set(old) | set(new)):
        return flow_log_create("", new, stack)
    ec2._tags[physical_id] = tags(new)
    return physical_id, {"Id": physical_id}


def flow_log_delete(physical_id, props):
    ec2._flow_logs.pop(physical_id, None)


def group_rule(direction):
    """SecurityGroupIngress and SecurityGroupEgress: a rule of a group that stands apart from it."""
    store = "IpPermissions" if direction == "ingress" else "IpPermissionsEgress"

    def create(logical_id, props, stack):
        group = ec2._security_groups.get(props.get("GroupId"))
        if group is None:
            raise ValueError(f"security group {props.get('GroupId')} not found")
        rule = provisioners._ec2_sg_permissions([props])[0]
        rule["SecurityGroupRuleId"] = f"sgr-{new_uuid().replace('-', '')[:17]}"
        group.setdefault(store, []).append(rule)
        return rule["SecurityGroupRuleId"], {"Id": rule["SecurityGroupRuleId"]}

    def update(physical_id, old, new, stack):
        return create("", new, stack)

    def delete(physical_id, props):
        group = ec2._security_groups.get(props.get("GroupId")) or {}
        group[store] = [r for r in group.get(store, []) if r.get("SecurityGroupRuleId") != physical_id]

    return {"create": create, "update": update, "delete": delete}


# -- databases -------------------------------------------------------------------------------------------------


def global_cluster_create(logical_id, props, stack):
    params = {
        k: str(v).lower() if isinstance(v, bool) else v
        for k, v in props.items()
        if k != "Tags"
    }
    params["GlobalClusterIdentifier"] = props.get("GlobalClusterIdentifier") or f"{stack}-{logical_id}".lower()
    source = str(params.get("SourceDBClusterIdentifier") or "")
    if source.startswith("arn:"):
        params["SourceDBClusterIdentifier"] = source.rsplit(":", 1)[1]
    call(rds._create_global_cluster, params, "AWS::RDS::GlobalCluster")
    return global_cluster_answer(params["GlobalClusterIdentifier"])


def global_cluster_answer(name):
    cluster = rds._global_clusters[name]
    endpoint = f"{name}.global-{cluster['GlobalClusterResourceId'][-12:]}.global.rds.amazonaws.com"
    return name, {"GlobalEndpoint.Address": endpoint, "GlobalClusterArn": cluster["GlobalClusterArn"]}


def global_cluster_update(physical_id, old, new, stack):
    cluster = rds._global_clusters[physical_id]
    for key in ("EngineVersion", "DeletionProtection"):
        if key in new and new.get(key) != old.get(key):
            cluster[key] = new[key]
    return global_cluster_answer(physical_id)


def global_cluster_delete(physical_id, props):
    for member in (rds._global_clusters.get(physical_id) or {}).get("GlobalClusterMembers", []):
        rds._resolve_cluster(member["DBClusterArn"]).pop("GlobalClusterIdentifier", None)
    rds._global_clusters.pop(physical_id, None)


# -- health, alarms, web ACLs ----------------------------------------------------------------------------------


def xml_value(value):
    return str(value).lower() if isinstance(value, bool) else value


def health_check_create(logical_id, props, stack):
    check_id, reference = route53._hc_id(), f"{stack}-{logical_id}-{new_uuid()}"
    route53._health_checks[check_id] = {
        "id": check_id,
        "caller_reference": reference,
        "config": {k: xml_value(v) for k, v in props["HealthCheckConfig"].items()},
        "version": 1,
    }
    route53._hc_caller_refs[reference] = check_id
    route53._tags[("healthcheck", check_id)] = {t["Key"]: t["Value"] for t in tags(props, "HealthCheckTags")}
    return check_id, {"HealthCheckId": check_id}


def health_check_update(physical_id, old, new, stack):
    fixed = ("Type", "RequestInterval", "MeasureLatency")
    if not same(old["HealthCheckConfig"], new["HealthCheckConfig"], *fixed):
        return health_check_create("replaced", new, stack)
    check = route53._health_checks[physical_id]
    check["config"] = {k: xml_value(v) for k, v in new["HealthCheckConfig"].items()}
    check["version"] += 1
    route53._tags[("healthcheck", physical_id)] = {t["Key"]: t["Value"] for t in tags(new, "HealthCheckTags")}
    return physical_id, {"HealthCheckId": physical_id}


def health_check_delete(physical_id, props):
    route53._delete_health_check(physical_id)


def composite_create(logical_id, props, stack):
    name = props.get("AlarmName") or f"{stack}-{logical_id}"
    data = {k: v for k, v in props.items() if k not in ("AlarmName", "Tags")}
    data.update(AlarmName=name, Tags=tags(props))
    status, _headers, body = cloudwatch._put_composite_alarm({}, data, False, True)
    if status >= 400:
        raise ValueError(f"AWS::CloudWatch::CompositeAlarm: {body!r}")
    return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}


def composite_update(physical_id, old, new, stack):
    return composite_create("", {**new, "AlarmName": new.get("AlarmName") or physical_id}, stack)


def composite_delete(physical_id, props):
    cloudwatch._composite_alarms.pop(physical_id, None)


def web_acl_association_create(logical_id, props, stack):
    resource, acl = props["ResourceArn"], props["WebACLArn"]
    call(waf._associate_web_acl, {"ResourceArn": resource, "WebACLArn": acl}, "AWS::WAFv2::WebACLAssociation")
    return f"{acl}|{resource}", {}


def web_acl_association_update(physical_id, old, new, stack):
    return web_acl_association_create("", new, stack)


def web_acl_association_delete(physical_id, props):
    if waf._associations.get(props["ResourceArn"]) == props["WebACLArn"]:
        waf._associations.pop(props["ResourceArn"])


# -- hooks -----------------------------------------------------------------------------------------------------


def hook_create(logical_id, props, stack):
    arn = f"arn:aws:cloudformation:{get_region()}:{get_account_id()}:type/hook/{props['Alias'].replace('::', '-')}"
    return arn, {"HookArn": arn}


def hook_update(physical_id, old, new, stack):
    return hook_create("", new, stack)


def hook_delete(physical_id, props):
    pass


HANDLERS = {
    # The gateway asks the hook's function before it lets a stack change.
    "AWS::CloudFormation::LambdaHook": {"create": hook_create, "update": hook_update, "delete": hook_delete},
    "AWS::EC2::EIP": {"create": eip_create, "update": eip_update, "delete": eip_delete},
    "AWS::EC2::NatGateway": {"create": nat_create, "update": nat_update, "delete": nat_delete},
    "AWS::EC2::FlowLog": {"create": flow_log_create, "update": flow_log_update, "delete": flow_log_delete},
    "AWS::EC2::SecurityGroupIngress": group_rule("ingress"),
    "AWS::EC2::SecurityGroupEgress": group_rule("egress"),
    "AWS::RDS::GlobalCluster": {
        "create": global_cluster_create,
        "update": global_cluster_update,
        "delete": global_cluster_delete,
    },
    "AWS::Route53::HealthCheck": {
        "create": health_check_create,
        "update": health_check_update,
        "delete": health_check_delete,
    },
    "AWS::CloudWatch::CompositeAlarm": {
        "create": composite_create,
        "update": composite_update,
        "delete": composite_delete,
    },
    "AWS::WAFv2::WebACLAssociation": {
        "create": web_acl_association_create,
        "update": web_acl_association_update,
        "delete": web_acl_association_delete,
    },
}
