"""What the service can do, measured as ratios in one run: ``python -m benchmarks`` (see docs/benchmarks.md).

``ground`` databases and servers · ``town`` what is in them · ``load`` who asks · ``goals`` what is to be reached ·
``report`` how it is shown; each other module measures one subject: ``measure(...)`` answers rounds by name.
"""
