"""Booleans of health checks are written as XML booleans."""

from ministack.services import route53


def apply():
    parse = route53._parse_health_check_config

    def parse_config(element):
        return {k: str(v).lower() if isinstance(v, bool) else v for k, v in parse(element).items()}

    route53._parse_health_check_config = parse_config
