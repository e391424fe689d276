"""Run storms: ``python -m tests.soak storm --seeds 5 --kills 40``."""

import argparse
from pathlib import Path

from tests.soak import storm

def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--visits", type=int, default=40)
    parser.add_argument("--hurry", default="")
    parser.add_argument("--without", default="")
    parser.add_argument("--keep")
    given = parser.parse_args()
    print("seed", given.seed, flush=True)
    twist = {k: v for k, v in (("SOAK_HURRY", given.hurry), ("SOAK_WITHOUT", given.without)) if v}
    outcome = storm.blow(storm.Storm(given.seed, given.kills, given.visits, twist=twist), Path(given.keep) if given.keep else None)
    print(storm.told(outcome))

main()
