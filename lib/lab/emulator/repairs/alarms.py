"""An alarm over metric math stands there and is never evaluated (INSUFFICIENT_DATA), which is written down."""

import absent
from ministack.services.cloudformation import provisioners


def apply(path):
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
