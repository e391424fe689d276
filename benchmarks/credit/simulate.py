"""Which way of scoring finds the truth in a made-up market, honest and attacked.

    .venv/bin/python benchmarks/credit/simulate.py            # 6 seeds, a market of 360 workers; a few minutes
    .venv/bin/python benchmarks/credit/simulate.py --quick    # 1 seed, 120 workers; seconds
    .venv/bin/python benchmarks/credit/simulate.py --rules v1 v1.1 --seeds 21 22

The same seeds print the same figures. Each figure is the mean of the seeds, ± its standard deviation between them.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from time import process_time

import collapse
from attacks import ATTACKS
from market import AS_OF, Market, grow
from measures import Books, bad_by_grade, by_rival, mean, spearman, spread
from rivals import RIVALS

from qiaojiejie.credit import rules

SEEDS, WORKERS = (101, 102, 103, 104, 105, 106), 360
Figures = defaultdict[tuple[str, str], list[float]]
COLLAPSE = ("orders until seen", "never seen, %", "orders to a lower grade", "lower though steady, %")


def attacked(seed: int, workers: int, attack: str) -> Market:
    """A market of a seed; "honest" is no attack."""
    market = grow(seed, workers)
    if attack != "honest":
        ATTACKS[attack](random.Random(seed + 1), market)
    return market


def correlations(found: Figures, grades: Figures, seed: int, workers: int, versions: Sequence[rules.RuleSet]) -> None:
    """Rank correlation with true quality, honest and under each attack; bad jobs by grade in the honest market."""
    for attack in ("honest", *ATTACKS):
        market = attacked(seed, workers, attack)
        for rule in versions:
            books = Books(market, rule)
            standings = {key: books.standing(key, AS_OF) for key in market.workers}
            value = spearman({key: each["raw"] for key, each in standings.items()}, market.workers)
            found[f"rule {rule.version}", attack].append(value)
            if attack == "honest":
                shares = bad_by_grade({key: each["grade"] for key, each in standings.items()}, market.workers)
                for grade, (share, count) in shares.items():
                    grades[f"rule {rule.version}", grade].append(100 * share)
                    grades[f"rule {rule.version}, workers", grade].append(count)
        for name, rival in RIVALS.items():
            found[name, attack].append(spearman(by_rival(market, rival), market.workers))


def collapses(found: Figures, seed: int, workers: int, versions: Sequence[rules.RuleSet]) -> None:
    """Orders until a collapse is seen."""
    market = grow(seed, workers, falling=True)
    fallen, steady = collapse.watched(market)
    for rule in versions:
        books = Books(market, rule)
        orders, never = collapse.delays(collapse.of_books(books), fallen, steady)
        lower, wrongly = collapse.until_lower(books, fallen, steady)
        for column, value in zip(COLLAPSE, (orders, 100 * never, lower, 100 * wrongly), strict=True):
            found[f"rule {rule.version}", column].append(value)
    for name, rival in RIVALS.items():
        orders, never = collapse.delays(collapse.of_rival(market, rival), fallen, steady)
        found[name, COLLAPSE[0]].append(orders)
        found[name, COLLAPSE[1]].append(100 * never)


def table(title: str, found: Figures, columns: Iterable[str], places: int) -> str:
    """A table in Markdown, a line a method."""
    columns = list(columns)
    lines = [f"\n{title}\n", "| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name in dict.fromkeys(name for name, _ in found):
        cells = [_cell(found.get((name, column), []), places) for column in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(values: Sequence[float], places: int) -> str:
    return f"{mean(values):.{places}f} ± {spread(values):.{places}f}" if values else ""


def differences(found: Figures, one: str, other: str, columns: Iterable[str], places: int) -> str:
    """How far the second rule differs from the first, seed by seed: most of what differs between seeds is in both."""
    cells = []
    for column in columns:
        pairs = zip(found.get((one, column), []), found.get((other, column), []), strict=True)
        apart = [b - a for a, b in pairs]
        if apart:
            cells.append(f"{column} {mean(apart):+.{places}f} ± {spread(apart):.{places}f}")
    return f"\n{other} less {one}, seed by seed: " + "; ".join(cells)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one seed, 120 workers")
    parser.add_argument("--seeds", nargs="+", type=int, metavar="N")
    parser.add_argument("--workers", type=int, metavar="N")
    parser.add_argument("--rules", nargs="+", default=list(rules.packaged()), metavar="VERSION")
    asked = parser.parse_args(arguments)
    seeds = asked.seeds or (SEEDS[:1] if asked.quick else SEEDS)
    workers = asked.workers or (120 if asked.quick else WORKERS)
    versions = [rules.packaged()[version] for version in asked.rules]
    right, grades, late = Figures(list), Figures(list), Figures(list)
    for seed in seeds:
        correlations(right, grades, seed, workers, versions)
        collapses(late, seed, workers, versions)
    print(f"seeds {', '.join(map(str, seeds))}; {workers} workers; rules "
          + ", ".join(f"{rule.version} {rule.hash[:12]}" for rule in versions))
    attacks = ["honest", *ATTACKS]
    print(table("Rank correlation with true quality", right, attacks, 3))
    print(table("Truly bad jobs by grade, %; workers", grades, versions[0].grades, 1))
    print(table("Sudden collapse of a good worker", late, COLLAPSE, 1))
    for rule in versions[1:]:
        pair = f"rule {versions[0].version}", f"rule {rule.version}"
        print(differences(right, *pair, attacks, 3))
        print(differences(late, *pair, COLLAPSE, 1))
    print(f"\n{process_time():.0f} seconds of the processor")


if __name__ == "__main__":
    main()
