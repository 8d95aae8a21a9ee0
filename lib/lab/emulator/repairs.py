"""What the emulator accepts only in part, made whole.

- Forward actions of listeners and rules keep their target groups and weights, from templates and from the API.
- A DB cluster with GlobalClusterIdentifier joins its global cluster: as the writer when it is the first.
- A cluster whose master password RDS manages answers the ARN of that secret.
- One instance of a DB cluster is its writer, not all.
- A global table has its replicas, except a strongly consistent one, whose calls the gateway routes to one store.
- Booleans of health checks are written as XML booleans.
- Public parameters of machine images that the emulator does not know get a placeholder: no instance boots.
- An alarm over metric math stands there and is never evaluated (INSUFFICIENT_DATA), which is written down.
- Any Aurora version is accepted: the topology's choice is not the emulator's to refuse.
"""

import absent
from ministack.services import alb, dynamodb, rds, route53, ssm
from ministack.services.cloudformation import provisioners


def apply(not_emulated_file):
    keep_forward_weights()
    join_global_cluster()
    one_writer_instance()
    replicate_global_tables()
    write_booleans_as_xml()
    accept_metric_math(not_emulated_file)
    ssm._PUBLIC_AMI_PARAMETERS = PublicImages(ssm._PUBLIC_AMI_PARAMETERS)
    rds._unsupported_aurora_engine_version_error = lambda *_args, **_kwargs: None


# -- listeners -------------------------------------------------------------------------------------------------


def keep_forward_weights():
    parse, render, from_template = alb._parse_actions, alb._action_xml, provisioners._elbv2_listener_actions

    def parse_actions(params, prefix="DefaultActions"):
        actions = parse(params, prefix)
        for index, action in enumerate(actions, start=1):
            groups = parse_groups(params, f"{prefix}.member.{index}.ForwardConfig.TargetGroups.member")
            if groups:
                action["ForwardConfig"] = {"TargetGroups": groups}
                action.setdefault("TargetGroupArn", groups[0]["TargetGroupArn"])
        return actions

    def template_actions(props, lb_arn, prop="DefaultActions"):
        actions = from_template(props, lb_arn, prop)
        declared = [a for a in props.get(prop) or [] if isinstance(a, dict)]
        for action, source in zip(actions, declared):
            groups = [
                {"TargetGroupArn": g["TargetGroupArn"], "Weight": int(g.get("Weight", 1))}
                for g in (source.get("ForwardConfig") or {}).get("TargetGroups") or []
            ]
            if groups:
                action["ForwardConfig"] = {"TargetGroups": groups}
            for group in groups if lb_arn else []:
                arns = alb._tgs.get(group["TargetGroupArn"], {}).setdefault("LoadBalancerArns", [])
                if lb_arn not in arns:
                    arns.append(lb_arn)
        return actions

    def action_xml(action):
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
        if not groups and action.get("Type") == "forward" and "TargetGroupArn" in action:
            groups = [{"TargetGroupArn": action["TargetGroupArn"], "Weight": 1}]
        if not groups:
            return render(action)
        # As on AWS: the single form is answered too, but only where there is a single group.
        shown = {k: v for k, v in action.items() if k != "TargetGroupArn" or len(groups) == 1}
        members = "".join(
            f"<member><TargetGroupArn>{g['TargetGroupArn']}</TargetGroupArn><Weight>{g['Weight']}</Weight></member>"
            for g in groups
        )
        config = f"<ForwardConfig><TargetGroups>{members}</TargetGroups></ForwardConfig>"
        rendered = render(shown)
        end = rendered.rindex("</member>") if rendered.endswith("</member>") else len(rendered)
        return rendered[:end] + config + rendered[end:]

    alb._parse_actions = parse_actions
    alb._action_xml = action_xml
    provisioners._elbv2_listener_actions = template_actions


def parse_groups(params, prefix):
    groups, index = [], 1
    while alb._p(params, f"{prefix}.{index}.TargetGroupArn"):
        weight = alb._p(params, f"{prefix}.{index}.Weight") or "1"
        groups.append({"TargetGroupArn": alb._p(params, f"{prefix}.{index}.TargetGroupArn"), "Weight": int(weight)})
        index += 1
    return groups


