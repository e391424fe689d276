"""The sixth skills competition, over and final: every county's, then the city's, whose entrants are their best."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.competitions import facts
from qiaojiejie.competitions.models import (
    Competition, CompetitionEntrant, CompetitionEvent, CompetitionHonour, CompetitionJudge, CompetitionResult,
    CompetitionSheet)
from qiaojiejie.competitions.rules import draw, published, ranking, shape
from qiaojiejie.competitions.service import competitions, results
from qiaojiejie.core import workdays
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.firms.models import Firm
from qiaojiejie.media import gateway
from qiaojiejie.media.models import Media
from qiaojiejie.sandbox.city import load, names, places
from qiaojiejie.sandbox.city.accounts import Accounts
from qiaojiejie.sandbox.city.contestants import EVENTS, PER_FIRM, able, choose, finalists
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.enrolment import PAPER
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import Officials
from qiaojiejie.transparency.rules import canonical

EDITION, JUDGES, OF_COUNTY, BEST = 6, 5, 3, 10
#: entrants over all levels, and of the city's alone, in a city of 3,000 workers
ALL, CITY, WORKERS = 1_100, 230, 3_000
CRITERIA = (("skill", "操作规范", 4000), ("safety", "安全卫生", 2500), ("talk", "沟通礼仪", 1500), ("result", "完成效果", 2000))
#: level → days from today: entries from, until, held, results published
DAYS = {"county": (-150, -126, -119, -117), "city": (-100, -86, -75, -73)}
WEIGHS: dict[str, dict[str, int | None]] = {"county": {"gold": 1, "silver": None, "bronze": None},
                                            "city": {"gold": 2, "silver": 1, "bronze": 1}}
#: title → the number of its decision, days from today
DECISIONS = {"city_technical_expert": ("宿工发〔示例〕18 号", -50), "women_pacesetter": ("宿妇发〔示例〕9 号", -48)}


class Season:
    """Writes what a year's competitions leave behind; collects the rows until ``flush``."""

    def __init__(self, dice: Dice, diary: load.Diary, officials: Officials, jury: Sequence[UUID]) -> None:
        self._dice, self._diary, self._officials, self._jury = dice, diary, officials, jury
        self._rows: dict[type, list[load.Row]] = {table: [] for table in (
            Competition, CompetitionEvent, CompetitionEntrant, CompetitionJudge, CompetitionSheet, CompetitionResult,
            Media, CompetitionHonour)}
        self.finished: list[UUID] = []

    def plan(self, level: str, name: str, region: str | None, parent: UUID | None) -> Competition:
        """A competition with its rules, final already."""
        opens, until, held, shown = (self._dice.today + timedelta(days=day) for day in DAYS[level])
        at, seed = self._at(level, 0, -5), self._dice.getrandbits(256).to_bytes(32, "big")
        admission = {**shape.ADMISSION, "age": {"least": 18, "most": 60, "on": held.isoformat()},
                     "per_firm": PER_FIRM, "titles_barred": ["city_technical_expert"],
                     "qualify": {"best": BEST} if level == "city" else None}
        row = {"id": self._dice.id_at(at), "name": name, "edition": EDITION, "level": level, "region_code": region,
               "year": (self._dice.today + timedelta(days=DAYS["city"][2])).year, "parent_id": parent,
               "state": "judging", "organiser": "宿迁市妇女联合会" if level == "city" else name[:3] + "妇女联合会",
               "entries_from": opens, "entries_until": until, "held_on": held, "admission": admission,
               "scoring": {**shape.SCORING, "award_levels": WEIGHS[level]},
               "titles": list(shape.TITLES) if level == "city" else [], "objection_days": 5, "draw_seed": seed,
               "draw_commitment": draw.commitment(seed), "drafted_by": self._officials.admin, "drafted_at": at,
               "sealed_at": self._at(level, 2, 0, 18), "missing": [], "published_by": self._officials.auditor,
               "published_at": self._at(level, 3), "objection_until": workdays.after(shown, 5),
               "finalised_at": self._at(level, 3, 10)}
        events = [{"competition_id": row["id"], "code": code, "position": position, "name": zh, "name_en": en,
                   "theory_max": ranking.FULL, "gold": 1, "silver": 2, "bronze": 3,
                   "criteria": [{"code": each, "name": words, "max": most} for each, words, most in CRITERIA]}
                  for position, (code, zh, en, _) in enumerate(EVENTS)]
        made = Competition(**row, events=[CompetitionEvent(**event) for event in events])
        self._rows[CompetitionEvent] += events
        self._note(made, self._at(level, 0, -5), facts.DRAFTED, level=level, year=made.year)
        self._note(made, self._at(level, 0), facts.ENTRIES_OPENED, draw_commitment=made.draw_commitment,
                   rule_sha256=competitions.rule_hash(made))
        return made

    def hold(self, made: Competition, judges: int, entered: Iterable[tuple[str, Hand]]) -> list[load.Row]:
        """Everything from the entries to the medals; the entrants by event and rank."""
        rows = self._enter(made, entered)
        seats = self._seat(made, judges)
        raw = self._judge(made, rows, seats)
        made.raw_sha256 = hashlib.sha256(canonical(raw)).hexdigest()
        ranks = ranking.results(made.rule, raw)
        self._publish(made, raw, ranks)
        by_number = {(row["event"], row["number"]): row for row in rows}
        ordered = [by_number[rank["event"], rank["number"]] for rank in ranks]
        for row, rank in zip(ordered, ranks, strict=True):
            row["rank"], row["medal"] = rank["rank"], rank["medal"]
            self._of(row, made.published_at, facts.PLACED, self._officials.auditor, edition=1)
        self._rows[CompetitionEntrant] += rows
        self._give_medals(made, ordered)
        columns = [column.key for column in Competition.__table__.columns]
        self._rows[Competition].append({name: getattr(made, name) for name in columns})
        self.finished.append(made.id)
        return ordered

    def _enter(self, made: Competition, entered: Iterable[tuple[str, Hand]]) -> list[load.Row]:
        rows: list[load.Row] = []
        for code, hand in entered:
            at = self._at(made.level, 0) + self._dice.minutes(0, 13 * 24 * 60)
            by_firm = self._dice.chance(0.7)
            rows.append({"id": self._dice.id_at(at), "competition_id": made.id, "event": code, "worker_id": hand.id,
                         "firm_id": hand.firm.id, "state": "entered", "number": None,
                         "via": "firm" if by_firm else "worker",
                         "entered_by": hand.firm.manager if by_firm else hand.account, "entered_at": at, "rank": None,
                         "medal": None, "quality": hand.quality})
        for code, *_ in EVENTS:
            there = {str(row["id"]): row for row in rows if row["event"] == code}
            for entrant, number in draw.numbers(made.draw_seed or b"", code, there).items():
                there[entrant]["number"] = number
        closed = self._at(made.level, 1, 1, 0)
        self._note(made, closed, facts.ENTRIES_CLOSED, entrants=len(rows))
        for row in rows:
            self._of(row, row["entered_at"], facts.ENTERED, row["entered_by"], via=row["via"])
            self._of(row, closed, facts.NUMBER_DRAWN, None)
        return rows

    def _seat(self, made: Competition, judges: int) -> dict[UUID, str | None]:
        """The jury: judge's id → her label, the examiner's last."""
        at, seats = self._at(made.level, 1, -3), list[load.Row]()
        for number, account in enumerate([*self._jury[:judges], self._jury[-1]]):
            kind = "chief" if number == 0 else "judge" if number < judges else "examiner"
            seats.append({"id": self._dice.id_at(at), "competition_id": made.id, "account_id": account, "kind": kind,
                          "label": None, "appointed_by": self._officials.admin, "appointed_at": at})
            self._note(made, at, facts.JUDGE_APPOINTED, judge=str(seats[-1]["id"]), kind=kind)
        labels = draw.labels(made.draw_seed or b"", [str(seat["id"]) for seat in seats[:judges]])
        for seat in seats:
            seat["label"] = labels.get(str(seat["id"]))
        self._rows[CompetitionJudge] += seats
        self._note(made, self._at(made.level, 2, 0, 8), facts.JUDGING_BEGUN, judges=judges)
        return {seat["id"]: seat["label"] for seat in seats}

    def _judge(self, made: Competition, rows: list[load.Row], seats: dict[UUID, str | None]) -> list[load.Row]:
        """A sheet of every judge about every entrant, and her theory mark; all as raw marks."""
        dice, at, found = self._dice, self._at(made.level, 2, 0, 10), list[load.Row]()
        *judges, examiner = seats
        strict = {judge: dice.gauss(0, 0.02) for judge in judges}
        order = [code for code, *_ in EVENTS]
        for row in sorted(rows, key=lambda row: (order.index(row["event"]), row["number"])):
            able = 0.8 + 0.05 * row.pop("quality") + dice.gauss(0, 0.04)
            theory = round(10_000 * min(1.0, max(0.3, able + dice.gauss(0, 0.05))) / 100) * 100
            practice: dict[str, Any] = {}
            for judge in judges:
                marks = {code: round(most * min(1.0, max(0.3, able + strict[judge] + dice.gauss(0, 0.03))) / 50) * 50
                         for code, _, most in CRITERIA}
                practice[str(seats[judge])] = marks
                self._sheet(made, row, judge, "practice", marks, at)
            self._sheet(made, row, examiner, "theory", {"paper": theory}, at)
            found.append({"event": row["event"], "number": row["number"], "entrant": str(row["id"]),
                          "theory": theory, "practice": practice})
        return found

    def _sheet(self, made: Competition, row: load.Row, judge: UUID, part: str, marks: load.Row, at: datetime) -> None:
        self._rows[CompetitionSheet].append({
            "id": self._dice.id_at(at), "competition_id": made.id, "entrant_id": row["id"], "judge_id": judge,
            "part": part, "marks": marks, "marked_at": at})

    def _publish(self, made: Competition, raw: list[load.Row], ranks: list[load.Row]) -> None:
        body = canonical(published.body(made, edition=1, raw=raw, corrections=[], ranks=ranks))
        digest = hashlib.sha256(body).hexdigest()
        self._rows[CompetitionResult].append({
            "competition_id": made.id, "edition": 1, "body": body.decode(), "sha256": digest, "objection_id": None,
            "published_by": self._officials.auditor, "published_at": made.published_at})
        assert made.sealed_at and made.published_at and made.finalised_at
        sheets = sum(len(each["practice"]) + 1 for each in raw)
        self._note(made, made.sealed_at, facts.SEALED, raw_sha256=made.raw_sha256, sheets=sheets, missing=0)
        self._note(made, made.published_at, facts.PUBLISHED, edition=1, sha256=digest, entrants=len(raw),
                   raw_sha256=made.raw_sha256)
        self._note(made, made.finalised_at, facts.FINALISED, edition=1, sha256=digest)

    def _give_medals(self, made: Competition, ordered: list[load.Row]) -> None:
        words = {code: zh for code, zh, *_ in EVENTS}
        for row in ordered:
            if row["medal"] is not None:
                honour = self._honour(
                    made, made.finalised_at, "medal", row["medal"], made.organiser,
                    f"{made.name} {words[row['event']]} {shape.MEDAL_NAMES[row['medal']]}", row)
                self._of(row, made.finalised_at, facts.MEDAL_AWARDED, None, honour=str(honour), medal=row["medal"],
                         level=made.scoring["award_levels"][row["medal"]])

    def name_titles(self, made: Competition, ordered: list[load.Row]) -> None:
        """The best three of each event, and who heads the firms with the most entrants."""
        expert, pacesetter = made.titles
        best = [row for row in ordered if row["rank"] and row["rank"] <= expert["best"]]
        per_event: Counter[str] = Counter()
        paper = self._paper(expert)
        for row in best:
            per_event[row["event"]] += 1
            if per_event[row["event"]] <= expert["best"]:
                at = self._dice.moment(DECISIONS[expert["code"]][1], 600)
                honour = self._honour(made, at, "title", expert["code"], expert["body"], expert["name"], row, paper)
                self._of(row, at, facts.TITLE_NAMED, self._officials.admin, honour=str(honour), title=expert["code"],
                         level=expert["award_level"])
        firms = Counter(row["firm_id"] for row in ordered)
        paper, at = self._paper(pacesetter), self._dice.moment(DECISIONS[pacesetter["code"]][1], 600)
        most = sorted(firms, key=lambda firm: (-firms[firm], str(firm)))[:pacesetter["most"]]
        heads = dict(db.session.execute(sa.select(Firm.id, Firm.legal_representative).where(Firm.id.in_(most))).all())
        for firm_id in most:
            honour = self._honour(made, at, "title", pacesetter["code"], pacesetter["body"], pacesetter["name"],
                                  {"worker_id": None, "firm_id": firm_id, "event": None}, paper,
                                  heads[firm_id].reveal())
            self._diary.note(at, facts.HEAD_NAMED, f"firm:{firm_id}", f"account:{self._officials.admin}", {
                "competition": str(made.id), "honour": str(honour), "title": pacesetter["code"]})

    def _honour(self, made: Competition, at: datetime | None, kind: str, code: str, body: str, name: str,
                row: load.Row, paper: load.Row | None = None, head: str | None = None) -> UUID:
        assert at is not None
        self._rows[CompetitionHonour].append({
            "id": self._dice.id_at(at), "competition_id": made.id, "kind": kind, "code": code, "name": name,
            "body": body, "state": "standing", "event": row["event"], "worker_id": row["worker_id"],
            "firm_id": row["firm_id"], "head_name": head, "named_on": at.date(),
            "document_no": paper and DECISIONS[code][0], "document_media_id": paper and paper["id"],
            "named_by": paper and self._officials.admin})
        found: UUID = self._rows[CompetitionHonour][-1]["id"]
        return found

    def _paper(self, title: load.Row) -> load.Row:
        at, digest = self._dice.moment(DECISIONS[title["code"]][1], 540), hashlib.sha256(PAPER)
        row: load.Row = {
            "id": self._dice.id_at(at), "account_id": self._officials.admin, "org_id": None, "kind": "evidence",
            "content_type": "application/pdf", "size": len(PAPER), "sha256": digest.digest(), "width": None,
            "height": None, "key": digest.hexdigest(), "public": False, "created_at": at}
        self._rows[Media].append(row)
        return row

    def flush(self) -> None:
        """COPY it all: sheets while their competition is being judged, which ends here."""
        gateway.store().put(hashlib.sha256(PAPER).hexdigest(), PAPER, "application/pdf")
        for table, rows in self._rows.items():
            load.put(table, rows)
        db.session.execute(sa.text("UPDATE competition SET state = 'final' WHERE id = ANY(:ids)"),
                           {"ids": self.finished})
        named = {row["worker_id"] for row in self._rows[CompetitionHonour] if row["worker_id"]}
        results.keep_honours(sorted(named))

    def _at(self, level: str, which: int, after: int = 0, hour: int = 9) -> datetime:
        return self._dice.sharp(DAYS[level][which] + after, hour * 60)

    def _note(self, made: Competition, at: datetime, fact: str, **data: Any) -> None:
        by = self._jury[0] if fact == facts.SEALED else self._officials.admin
        self._diary.note(at, fact, f"competition:{made.id}", f"account:{by}", data)

    def _of(self, row: load.Row, at: datetime | None, fact: str, by: UUID | None, **data: Any) -> None:
        assert at is not None
        self._diary.note(at, fact, f"worker:{row['worker_id']}", f"account:{by}" if by else "system", {
            "competition": str(row["competition_id"]), "entrant": str(row["id"]), "event": row["event"], **data})


