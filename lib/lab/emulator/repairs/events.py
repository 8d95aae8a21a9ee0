"""Rules of EventBridge are records: the lab wakes functions itself, in processes of their own and at its time scale."""

from ministack.services import eventbridge


def apply():
    eventbridge.start_scheduler = lambda: None
