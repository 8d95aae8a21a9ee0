"""Prints what creates each resource type, as JSON: {emulator: [types], bridge: [types]}."""

import json

from ministack.services.cloudformation import provisioners

own = sorted(provisioners._RESOURCE_HANDLERS)

import bridge  # noqa: E402  (the emulator's own list had to be read first)

print(json.dumps({"emulator": own, "bridge": sorted(bridge.HANDLERS)}))
