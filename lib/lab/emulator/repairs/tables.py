"""A global table has its replicas, except a strongly consistent one, whose calls the gateway routes to one store."""

from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners


def apply():
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
