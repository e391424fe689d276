"""The federation proposes the newest version of the rule: its shadow over the whole city is there to be looked at."""

import sqlalchemy as sa

from qiaojiejie.core import ids
from qiaojiejie.core.access import Actor, Role
from qiaojiejie.core.db import db
from qiaojiejie.governance import service as governance
from qiaojiejie.identity.models import Membership

VERSION = "v1.1"
NOTE = ("单独与多数家庭相反、接连给多名服务人员打低分的家庭，评分权重降低；突然变差更早反映。"
        "Families that stand alone against several workers weigh less; a sudden collapse shows sooner.")


def propose() -> None:
    """Draft it as the administrator; the job that computes the shadow runs once the service does."""
    account_id = db.session.scalars(sa.select(Membership.account_id).where(
        Membership.role == Role.FEDERATION_ADMIN).order_by(Membership.account_id)).first()
    assert account_id is not None, "a city has an administrator"
    actor = Actor(account_id=account_id, session_id=ids.new(), role=Role.FEDERATION_ADMIN, org_id=None)
    governance.draft(actor=actor, packaged=VERSION, note=NOTE)
    db.session.commit()