# -- databases -------------------------------------------------------------------------------------------------


def join_global_cluster():
    handlers = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBCluster"]
    create = handlers["create"]

    def create_and_join(logical_id, props, stack):
        name = props.get("GlobalClusterIdentifier")
        parent = rds._global_clusters.get(name) if name else None
        if name and parent is None:
            raise ValueError(f"GlobalClusterNotFoundFault: global cluster {name} not found")
        physical_id, attributes = create(logical_id, props, stack)
        if props.get("ManageMasterUserPassword"):
            attributes |= managed_secret(rds._clusters[physical_id])
        if parent is not None:
            rds._attach_cluster_to_global(
                parent, rds._clusters[physical_id], is_writer=not parent["GlobalClusterMembers"]
            )
        return physical_id, attributes

    provisioners._rds_db_cluster_create = create_and_join
    handlers["create"] = create_and_join


def managed_secret(cluster):
    """The secret that RDS keeps for a cluster: a name that nothing in the lab opens."""
    arn = cluster["DBClusterArn"].replace(":rds:", ":secretsmanager:").replace(":cluster:", ":secret:rds!cluster-")
    cluster["MasterUserSecret"] = {"SecretArn": arn, "SecretStatus": "active"}
    return {"MasterUserSecret.SecretArn": arn}


def one_writer_instance():
    handlers = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBInstance"]
    create = handlers["create"]

    def create_member(logical_id, props, stack):
        physical_id, attributes = create(logical_id, props, stack)
        cluster = rds._clusters.get(props.get("DBClusterIdentifier") or "") or {}
        for index, member in enumerate(cluster.get("DBClusterMembers", [])):
            member["IsClusterWriter"] = index == 0
        return physical_id, attributes

    provisioners._rds_db_instance_create = create_member
    handlers["create"] = create_member


# -- tables ----------------------------------------------------------------------------------------------------


def replicate_global_tables():
    handlers = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::GlobalTable"]
    create = handlers["create"]

    def create_with_replicas(logical_id, props, stack):
        physical_id, attributes = create(logical_id, props, stack)
        if props.get("MultiRegionConsistency") != "STRONG":
            home = provisioners.get_region()
            regions = [r["Region"] for r in props.get("Replicas") or [] if r.get("Region") != home]
            for region in regions:
                table = dynamodb._tables[physical_id]
                dynamodb._apply_replica_updates(physical_id, table, [{"Create": {"RegionName": region}}])
        return physical_id, attributes

    handlers["create"] = create_with_replicas


# -- health checks ---------------------------------------------------------------------------------------------


def write_booleans_as_xml():
    parse = route53._parse_health_check_config

    def parse_config(element):
        return {k: str(v).lower() if isinstance(v, bool) else v for k, v in parse(element).items()}

    route53._parse_health_check_config = parse_config


# -- alarms ----------------------------------------------------------------------------------------------------


def accept_metric_math(path):
    handlers = provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"]
    create, update = handlers["create"], handlers["update"]

    def without_math(props):
        if not props.get("Metrics"):
            return props
        kept = {k: v for k, v in props.items() if k not in ("Metrics", "TreatMissingData")}
        unread = {"Namespace": "Holdfast/NotEvaluated", "MetricName": "metric-math", "Statistic": "Sum", "Period": 60}
        return {**kept, **unread}

    def create_alarm(logical_id, props, stack):
        if props.get("Metrics"):
            absent.note(path, "created", "AWS::CloudWatch::Alarm (metric math)", stack, logical_id)
        return create(logical_id, without_math(props), stack)

    def update_alarm(physical_id, old, new, stack, *rest):
        return update(physical_id, without_math(old), without_math(new), stack, *rest)

    handlers["create"] = create_alarm
    handlers["update"] = update_alarm


# -- machine images --------------------------------------------------------------------------------------------


class PublicImages(dict):
    """The emulator's list of public image parameters, open to every other one."""

    def get(self, name, default=None):
        if name in self:
            return self[name]
        return "ami-00000000000000000" if str(name).startswith("/aws/service/ami-") else default
