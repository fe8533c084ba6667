"""A Ray cluster of several nodes on this machine, with a processor each: `python -m tests.graphs.ray_nodes NODES`.

Prints its address. Each line of standard input kills a node; the end of it ends the cluster.
"""

import socket
import sys

from ray.cluster_utils import Cluster


def main(nodes: int) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    one = {"num_cpus": 1, "object_store_memory": 100 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args={**one, "ray_client_server_port": port})
    others = [cluster.add_node(**one) for _ in range(nodes - 1)]
    print(f"ray://127.0.0.1:{port}", flush=True)
    for _ in sys.stdin:
        cluster.remove_node(others.pop(), allow_graceful=False)
        print("killed", flush=True)
    cluster.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]))
