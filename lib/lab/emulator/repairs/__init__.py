"""What the emulator accepts only in part, made whole: one file a service."""

from repairs import alarms, databases, events, health_checks, images, listeners, scaling, tables


def apply(not_emulated_file):
    listeners.apply()
    scaling.apply()
    databases.apply()
    tables.apply()
    health_checks.apply()
    alarms.apply(not_emulated_file)
    images.apply()
    events.apply()
