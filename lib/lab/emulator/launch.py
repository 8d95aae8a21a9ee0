"""Starts the AWS emulator of the lab: pinned, on loopback, with what the templates need and it lacks.

Usage: python launch.py CONFIG.json, where CONFIG holds {version, port, publicPort, hostedZones: [{id, name}],
notEmulatedFile}. It listens on port; the addresses that it gives out (queue URLs, call-backs of custom resources) lead
to publicPort, where the gateway listens, so that no call passes the gateway by.
The rest of this folder says what is added (bridge.py), repaired (repairs.py) or only noted (absent.py).
"""

import asyncio
import importlib.metadata
import json
import os
import sys


# The package's own folder may be shared or read-only.
sys.dont_write_bytecode = True


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        config = json.load(file)
    found = importlib.metadata.version("ministack")
    if found != config["version"]:
        # Handlers are registered on a private interface, so another version may drop resources in silence.
        sys.exit(f"emulator ministack {found} found, {config['version']} needed: remove the virtual environment")
    # Read by the emulator when it is imported.
    os.environ.update(
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(config["publicPort"]),
        MINISTACK_HOST="127.0.0.1",
        IOT_MTLS_ENABLED="0",
        LOG_LEVEL="WARNING",
        MINISTACK_ACCOUNT_ID="000000000000",
    )
    from ministack.app import app

    import absent
    import bridge
    import repairs
    import zones

    repairs.apply(config["notEmulatedFile"])
    bridge.register()
    absent.register(config["notEmulatedFile"])
    zones.create(config["hostedZones"])
    serve(app, config["port"])


def serve(app, port):
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    settings = Config()
    settings.bind = [f"127.0.0.1:{port}"]
    settings.keep_alive_timeout = 75
    settings.graceful_timeout = 0.2
    settings.loglevel = "WARNING"
    asyncio.run(hypercorn_serve(app, settings))


if __name__ == "__main__":
    main()
