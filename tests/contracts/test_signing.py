"""Each side signs the paper it has read, with a code of its own that is good for nothing else."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from qiaojiejie.core import clock
from qiaojiejie.core.db import db
from qiaojiejie.identity import gateway, rules as identity
from qiaojiejie.identity.models import Account
from tests.contracts.conftest import Engage
from tests.contracts.scene import CODE, Scene

WRONG = "123456"


def test_family_and_firm_sign_and_it_is_said_who_when_and_what(scene: Scene, run_jobs: Callable[[], int]) -> None:
    made = scene.drafted()
    half = scene.sign(made, scene.family).json
    assert half["contract"]["state"] == "drafted"
    whole = scene.sign(made, scene.manager).json["contract"]
    assert whole["state"] == "signed" and whole["signed_at"]
    assert [each["party"] for each in whole["signatures"]] == ["household", "firm"]
    assert {each["sha256"] for each in whole["signatures"]} == {whole["sha256"]}
    assert whole["signatures"][0]["account_id"] == str(scene.household.account_id)
    assert scene.facts() == ["contract.drafted", "contract.endorsed", "contract.endorsed", "contract.signed"]
    run_jobs()
    assert scene.notices(scene.household.account_id) == ["contract_signed"]
    assert scene.notices(scene.worker.account_id) == ["contract_signed"]


def test_a_worker_who_is_only_introduced_signs_too(engage: Engage, run_jobs: Callable[[], int]) -> None:
    scene = engage(mode="introduces")
    made = scene.drafted()
    run_jobs()
    assert scene.notices(scene.worker.account_id) == ["contract_drafted"]
    assert scene.notices(scene.household.account_id) == []
    assert scene.sign(made, scene.family).json["contract"]["state"] == "drafted"
    assert scene.sign(made, scene.nurse).json["contract"]["state"] == "drafted"
    assert scene.sign(made, scene.manager).json["contract"]["state"] == "signed"


def test_an_employees_firm_signs_for_her_and_a_broker_does_not(scene: Scene) -> None:
    made = scene.drafted()
    assert scene.code(made, scene.nurse).json["code"] == "ContractSideNotAsked"
    assert scene.code(made, scene.broker).json["code"] == "RoleRequired"


def test_a_side_signs_once(scene: Scene) -> None:
    made = scene.drafted()
    scene.sign(made, scene.family)
    assert scene.code(made, scene.family).json["code"] == "ContractSignedAlready"
    assert scene.give(made, scene.family).json["code"] == "ContractSignedAlready"
    scene.sign(made, scene.manager)
    assert scene.give(made, scene.family).json["code"] == "StepNotPossible"


def test_another_paper_than_the_one_to_be_signed_is_refused_and_costs_no_try(scene: Scene) -> None:
    made = scene.drafted()
    scene.code(made, scene.family)
    for _ in range(identity.CODE_TRIES):
        refused = scene.give(made, scene.family, sha256="0" * 64)
        assert refused.json["code"] == "ContractChanged" and made["contract"]["sha256"] in refused.json["title"]
    assert scene.give(made, scene.family).status_code == 201


def test_no_code_is_asked_twice_and_five_wrong_ones_burn_it(scene: Scene) -> None:
    made = scene.drafted()
    assert scene.give(made, scene.family).json["code"] == "SigningCodeWrong"  # none was sent
    scene.code(made, scene.family)
    for _ in range(identity.CODE_TRIES):
        wrong = scene.give(made, scene.family, WRONG)
        assert (wrong.status_code, wrong.json["code"]) == (422, "SigningCodeWrong")
    assert scene.give(made, scene.family).json["code"] == "SigningCodeWrong"
    assert db.session.execute(sa.text("SELECT max(tries) FROM login_code")).scalar_one() == identity.CODE_TRIES
    assert scene.sign(made, scene.family).status_code == 201


def test_a_code_is_out_of_date_after_five_minutes(scene: Scene) -> None:
    made = scene.drafted()
    scene.code(made, scene.family)
    with clock.frozen(clock.now() + identity.CODE_LIFE):
        assert scene.give(made, scene.family).json["code"] == "SigningCodeWrong"


def test_a_code_to_sign_with_does_not_sign_in_and_one_to_sign_in_does_not_sign(scene: Scene) -> None:
    made = scene.drafted()
    number = _phone(scene)
    assert scene.client.post("/api/v1/auth/codes", json={"phone": number}).status_code == 202
    assert scene.give(made, scene.family).json["code"] == "SigningCodeWrong"
    scene.client.post("/api/v1/auth/tokens", json={"phone": number, "code": CODE})
    scene.code(made, scene.family)
    assert scene.client.post("/api/v1/auth/tokens", json={"phone": number, "code": CODE}).status_code == 401
    assert scene.give(made, scene.family).status_code == 201


def test_the_code_of_one_version_does_not_sign_another(scene: Scene) -> None:
    first = scene.drafted()
    scene.code(first, scene.family)
    scene.shorten(20)
    second = scene.draft().json
    assert scene.give(second, scene.family).json["code"] == "SigningCodeWrong"


def test_the_code_goes_to_the_signers_phone_in_words_of_its_own(
        scene: Scene, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str, dict[str, str]]] = []
    monkeypatch.setattr(gateway.terms().sms, "send", lambda phone, kind, params, _: sent.append((phone, kind, params)))
    made = scene.drafted()
    scene.code(made, scene.family)
    run_jobs()
    assert sent == [(_phone(scene), "signing_code", {"code": CODE, "minutes": "5"})]


def test_codes_to_sign_with_are_as_scarce_as_those_to_sign_in_with(
        scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(scene.client.application.extensions, "sign_in",
                        gateway.Terms(gateway.terms().sms, identity.LIMITS, CODE))
    made = scene.drafted()
    assert scene.code(made, scene.family).status_code == 202
    refused = scene.code(made, scene.family)
    assert (refused.status_code, refused.json["code"]) == (429, "CodeLimit") and int(refused.headers["Retry-After"]) > 0


def test_work_that_begins_unsigned_is_told_and_not_stopped(engage: Engage, run_jobs: Callable[[], int]) -> None:
    unsigned, signed = engage(), engage()
    signed.signed(signed.drafted())
    for scene in (unsigned, signed):
        with clock.frozen(scene.booking.start):
            came = scene.call("POST", f"/bookings/{scene.booking.id}/check-ins", _again(scene),
                              {"door_code": scene.booking.door_code.reveal()})
            assert came.status_code == 200, came.json
            run_jobs()
    assert unsigned.notices(unsigned.household.account_id) == ["contract_unsigned"]
    assert "contract_unsigned" not in signed.notices(signed.household.account_id)


def _phone(scene: Scene) -> str:
    return db.session.get_one(Account, scene.household.account_id).phone.reveal()


def _again(scene: Scene) -> dict[str, str]:
    """The nurse's session, which outlasts the days until she comes."""
    db.session.execute(sa.text("UPDATE session SET expires_at = expires_at + interval '1 year'"))
    return scene.nurse
