"""``sample``: works the draw of an audit out again, from what everybody can see."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from typing import Any

from qiaojiejie.credit.audit.memory import Memory
from qiaojiejie.credit.audit.site import Site, Trouble
from qiaojiejie.credit.audit.tree import Line, Reading, alongside
from qiaojiejie.credit.rules import sampling
from qiaojiejie.transparency import rules

DAYS_BEFORE = 7
DRAWN = ("log_size", "root", "nonce", "public_draw", "frame", "sample")
KINDS = ("audit_planned", "audit_drawn", "audit_report", "audit_cancelled")


class Draw:
    """What the log says of one audit, gathered while it is read through."""

    def __init__(self, key: str, population: str, first: int, last: int) -> None:
        self.key, self.population, self.first, self.last = key, population, first, last
        self.said: dict[str, Line] = {}
        self.places: list[int] = []

    def take(self, index: int, said: Line, line: Line | None) -> None:
        """A leaf with its line: one of the population, or one about the audit itself."""
        if said.get("type") == self.population and self.first <= said["t"] <= self.last:
            self.places.append(index)
        if said.get("type") in KINDS and line is not None and line.get("plan") == self.key:
            self.said[said["type"]] = line


def sample(*, site: Site, memory: Memory, audit_id: str, tell: Callable[[str], None]) -> None:
    """Check a plan, its draw and its report against the log. Raises Trouble when anything is wrong."""
    audit = site.json(f"/audits/{audit_id}")
    checkpoint = memory.check(site.checkpoint())[1]
    log_size = audit["log_size"] or 0
    reading = Reading.asking({log_size, checkpoint.size} - {0})
    draw = Draw(audit["key"], audit["population"], _day(audit["from_day"]), _day(audit["to_day"]))
    for said, line in alongside(site.bodies(checkpoint.size), site.lines(), reading):
        draw.take(reading.tree.size - 1, said, line)
    wrong = list(reading.wrong)
    if reading.tree.root != checkpoint.root:
        wrong.append("the leaves do not give the root that was signed")
    wrong += _plan(draw, audit)
    if audit["log_size"] is not None:
        wrong += _drawn(draw, audit, reading)
    if audit["report_sha256"] is not None:
        wrong += _reported(draw, site.json(f"/audits/{audit_id}/report"))
    for each in wrong:
        tell("WRONG 有误: " + each)
    if wrong:
        raise Trouble(f"{len(wrong)} things about this audit are wrong 这次核查有 {len(wrong)} 处不符")
    tell(_verdict(draw, audit))


def _plan(draw: Draw, audit: dict[str, Any]) -> list[str]:
    said = draw.said.get("audit_planned")
    if said is None:
        return ["the log knows no such plan"]
    shown = {"nonce_hash": audit["commitment"], "population": audit["population"], "from": draw.first, "to": draw.last,
             "rate": audit["rate"], "draw_on": _day(audit["draw_on"]), "source": audit["source"]}
    wrong = [f"the plan's {name} is {said.get(name)!r} in the log and {value!r} at the address"
             for name, value in shown.items() if said.get(name) != value]
    if said["t"] + DAYS_BEFORE > said["draw_on"]:
        wrong.append(f"the draw was set {said['draw_on'] - said['t']} days after the commitment, not {DAYS_BEFORE}")
    return wrong


def _drawn(draw: Draw, audit: dict[str, Any], reading: Reading) -> list[str]:
    said, plan = draw.said.get("audit_drawn"), draw.said.get("audit_planned")
    if said is None or plan is None:
        return ["the log knows no such draw"]
    wrong = [f"the draw's {name} is {said.get(name)!r} in the log and {audit[name]!r} at the address"
             for name in DRAWN if said.get(name) != audit[name]]
    size, nonce = said["log_size"], bytes.fromhex(said["nonce"])
    if sampling.commitment(nonce) != plan["nonce_hash"]:
        wrong.append("the nonce is not the one that was committed to")
    if reading.roots.get(size, b"").hex() != said["root"]:
        wrong.append(f"the first {size} leaves do not give the root the draw used")
    if not plan["index"] < size <= said["index"] or said["t"] < plan["draw_on"]:
        wrong.append("plan, checkpoint and draw do not follow each other")
    frame = [index for index in draw.places if index < size]
    seed = sampling.seed(bytes.fromhex(said["root"]), nonce, said["public_draw"])
    if len(frame) != said["frame"] or sampling.sample(seed, frame, sampling.SIZES[plan["rate"]]) != said["sample"]:
        wrong.append(f"the sample is another one: the log has {len(frame)} such leaves, and the seed gives "
                     f"{sampling.sample(seed, frame, sampling.SIZES[plan['rate']])}")
    return wrong


def _reported(draw: Draw, published: dict[str, Any]) -> list[str]:
    said, drawn, report = draw.said.get("audit_report"), draw.said.get("audit_drawn"), published["report"]
    if said is None or drawn is None:
        return ["the log knows no such report"]
    wrong = []
    if hashlib.sha256(rules.canonical(report)).hexdigest() != said["sha256"]:
        wrong.append("the report is not the one whose digest the log has")
    if [each["index"] for each in report["findings"]] != drawn["sample"]:
        wrong.append("the report is not about the leaves that were drawn")
    verdicts = [each["verdict"] for each in report["findings"]]
    defects, doubtful = verdicts.count("defect"), len(verdicts) - verdicts.count("sound")
    counted = {"sampled": len(verdicts), "defects": defects, "unverifiable": doubtful - defects,
               "bound_permyriad": sampling.upper_bound(len(verdicts), defects, drawn["frame"]),
               "cautious_permyriad": sampling.upper_bound(len(verdicts), doubtful, drawn["frame"])}
    return wrong + [f"the report's {name} is {said.get(name)!r} in the log and comes out as {value!r}"
                    for name, value in counted.items() if said.get(name) != value]


def _verdict(draw: Draw, audit: dict[str, Any]) -> str:
    if "audit_drawn" not in draw.said:
        return f"the plan stands in the log as it is shown; not drawn yet ({audit['state_name']})"
    drawn = draw.said["audit_drawn"]
    return "\n".join([
        f"the sample is right: {len(drawn['sample'])} of {drawn['frame']} leaves 抽样结果可以复现",
        json.dumps(drawn["sample"]),
        f"left to compare by hand: the public draw “{drawn['public_draw']}” with its source ({audit['source']})",
        f"and that the checkpoint of {drawn['log_size']} leaves was the first of that day: /api/v1/log/checkpoints"])


def _day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days
