"""Forward actions of listeners and rules keep their target groups and weights, from templates and from the API."""

from ministack.services import alb
from ministack.services.cloudformation import provisioners


def apply():
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
