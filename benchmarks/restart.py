"""How many of 10,000 requests are lost while two servers on one port are restarted in turn, again and again.

Each client keeps its connection as long as it may and never asks twice; nothing stands between it and the servers.
``python -m benchmarks.restart [requests] [clients] [how]``; how: ``leave`` as a unit does, ``term`` by SIGTERM alone.
"""

import sys

from benchmarks.ground import databases, free_port
from tests.core import shutdown

#: what a unit waits between telling its clients and SIGTERM
SECONDS = 2.0


def main(requests: str = "10000", clients: str = "8", how: str = "leave") -> None:
    """Serve, restart until all is asked, print; exit status 1 when a request was lost."""
    with databases() as new_database:
        port, env, restarts = free_port(), shutdown.environment(new_database()), 0
        servers = [shutdown.web(port, env) for _ in range(2)]
        crowd = None
        try:
            for each in servers:
                shutdown.listening(each, port)
            crowd = shutdown.Crowd(port, "/api/v1/services", int(clients))
            while crowd.asked < int(requests):
                leaves = servers.pop(0)
                if how == "leave":
                    shutdown.leave(leaves, SECONDS)
                else:
                    leaves.terminate()
                    leaves.wait(timeout=shutdown.PATIENCE)
                servers.append(shutdown.web(port, env))
                shutdown.listening(servers[-1], port)
                restarts += 1
        finally:
            if crowd:
                crowd.stop()
            for each in servers:
                each.terminate()
                each.wait(timeout=shutdown.PATIENCE)
    print(f"{crowd.asked} requests over {restarts} restarts ({how}): answers {dict(crowd.answers)}, "
          f"lost {crowd.lost.total()} {dict(crowd.lost)}")
    sys.exit(1 if crowd.lost or set(crowd.answers) != {200} else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
