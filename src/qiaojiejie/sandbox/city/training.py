"""A year's training: a body that certifies, its courses, everybody taught once, and sessions that are open now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from qiaojiejie.catalog.models import Occupation
from qiaojiejie.certificates import facts as certified, gateway
from qiaojiejie.certificates.models import AwardingBody, BodyKey, Certificate
from qiaojiejie.certificates.rules import credential, serials
from qiaojiejie.certificates.service import certificates
from qiaojiejie.core import clock
from qiaojiejie.core.access import Role
from qiaojiejie.core.db import db
from qiaojiejie.courses import facts
from qiaojiejie.courses.models import (Course, CourseAttendance, CourseMark, CourseMeeting, CoursePlace, CourseSession)
from qiaojiejie.courses.rules import eligibility
from qiaojiejie.courses.service.marks import years_on
from qiaojiejie.documents import facts as papers
from qiaojiejie.documents.models import WorkerDocument
from qiaojiejie.sandbox.city import load, names, places
from qiaojiejie.sandbox.city.accounts import Accounts
from qiaojiejie.sandbox.city.dice import Dice
from qiaojiejie.sandbox.city.staff import Hand
from qiaojiejie.sandbox.city.town import FIRST_DAY, Officials
from qiaojiejie.workers.models import Worker

#: sessions a year in a city of 3,000 workers; days from today of the first and the last
SESSIONS, WORKERS, FIRST, LAST = 102, 3_000, -330, -9
SLUG, NAME, NAME_EN = "sq-skills", "宿迁市家政服务职业技能培训中心", "Suqian Domestic Service Skills Centre"
#: occupation, level, title, English title, theory topic, practice topic
COURSES = [
    ("newborn_care", None, "新生儿护理", "Newborn care", "新生儿生理与安全", "沐浴、抚触与喂养"),
    ("postnatal_care", None, "产后护理", "Postnatal care", "产后恢复知识", "产妇餐与伤口护理"),
    ("storage", None, "整理收纳", "Storage and tidying", "空间规划", "衣橱与厨房收纳"),
    ("western_pastry", None, "西式面点", "Western pastry", "食品安全与配方", "面包与蛋糕制作"),
    ("broker", None, "家政服务经纪人", "Domestic service broker", "法规与合同", "需求匹配与回访"),
    ("domestic_worker", 5, "家政服务员五级", "Domestic worker, level 5", "职业道德与法规", "居家保洁与烹饪"),
]
#: how a course of three meetings of three hours is held: kind, days after the first, hour
MEETINGS = (("theory", 0, 9), ("practice", 0, 14), ("practice", 1, 9))
#: of all, who fails practice at first; who fails again
FAIL, AGAIN = 0.05, 0.3
#: sessions that are open now: days from today, course, seats, how many ask
OPEN = ((6, 5, 30, 12), (9, 0, 12, 17), (14, 3, 24, 9), (20, 2, 30, 4))


class School:
    """Writes a year of training; collects the rows until ``flush``."""

    def __init__(self, dice: Dice, diary: load.Diary, officials: Officials, trainers: Sequence[UUID]) -> None:
        self._dice, self._diary, self._officials, self._trainers = dice, diary, officials, trainers
        self._rows: dict[type, list[load.Row]] = {table: [] for table in (
            AwardingBody, BodyKey, Course, CourseSession, CourseMeeting, CoursePlace, CourseAttendance, CourseMark,
            WorkerDocument, Certificate)}
        self._works = {work.code: work for work in db.session.scalars(sa.select(Occupation))}
        self._people = {row.id: (row.name.reveal(), row.id_number.reveal()) for row in db.session.execute(
            sa.select(Worker.id, Worker.name, Worker.id_number))}
        self._found()
        self.courses = [self._publish(*course) for course in COURSES]

    def _found(self) -> None:
        at, seed = self._dice.moment(FIRST_DAY + 20, 600), self._dice.randbytes(32)
        decided = at + timedelta(days=2)
        self._body = AwardingBody(
            id=self._dice.id_at(at), slug=SLUG, name=NAME, name_en=NAME_EN, occupations=sorted(self._works),
            basis="宿人社备〔示例〕12 号", state="accredited", proposed_by=self._officials.admin, proposed_at=at,
            decided_by=self._officials.auditor, decided_at=decided, public_url=gateway.public_url(), next_index=0)
        public = credential.public_of(seed)
        self._key = BodyKey(id=self._dice.id_at(decided), body_id=self._body.id, kid=credential.thumbprint(public),
                            public=public, seed=seed.hex(), made_at=decided)
        self._signer = credential.Signer(self._body.site.did(SLUG), self._key.kid, seed)
        self._note(at, certified.PROPOSED, self._body.ref, self._officials.admin, occupations=self._body.occupations)
        self._note(decided, certified.ACCREDITED, self._body.ref, self._officials.auditor, slug=SLUG, name=NAME,
                   occupations=self._body.occupations, key=self._key.kid, public=credential.b64(public))

    def _publish(self, occupation: str, level: int | None, title: str, title_en: str, theory: str,
                 practice: str) -> load.Row:
        at = self._dice.moment(FIRST_DAY + 30, 600)
        row = {"id": self._dice.id_at(at), "title": title, "title_en": title_en, "occupation": occupation,
               "level": level, "edition": "2026 版", "theory_minutes": 180, "practice_minutes": 360,
               "syllabus": [{"topic": theory, "kind": "theory", "minutes": 180},
                            {"topic": practice, "kind": "practice", "minutes": 360}],
               "conditions": eligibility.NONE, "body_id": self._body.id, "valid_years": 3, "theory_pass": 60,
               "practice_pass": 60, "least_attendance": 800, "attempts": 3, "resit_days": 1,
               "programmes": ["sukenhuichuang", "labour_transfer"], "state": "published",
               "made_by": self._officials.admin, "made_at": at}
        self._rows[Course].append(row)
        self._note(at, facts.PUBLISHED, f"course:{row['id']}", self._officials.admin, occupation=occupation,
                   level=level)
        return row

    def session(self, course: load.Row, day: int, seats: int, district: str, state: str) -> load.Row:
        """A session that begins on a day."""
        at = self._dice.moment(min(day, 0) - 21, 540)
        first, last = MEETINGS[0], MEETINGS[-1]
        row = {"id": self._dice.id_at(at), "course_id": course["id"], "state": state, "region_code": district,
               "place": "社区示范工作站二楼培训室", "trainer_id": self._dice.choice(self._trainers), "seats": seats,
               "taken": 0, "queued": 0, "offer_hours": 24, "starts_at": self._dice.sharp(day + first[1], 60 * first[2]),
               "ends_at": self._dice.sharp(day + last[1], 60 * (last[2] + 3)), "planned_by": self._officials.admin,
               "planned_at": at,
               "finished_at": self._dice.sharp(day + 3, 1080) if state == "finished" else None}
        self._rows[CourseSession].append(row)
        self._rows[CourseMeeting] += [
            {"id": self._dice.id_at(at), "session_id": row["id"], "number": number, "kind": kind,
             "starts": self._dice.sharp(day + after, 60 * hour), "ends": self._dice.sharp(day + after, 60 * (hour + 3))}
            for number, (kind, after, hour) in enumerate(MEETINGS, 1)]
        of, subject, by = str(course["id"]), f"course_session:{row['id']}", row["trainer_id"]
        self._note(at, facts.PLANNED, subject, by, course=of, seats=seats, starts=row["starts_at"].isoformat())
        self._note(at, facts.OPENED, subject, by, course=of, seats=seats)
        return row

    def teach(self, course: load.Row, day: int, hands: Sequence[Hand]) -> None:
        """A session that is over: everybody there to the end, assessed, most at the first attempt."""
        session = self.session(course, day, max(30, len(hands)), hands[0].district, "finished")
        meetings = self._rows[CourseMeeting][-len(MEETINGS):]
        passed = 0
        for hand in hands:
            place = self._enrol(session, hand, day)
            for meeting in meetings:
                self._rows[CourseAttendance].append({
                    "place_id": place["id"], "number": meeting["number"], "meeting_id": meeting["id"], "via": "roll",
                    "recorded_by": session["trainer_id"], "at": meeting["starts"]})
            passed += self._assess(course, session, place, hand, day)
        of, subject, by = str(course["id"]), f"course_session:{session['id']}", session["trainer_id"]
        self._note(session["starts_at"], facts.BEGUN, subject, by, course=of, taken=len(hands))
        self._note(session["finished_at"], facts.FINISHED, subject, by, course=of, completed=len(hands), passed=passed)

    def _enrol(self, session: load.Row, hand: Hand, day: int) -> load.Row:
        at = self._dice.moment(min(day, 0) - self._dice.randint(4, 18), 600)
        session["queued"] += 1
        seated = session["taken"] < session["seats"]
        session["taken"] += seated
        row = {"id": self._dice.id_at(at), "session_id": session["id"], "worker_id": hand.id, "firm_id": hand.firm.id,
               "state": "enrolled" if seated else "waiting", "position": session["queued"], "via": "firm",
               "enrolled_by": hand.firm.manager, "asked_at": at, "completed": False, "serial": None}
        self._rows[CoursePlace].append(row)
        self._of(at, facts.ENROLLED if seated else facts.WAITING, row, hand.firm.manager, position=row["position"],
                 via="firm")
        return row

    def _assess(self, course: load.Row, session: load.Row, place: load.Row, hand: Hand, day: int) -> bool:
        dice, assessor = self._dice, next(each for each in self._trainers if each != session["trainer_id"])
        practice = [dice.randint(35, 59)] if dice.chance(FAIL) else []
        if not practice or not dice.chance(AGAIN):
            practice.append(dice.randint(60, 98))
        self._mark(place, "theory", 1, dice.randint(62, 99), session["trainer_id"], dice.sharp(day + 1, 840))
        for attempt, points in enumerate(practice, 1):
            self._mark(place, "practice", attempt, points, assessor, dice.sharp(day + attempt, 900))
        at, good = dice.sharp(day + len(practice), 900), practice[-1] >= course["practice_pass"]
        place["completed"], place["state"] = True, "passed" if good else "failed"
        self._of(at if good else session["finished_at"], facts.PASSED if good else facts.FAILED, place, assessor)
        if good:
            self._certify(course, place, hand, assessor, at)
        return good

    def _mark(self, place: load.Row, part: str, attempt: int, points: int, by: UUID, at: datetime) -> None:
        self._rows[CourseMark].append({
            "id": self._dice.id_at(at), "place_id": place["id"], "part": part, "attempt": attempt, "points": points,
            "passed": points >= 60, "assessor_id": by, "note": "", "at": at})
        self._of(at, facts.MARKED, place, by, part=part, attempt=attempt, points=points, passed=points >= 60)

    def _certify(self, course: load.Row, place: load.Row, hand: Hand, assessor: UUID, at: datetime) -> None:
        dice, (name, number) = self._dice, self._people[hand.id]
        on, nonce = clock.local(at).date(), f"{dice.getrandbits(128):032x}"
        serial = serials.made(on.year, "".join(dice.choices(serials.LETTERS, k=serials.SIGNS)))
        row = {"id": dice.id_at(at), "serial": serial,
               "body_id": self._body.id, "worker_id": hand.id, "document_id": dice.id_at(at), "key_id": self._key.id,
               "state": "issued", "occupation": course["occupation"], "level": course["level"],
               "title": course["title"], "title_en": course["title_en"], "hours": 12, "issued_on": on,
               "valid_until": years_on(on, 3), "assessed_by": assessor, "ref": f"place:{place['id']}",
               "status_index": self._body.next_index, "nonce": nonce, "issued_at": at}
        self._body.next_index += 1
        row["credential"] = certificates.signed(
            row, body=self._body, signer=self._signer, work=self._works[course["occupation"]],
            identity=credential.holder(name, number, nonce), salt=f"{dice.getrandbits(128):032x}")
        row["sha256"] = sha256(row["credential"].encode()).hexdigest()
        self._rows[Certificate].append(row)
        place["serial"] = row["serial"]
        self._file(row, hand, at)

    def _file(self, made: load.Row, hand: Hand, at: datetime) -> None:
        row = {"id": made["document_id"], "worker_id": hand.id, "kind": "certificate", "state": "verified",
               "title": made["title"], "occupation": made["occupation"], "level": made["level"],
               "number": made["serial"], "issuer": NAME, "issued_on": made["issued_on"],
               "valid_until": made["valid_until"], "recorded_by": made["assessed_by"], "recorded_at": at,
               "reviewed_by": made["assessed_by"], "reviewed_at": at, "source": "考核合格，由认可机构颁发",
               "serial": made["serial"]}
        self._rows[WorkerDocument].append(row)
        about = {"document": str(row["id"]), "kind": "certificate", "valid_until": row["valid_until"].isoformat()}
        subject, by = f"worker:{hand.id}", made["assessed_by"]
        self._note(at, papers.RECORDED, subject, by, **about)
        self._note(at, papers.VERIFIED, subject, by, **about, level=row["level"], insurance_class=None, conclusion=None,
                   firm=str(hand.firm.id), credential=made["sha256"])
        self._note(at, certified.ISSUED, subject, by, serial=made["serial"], credential=made["sha256"], body=SLUG,
                   key=self._key.kid, occupation=made["occupation"], level=made["level"])

    def open(self, course: load.Row, day: int, seats: int, hands: Sequence[Hand]) -> None:
        """A session that is open for enrolment; who comes too late waits."""
        session = self.session(course, day, seats, places.DISTRICTS[0].code, "open")
        for hand in hands:
            self._enrol(session, hand, 0)

    def flush(self) -> None:
        """COPY it all."""
        db.session.add_all([self._body])
        db.session.flush()
        db.session.add(self._key)
        db.session.flush()
        for table, rows in self._rows.items():
            load.put(table, rows)

    def _of(self, at: datetime, fact: str, place: load.Row, by: UUID, **data: Any) -> None:
        self._note(at, fact, f"worker:{place['worker_id']}", by, session=str(place["session_id"]),
                   place=str(place["id"]), **data)

    def _note(self, at: datetime, fact: str, subject: str, by: UUID, **data: Any) -> None:
        self._diary.note(at, fact, subject, f"account:{by}", data)


def train(dice: Dice, accounts: Accounts, diary: load.Diary, officials: Officials, hands: Sequence[Hand],
          trainer: UUID) -> None:
    """Teach everybody once, in as many sessions as a city of this size holds; and open some for the weeks ahead."""
    at = dice.moment(FIRST_DAY + 10, 600)
    trainers = [trainer] + [accounts.open(at, names.person(dice, True), Role.TRAINER)[0] for _ in range(7)]
    accounts.flush()
    school, number = School(dice, diary, officials, trainers), max(4, round(SESSIONS * min(1.0, len(hands) / WORKERS)))
    ordered = sorted(hands, key=lambda hand: (hand.firm.opened_on, hand.no))
    for which in range(number):
        taught = ordered[which * len(ordered) // number:(which + 1) * len(ordered) // number]
        day = FIRST + (LAST - FIRST) * which // max(1, number - 1)
        school.teach(school.courses[which % 5], max(day, max(hand.firm.opened_on for hand in taught) + 22), taught)
    for day, course, seats, asking in OPEN:
        school.open(school.courses[course], day, seats, dice.sample(hands, min(asking, len(hands))))
    school.flush()
