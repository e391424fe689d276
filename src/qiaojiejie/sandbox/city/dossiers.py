"""Workers' dated papers: most verified by the federation's auditor, some lapsed, some only recorded, some rejected."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from qiaojiejie.core import clock
from qiaojiejie.documents import facts
from qiaojiejie.sandbox.city import load
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.town import FirmSeat, Officials
from qiaojiejie.sandbox.city.trades import Trade

NEVER, ALWAYS = -10_000, 10_000
YEAR = 365
#: what a trade is certified in → its code in the catalogue
OCCUPATIONS = {"家政服务员": "domestic_worker", "家政服务员（母婴护理员）": "maternity_carer", "育婴员": "infant_carer",
               "养老护理员": "elder_carer"}
CERTIFICATE_LEVELS = {5: "五级", 4: "四级", 3: "三级"}
REJECTED_BECAUSE = ("照片模糊，看不清号码", "没有盖章", "姓名与身份证不一致", "号码填写有误")


@dataclass(slots=True)
class Dossier:
    """One worker's papers, what is verified of them, and the days between which she may be sent."""

    worker_id: UUID
    firm: FirmSeat
    rows: list[load.Row] = field(default_factory=list)
    verified: load.Row = field(default_factory=lambda: {
        "identity_verified_on": None, "health_until": None, "insured_until": None, "insured_class": None,
        "background_until": None})
    care_days: tuple[int, int] = (ALWAYS, NEVER)
    other_days: tuple[int, int] = (ALWAYS, NEVER)


