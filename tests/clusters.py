"""``python -m tests.clusters``: a Dask cluster of two processes and an S3 server, both on loopback.

Prints one JSON line (address, pids of the workers, endpoint), and ends with its standard input. What starts it sets
the dummy credentials; the workers inherit them.
"""

from __future__ import annotations

import json
import logging
import os
import sys

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1,localhost",
}


def main() -> None:
    """Serve until standard input ends."""
    from distributed import LocalCluster
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").disabled = True
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ["AWS_ENDPOINT_URL"] = f"http://{host}:{port}"
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        pids = [worker.process.process.pid for worker in cluster.workers.values()]
        print(
            json.dumps(
                {"address": cluster.scheduler_address, "pids": pids, "endpoint": os.environ["AWS_ENDPOINT_URL"]}
            ),
            flush=True,
        )
        sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
