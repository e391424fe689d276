"""The command: what it takes, what it says, how it ends (0 in order, 1 something is wrong, 2 asked wrongly,
3 the log contradicts itself, 4 not reachable)."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from qiaojiejie.credit.audit import replaying, sampling, verifying, witnessing
from qiaojiejie.credit.audit.copying import Copy
from qiaojiejie.credit.audit.memory import Memory, place_of
from qiaojiejie.credit.audit.site import UNREACHED, USAGE, Site, Trouble

EPOCH = date(1970, 1, 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return trouble.code
    except (KeyError, TypeError, ValueError) as unknown:
        print(f"what was read is not of a form this command knows ({unknown!r}) 内容格式无法识别", file=sys.stderr)
        return UNREACHED
    except OSError as broken:
        print(f"{broken.filename}: {broken.strerror} 文件读写失败", file=sys.stderr)
        return UNREACHED
    except KeyboardInterrupt:
        print("stopped 已中断", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("credit-audit", description="核对巧姐姐公开信用日志 · Check the public log, the scores "
                                     "and the audits, with nothing but a public address.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], None], what: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=what)
        made.set_defaults(run=run)
        return made

    export = _stateful(command("export", _export, "fetch the ledger 导出账本"))
    export.add_argument("-o", "--output", type=Path, default=Path("ledger.jsonl"), metavar="FILE")
    export.add_argument("--from-index", type=_index, default=0, metavar="N", help="begin a new file here")
    verify = _stateful(command("verify", _verify, "check every leaf, line and counter 核对日志"), optional=True)
    verify.add_argument("--ledger", type=Path, metavar="FILE", help="hold this export against the log")
    replay = command("replay", _replay, "compute every score anew 重算信用分")
    replay.add_argument("url", nargs="?")
    replay.add_argument("--ledger", type=Path, metavar="FILE")
    replay.add_argument("--as-of", type=_day, metavar="DAY", help="a day number, or a date; today when left out")
    sample = _stateful(command("sample", _sample, "work an audit's draw out again 复现抽样"))
    sample.add_argument("plan_id")
    witness = _stateful(command("witness", _witness, "see that the log only grew, and cosign it 见证"))
    witness.add_argument("--key", type=Path, required=True, metavar="FILE", help="as `keygen` wrote it")
    keygen = command("keygen", _keygen, "make a witness's key 生成见证密钥")
    keygen.add_argument("file", type=Path)
    keygen.add_argument("--name", required=True, help="how the witness is called, such as federation.example/witness")
    return parser


def _stateful(parser: argparse.ArgumentParser, optional: bool = False) -> argparse.ArgumentParser:
    """With an address, and what is known of its log."""
    parser.add_argument("url", nargs="?" if optional else None)
    parser.add_argument("--state", type=Path, metavar="FILE", help="what was seen last time")
    parser.add_argument("--log-key", metavar="VKEY", help="the log's public key, when you have it from elsewhere")
    parser.add_argument("--witness-key", action="append", default=[], metavar="VKEY", help="a witness's; repeatable")
    return parser


def _day(text: str) -> int:
    try:
        return int(text) if text.isascii() and text.isdecimal() else (date.fromisoformat(text) - EPOCH).days
    except ValueError as broken:
        raise argparse.ArgumentTypeError(f"{text} is no day: 20781 or 2026-11-24") from broken


def _index(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text} is no index")
    return int(text)


def _known(given: argparse.Namespace, address: str, site: Site | None) -> Memory:
    memory = Memory.open(given.state or place_of(address))
    if site is not None or given.log_key:
        told = memory.meet(site or Site(address), given.log_key, given.witness_key)
        if told:
            print(told)
    if not memory.key:
        raise Trouble("the log's key is not known yet: give --log-key, or verify an address first", USAGE)
    return memory


def _beside(ledger: Path) -> Path:
    return ledger.with_name(ledger.name + ".state")


def _export(given: argparse.Namespace) -> None:
    site, copy = Site(given.url), Copy(given.output)
    memory = _known(given, given.url, site)
    count = copy.export(site, memory, given.from_index, print)
    beside = Memory(_beside(given.output), memory.key, memory.witnesses)
    # what was seen before is followed by what was shown to grow out of it alone: that is for verify
    for kept in (beside,) if memory.size else (beside, memory):
        kept.keep(copy.checkpoint(), kept.check(copy.checkpoint())[1])
    print(f"{given.output}: every line up to index {count - 1} 已导出")


def _verify(given: argparse.Namespace) -> None:
    ledger = Copy(given.ledger) if given.ledger else None
    if given.url:
        site = Site(given.url)
        verifying.verify(source=site, ledger=ledger, memory=_known(given, given.url, site), tell=print)
    elif ledger is not None:
        if given.state is None:
            given.state = _beside(given.ledger)
        verifying.verify(source=ledger, ledger=None, memory=_known(given, "", None), tell=print)
    else:
        raise Trouble("give an address or --ledger FILE 请给出网址或文件", USAGE)


def _replay(given: argparse.Namespace) -> None:
    if not given.url and not given.ledger:
        raise Trouble("give an address or --ledger FILE 请给出网址或文件", USAGE)
    replaying.replay(site=Site(given.url) if given.url else None, ledger=Copy(given.ledger) if given.ledger else None,
                     as_of=given.as_of, tell=print)


def _sample(given: argparse.Namespace) -> None:
    site = Site(given.url)
    sampling.sample(site=site, memory=_known(given, given.url, site), audit_id=given.plan_id, tell=print)


def _witness(given: argparse.Namespace) -> None:
    site = Site(given.url)
    witnessing.witness(site=site, memory=_known(given, given.url, site), key=given.key, tell=print)


def _keygen(given: argparse.Namespace) -> None:
    key = witnessing.keygen(given.file, given.name)
    print(f"{given.file} is secret; hand this line to whoever runs the log 请把下面这行公钥交给平台登记:\n{key.vkey}")
