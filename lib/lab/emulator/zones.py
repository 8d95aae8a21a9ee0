"""Hosted zones that exist before any stack, with the ids that the topology names."""

from ministack.services import route53


def create(zones):
    for zone in zones:
        name = route53._normalise_name(zone["name"])
        route53._zones[zone["id"]] = {
            "id": zone["id"],
            "name": name,
            "caller_reference": f"holdfast-{zone['id']}",
            "comment": "exists beforehand",
            "private": False,
            "vpcs": [],
        }
        route53._records[zone["id"]] = route53._default_records(name)
