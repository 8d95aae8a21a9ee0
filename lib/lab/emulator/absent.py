"""Types that the emulator does not know and nothing bridges: they exist by name only, and each is written down.

One JSON object a line: {event: created | deleted, type, logicalId, stack, region}. Nothing is dropped in silence: the
gateway reads the file and `holdfast status` and the drill report name what is in it.
"""

import json
import re

from ministack.core.responses import get_region
from ministack.services.cloudformation import provisioners

KNOWN_SHAPE = re.compile(r"^(?!AWS::CloudFormation::)AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$")


class AnyAttribute(dict):
    """Answers every Fn::GetAtt with a value that says what it is."""

    def __init__(self, physical_id):
        super().__init__()
        self.physical_id = physical_id

    def __contains__(self, key):
        return True

    def __getitem__(self, key):
        return f"{self.physical_id}/{key}"

    def __deepcopy__(self, memo):
        return AnyAttribute(self.physical_id)


class Handlers(dict):
    """The emulator's own handlers, then the noting ones for every other resource type of AWS."""

    def __init__(self, handlers, path):
        super().__init__(handlers)
        self.path = path

    def __contains__(self, rtype):
        return super().__contains__(rtype) or bool(KNOWN_SHAPE.match(str(rtype)))

    def get(self, rtype, default=None):
        if super().__contains__(rtype):
            return super().__getitem__(rtype)
        return noting(rtype, self.path) if rtype in self else default

    def __getitem__(self, rtype):
        handler = self.get(rtype)
        if handler is None:
            raise KeyError(rtype)
        return handler


def note(path, event, rtype, stack, logical_id):
    line = {"event": event, "type": rtype, "logicalId": logical_id, "stack": stack, "region": get_region()}
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def noting(rtype, path):
    def create(logical_id, props, stack):
        note(path, "created", rtype, stack, logical_id)
        physical_id = f"not-emulated/{stack}/{logical_id}"
        return physical_id, AnyAttribute(physical_id)

    def update(physical_id, old_props, new_props, stack):
        return physical_id, AnyAttribute(physical_id)

    def delete(physical_id, props):
        _, stack, logical_id = physical_id.split("/", 2)
        note(path, "deleted", rtype, stack, logical_id)

    return {"create": create, "update": update, "delete": delete}


def register(path):
    handlers = Handlers(provisioners._RESOURCE_HANDLERS, path)
    provisioners._RESOURCE_HANDLERS = handlers
    # Modules that imported the name before it was replaced.
    from ministack.services.cloudformation import changesets

    changesets._RESOURCE_HANDLERS = handlers
