"""What is written of a firm does not wait for what is decided of it."""

import sqlalchemy as sa
from flask import Flask

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.firms import queries as firms
from qiaojiejie.firms.models import AnswerWindow, Firm
from tests import factories


def test_who_writes_a_row_of_a_firm_holds_up_nobody_who_grades_it(city: Flask) -> None:
    with city.app_context():
        firm_id = factories.firm().id
        row = {"firm_id": firm_id, "service_code": "cleaning", "minutes": 60, "set_by": factories.account().id,
               "set_at": clock.now()}
        db.session.commit()
        with db.engine.connect() as beside:
            beside.execute(sa.insert(AnswerWindow).values(row))
            db.session.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            assert firms.get(firm_id, lock=True).id == firm_id
            held = beside.execute(sa.select(Firm.id).where(Firm.id == firm_id).with_for_update(skip_locked=True)).all()
            assert held == [], "and it is locked against others who decide"