class Dossiers:
    """Records and reviews papers as firms and the auditor would have."""

    def __init__(self, dice: Dice, diary: load.Diary, officials: Officials) -> None:
        self._dice, self._diary, self._officials = dice, diary, officials

    def open(self, worker_id: UUID, firm: FirmSeat, trade: Trade, day: int, *, flawless: bool,
             quality: float) -> Dossier:
        """The papers of a worker who came on ``day``. ``flawless``: everything verified and in date."""
        dice, file = self._dice, Dossier(worker_id, firm)
        verified_on = self._identity(file, day, flawless)
        good = 1.0 if flawless else 0.95
        health = self._yearly(file, day, "health", "健康证", "宿迁市疾病预防控制中心", flawless) \
            if trade.care or dice.chance(good * 0.75) else NEVER
        insured_class = 4 if flawless or trade.main == "moving" or dice.chance(0.3) else 2
        insured = self._yearly(file, day, "insurance", "家政服务人员意外伤害保险", "某财产保险公司宿迁中心支公司", flawless,
                               insurance_class=insured_class) if dice.chance(good) else NEVER
        background = self._background(file, day, flawless) if trade.care or dice.chance(good * 0.6) else NEVER
        if flawless or dice.chance(min(0.9, 0.5 + 0.12 * quality)):
            self._certificate(file, day, trade, flawless)
        if verified_on is not None:
            file.other_days = (verified_on + 4, insured)
            file.care_days = (verified_on + 4, min(insured, health, background))
        return file

    def _identity(self, file: Dossier, day: int, flawless: bool) -> int | None:
        state = "verified" if flawless else self._dice.choices(("verified", "recorded", "rejected"), (96, 2.5, 1.5))[0]
        row = self._paper(file, "identity", day, state, "居民身份证", "公安机关", None)
        if state != "verified":
            return None
        file.verified["identity_verified_on"] = clock.local(row["reviewed_at"]).date()
        return day

    def _yearly(self, file: Dossier, day: int, kind: str, title: str, issuer: str, flawless: bool,
                **more: Any) -> int:
        """A paper renewed each year; the last day on which a verified one is in force."""
        dice = self._dice
        until = dice.randint(60, 340) if flawless or not dice.chance(0.07) else -dice.randint(1, 90)
        state = "verified" if flawless else dice.choices(("verified", "recorded", "rejected"), (95.5, 3, 1.5))[0]
        until = max(until, day + 30)
        earlier = until - YEAR
        if earlier > day:
            self._paper(file, kind, day, "verified", title, issuer, earlier, issued=earlier - YEAR, **more)
            last = earlier if state != "verified" else until
        else:
            last = until if state == "verified" else NEVER
        self._paper(file, kind, max(day, earlier - 6), state, title, issuer, until, issued=max(earlier, NEVER), **more)
        if last != NEVER:
            name = {"health": "health_until", "insurance": "insured_until"}[kind]
            file.verified[name] = dice.today + timedelta(days=last)
            if kind == "insurance":
                file.verified["insured_class"] = more["insurance_class"]
        return last

    def _background(self, file: Dossier, day: int, flawless: bool) -> int:
        state = "verified" if flawless else self._dice.choices(("verified", "recorded", "rejected"), (95, 4, 1))[0]
        issued = day - self._dice.randint(0, 40)
        until = issued + 2 * YEAR
        self._paper(file, "background", day, state, "背景审查结论", "公安机关证明", until, issued=issued, conclusion="clear",
                    look_back_years=5)
        if state != "verified":
            return NEVER
        file.verified["background_until"] = self._dice.today + timedelta(days=until)
        return until

    def _certificate(self, file: Dossier, day: int, trade: Trade, flawless: bool) -> None:
        dice = self._dice
        level = dice.choices(tuple(CERTIFICATE_LEVELS), (55, 32, 13))[0]
        state = "verified" if flawless else dice.choices(("verified", "recorded", "rejected"), (88, 10, 2))[0]
        title = f"{trade.occupation}（{CERTIFICATE_LEVELS[level]}）"
        self._paper(file, "certificate", day, state, title, "宿迁市职业技能鉴定中心", None,
                    issued=day - dice.randint(20, 2500), level=level, occupation=OCCUPATIONS[trade.occupation])

    def _paper(self, file: Dossier, kind: str, day: int, state: str, title: str, issuer: str, until: int | None, *,
               issued: int | None = None, level: int | None = None, occupation: str | None = None,
               insurance_class: int | None = None, conclusion: str | None = None,
               look_back_years: int | None = None) -> load.Row:
        dice = self._dice
        at = dice.moment(day, dice.randint(9 * 60, 17 * 60))
        seen_at = None if state == "recorded" else min(at + dice.minutes(60, 3 * 24 * 60), dice.sharp(0, -1))
        row: load.Row = {
            "id": dice.id_at(at), "worker_id": file.worker_id, "kind": kind, "state": state, "title": title,
            "occupation": occupation, "level": level, "number": None, "issuer": issuer, "issued_on": self._day(issued),
            "valid_until": self._day(until), "insurance_class": insurance_class, "conclusion": conclusion,
            "look_back_years": look_back_years, "recorded_by": file.firm.manager, "recorded_at": at,
            "reviewed_by": self._officials.auditor if seen_at else None, "reviewed_at": seen_at,
            "source": "原件核验" if state == "verified" else None,
            "reason": dice.choice(REJECTED_BECAUSE) if state == "rejected" else None}
        file.rows.append(row)
        self._note(file, row)
        return row

    def _day(self, day: int | None) -> Any:
        return None if day is None else self._dice.today + timedelta(days=day)

    def _note(self, file: Dossier, row: load.Row) -> None:
        subject = f"worker:{file.worker_id}"
        about = {"document": str(row["id"]), "kind": row["kind"]}
        until = row["valid_until"].isoformat() if row["valid_until"] else None
        self._diary.note(row["recorded_at"], facts.RECORDED, subject, f"account:{file.firm.manager}",
                         about | {"valid_until": until})
        reviewer = f"account:{self._officials.auditor}"
        if row["state"] == "verified":
            self._diary.note(row["reviewed_at"], facts.VERIFIED, subject, reviewer, about | {
                "valid_until": until, "level": row["level"], "insurance_class": row["insurance_class"],
                "conclusion": row["conclusion"], "firm": str(file.firm.id)})
        elif row["state"] == "rejected":
            self._diary.note(row["reviewed_at"], facts.REJECTED, subject, reviewer, about | {"reason": row["reason"]})