def hold(dice: Dice, accounts: Accounts, diary: load.Diary, officials: Officials, hands: Sequence[Hand]) -> None:
    """Hold them all."""
    share, at = min(1.0, len(hands) / WORKERS), dice.moment(-170, 600)
    jury = [accounts.open(at, names.person(dice, dice.chance(0.6)), Role.TRAINER)[0] for _ in range(JUDGES + 1)]
    accounts.flush()
    season, there = Season(dice, diary, officials, jury), able(dice, hands, DAYS["county"][0], DAYS["county"][2])
    wanted = {place.code: round((ALL - CITY) * share * place.share) for place in places.DISTRICTS}
    wanted[places.DISTRICTS[0].code] += round((ALL - CITY) * share) - sum(wanted.values())
    city = season.plan("city", "宿迁市第六届“巧姐姐”家政服务技能大赛", None, None)
    by_id = {hand.id: hand for hand in hands}
    best, lacking = list[tuple[int, str, Hand]](), 0
    for place in places.DISTRICTS:
        made = season.plan("county", f"{place.name}第六届“巧姐姐”家政服务技能大赛", place.code, city.id)
        asked = wanted[place.code] + lacking  # where a county has too few, the next has more
        entered = choose([hand for hand in there if hand.district == place.code], asked)
        lacking = asked - len(entered)
        ordered = season.hold(made, OF_COUNTY, entered)
        best += [(row["rank"], row["event"], by_id[row["worker_id"]]) for row in ordered
                 if row["rank"] and row["rank"] <= BEST]
    season.name_titles(city, season.hold(city, JUDGES, finalists(best, round(CITY * share))))
    season.flush()
