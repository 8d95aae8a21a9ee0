"""Clusters of databases as Aurora has them.

- A cluster with GlobalClusterIdentifier joins its global cluster: as the writer when it is the first.
- A cluster whose master password RDS manages answers the ARN of that secret.
- One instance of a cluster is its writer, not all.
- Any version is accepted: the topology's choice is not the emulator's to refuse.
"""

from ministack.services import rds
from ministack.services.cloudformation import provisioners


def apply():
    join_global_cluster()
    one_writer_instance()
    rds._unsupported_aurora_engine_version_error = lambda *_args, **_kwargs: None


def join_global_cluster():
    handlers = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBCluster"]
    create = handlers["create"]

    def create_and_join(logical_id, props, stack):
        name = props.get("GlobalClusterIdentifier")
        parent = rds._global_clusters.get(name) if name else None
        if name and parent is None:
            raise ValueError(f"GlobalClusterNotFoundFault: global cluster {name} not found")
        physical_id, attributes = create(logical_id, props, stack)
        if props.get("ManageMasterUserPassword"):
            attributes |= managed_secret(rds._clusters[physical_id])
        if parent is not None:
            rds._attach_cluster_to_global(
                parent, rds._clusters[physical_id], is_writer=not parent["GlobalClusterMembers"]
            )
        return physical_id, attributes

    provisioners._rds_db_cluster_create = create_and_join
    handlers["create"] = create_and_join


def managed_secret(cluster):
    """The secret that RDS keeps for a cluster: a name that nothing in the lab opens."""
    arn = cluster["DBClusterArn"].replace(":rds:", ":secretsmanager:").replace(":cluster:", ":secret:rds!cluster-")
    cluster["MasterUserSecret"] = {"SecretArn": arn, "SecretStatus": "active"}
    return {"MasterUserSecret.SecretArn": arn}


def one_writer_instance():
    handlers = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBInstance"]
    create = handlers["create"]

    def create_member(logical_id, props, stack):
        physical_id, attributes = create(logical_id, props, stack)
        cluster = rds._clusters.get(props.get("DBClusterIdentifier") or "") or {}
        for index, member in enumerate(cluster.get("DBClusterMembers", [])):
            member["IsClusterWriter"] = index == 0
        return physical_id, attributes

    provisioners._rds_db_instance_create = create_member
    handlers["create"] = create_member
