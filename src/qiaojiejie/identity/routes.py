"""Endpoints of identity."""

from typing import Any
from uuid import UUID

from flask import request
from flask_jwt_extended import create_access_token

from qiaojiejie.core.access import Role, actor, allow, public
from qiaojiejie.core.http import Blueprint, refuses
from qiaojiejie.core.paging import Page
from qiaojiejie.core.schema import PageFilter, page_of
from qiaojiejie.identity import queries, rules
from qiaojiejie.identity import service as identity
from qiaojiejie.identity.errors import (
    AccountClosed,
    BadRefreshToken,
    CodeLimit,
    LastAdministrator,
    MembershipNotFound,
    NotYoursToAppoint,
    OrganisationRequired,
    RefreshTokenReused,
    SessionNotFound,
    TryLimit,
    WrongCode,
)
from qiaojiejie.identity.models import Account, Membership
from qiaojiejie.identity.schemas import (
    AppointmentIn,
    CodeIn,
    CodeSentOut,
    LookOut,
    MeIn,
    MembershipOut,
    MeOut,
    RefreshIn,
    SessionOut,
    TokenIn,
    TokensOut,
)

blp = Blueprint("identity", description="登录与身份 · Signing in, and as whom one acts")


@blp.route("/auth/codes", methods=["POST"])
@public
@refuses(CodeLimit)
@blp.arguments(CodeIn)
@blp.response(202, CodeSentOut)
def request_code(body: dict[str, Any]) -> dict[str, int]:
    """获取验证码 · Have a one-time code sent

    Six digits by text message, good for 5 minutes and 5 tries; it replaces the code before. The answer is the same
    whether or not the number has an account. At most one a minute and ten a day to a number.
    """
    identity.request_code(phone=body["phone"], address=request.remote_addr)
    return {"expires_in": int(rules.CODE_LIFE.total_seconds())}


@blp.route("/auth/tokens", methods=["POST"])
@public
@refuses(WrongCode, TryLimit, AccountClosed)
@blp.arguments(TokenIn)
@blp.response(200, TokensOut)
def sign_in(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """登录 · Sign in with a code

    A number that signs in for the first time gets an account that acts as a household. A code works once.
    """
    return _tokens(identity.sign_in(**body, device=request.headers.get("User-Agent", ""),
                                    address=request.remote_addr))


@blp.route("/auth/tokens/refresh", methods=["POST"])
@public
@refuses(BadRefreshToken, RefreshTokenReused)
@blp.arguments(RefreshIn)
@blp.response(200, TokensOut)
def refresh(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """续期 · Exchange a refresh token for new tokens

    Each refresh token works once. Used a second time it ends the whole session, for one of its two users stole it.
    """
    return _tokens(identity.refresh(**body))


@blp.route("/auth/tokens", methods=["DELETE"])
@allow()
@blp.response(204)
def sign_out() -> None:
    """退出登录 · Sign out

    Ends this session; its access and refresh tokens count no more.
    """
    identity.end_session(actor=actor(), session_id=actor().session_id)


def _tokens(signed: identity.SignedIn) -> tuple[dict[str, Any], int, dict[str, str]]:
    access = create_access_token(str(signed.account.id), additional_claims={"sid": str(signed.session.id)},
                                 expires_delta=rules.ACCESS_LIFE)
    body = {"access_token": access, "refresh_token": signed.refresh_token, "token_type": "Bearer",
            "expires_in": int(rules.ACCESS_LIFE.total_seconds()), "account": signed.account, "roles": signed.roles}
    return body, 200, {"Cache-Control": "no-store"}


@blp.route("/me", methods=["GET"])
@allow()
@blp.response(200, MeOut)
def me() -> dict[str, Any]:
    """我是谁 · My account and the roles I may act in"""
    account_id = actor().account_id
    return {"account": queries.account(account_id), "roles": queries.memberships(account_id)}


@blp.route("/me", methods=["PATCH"])
@allow()
@blp.arguments(MeIn)
@blp.response(200, MeOut)
def change_me(body: dict[str, Any]) -> dict[str, Account | Any]:
    """修改姓名 · Change my name"""
    return {"account": identity.rename(actor=actor(), **body), "roles": queries.memberships(actor().account_id)}


@blp.route("/me/household", methods=["POST"])
@allow()
@blp.response(201, MembershipOut)
def become_household() -> Membership:
    """以家庭身份使用 · Act as a family too

    For workers, firm managers and others who want to book for their own home. Asked again it answers the same.
    """
    return identity.become_household(actor=actor())


@blp.route("/me/sessions", methods=["GET"])
@allow()
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(SessionOut))
def my_sessions(page: dict[str, Any]) -> Page:
    """登录设备 · Where I am signed in"""
    return queries.sessions(actor().account_id, **_paging(page))


@blp.route("/me/sessions/<uuid:session_id>", methods=["DELETE"])
@allow()
@refuses(SessionNotFound)
@blp.response(204)
def end_session(session_id: UUID) -> None:
    """下线一处登录 · End one of my sessions"""
    identity.end_session(actor=actor(), session_id=session_id)


@blp.route("/me/looks", methods=["GET"])
@allow()
@blp.arguments(PageFilter, location="query")
@blp.response(200, page_of(LookOut))
def my_looks(page: dict[str, Any]) -> Page:
    """谁看过我的信息 · Who looked at my data unmasked

    Every unmasked look at this account's phone or name, newest first.
    """
    return queries.looks(f"account:{actor().account_id}", **_paging(page))


def _paging(page: dict[str, Any]) -> dict[str, Any]:
    return {"cursor": page.get("cursor"), "limit": page["limit"]}


@blp.route("/accounts/roles", methods=["POST"])
@allow(Role.FEDERATION_ADMIN, Role.FIRM_MANAGER)
@refuses(NotYoursToAppoint, OrganisationRequired)
@blp.arguments(AppointmentIn)
@blp.response(201, MembershipOut)
def appoint(body: dict[str, Any]) -> Membership:
    """授予身份 · Give a person a role

    A federation administrator appoints staff of the federation, of stations and of firms; a firm's manager appoints
    brokers of her own firm. A number without an account gets one. Asked again it answers the same.
    """
    return identity.appoint(actor=actor(), **body)


@blp.route("/memberships/<uuid:membership_id>", methods=["DELETE"])
@allow(Role.FEDERATION_ADMIN, Role.FIRM_MANAGER)
@refuses(MembershipNotFound, LastAdministrator)
@blp.response(204)
def dismiss(membership_id: UUID) -> None:
    """取消身份 · Take a role away

    By whoever may give it. It counts from the person's next request on.
    """
    identity.dismiss(actor=actor(), membership_id=membership_id)
