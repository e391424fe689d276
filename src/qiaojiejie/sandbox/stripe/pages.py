"""The pay page a phone sees: pay, decline, let expire. Also for curl, which gets JSON where it asks for it."""

from flask import Blueprint, Response, redirect, render_template_string, request, url_for
from flask.typing import ResponseReturnValue

from qiaojiejie.sandbox.stripe.money import OPEN, Money
from qiaojiejie.sandbox.stripe.refusals import StripeRefusal
from qiaojiejie.sandbox.stripe.state import Object, State

TITLES = {
    "succeeded": ("支付成功", "款项由平台保管，服务完成后才付给家政企业。"),
    "canceled": ("订单已关闭", "这笔支付已取消，不会扣款。"),
    "requires_payment_method": ("支付未完成", "没有扣款。请回到巧姐姐重新发起支付。"),
}
METHOD_NAMES = {"alipay_handle_redirect": "支付宝", "wechat_pay_display_qr_code": "微信支付", "redirect_to_url": "银行卡"}

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{{ title }} · 模拟支付</title><style>
:root{--ink:#1d2129;--soft:#6b7280;--line:#e8eaee;--ground:#f4f6f8;--accent:{{ accent }};color-scheme:light}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.6 -apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:430px;margin:0 auto;padding:20px 16px 32px}
.note{background:#fff8e6;color:#7a5300;border-radius:10px;padding:9px 14px;font-size:14px;margin:0 0 16px}
.card{background:#fff;border-radius:16px;padding:28px 20px 22px;
box-shadow:0 1px 3px rgba(20,30,50,.07);text-align:center}
h1{font-size:17px;font-weight:600;margin:0;color:var(--soft)}
.amount{font-size:44px;line-height:1.25;font-weight:650;margin:6px 0 20px;font-variant-numeric:tabular-nums}
.amount small{font-size:24px;margin-right:2px}
dl{display:grid;grid-template-columns:auto 1fr;gap:10px 16px;margin:0;padding:16px 0 0;border-top:1px solid var(--line);
font-size:15px;text-align:left}dt{color:var(--soft)}dd{margin:0;text-align:right;overflow-wrap:anywhere}
.code{font:13px/1.7 ui-monospace,monospace}
form{margin:12px 0 0}form:first-of-type{margin-top:24px}
button,.back{display:block;width:100%;min-height:50px;border-radius:12px;border:1px solid var(--line);background:#fff;
color:var(--ink);font:inherit;cursor:pointer;text-decoration:none;text-align:center;padding:11px}
button.pay,.back{background:var(--accent);border-color:var(--accent);color:#fff;font-weight:600;font-size:17px}
button:focus-visible,.back:focus-visible{outline:3px solid #1d2129;outline-offset:2px}
.mark{width:60px;height:60px;border-radius:50%;margin:0 auto 12px;display:grid;place-items:center;color:#fff;
font-size:30px;background:{{ '#12855b' if status == 'succeeded' else '#8a93a0' }}}
.said{color:var(--soft);margin:0 0 20px;font-size:15px}.back{margin-top:20px}
</style></head><body><main>
<p class="note">这是模拟支付，仅供演示，不会产生真实扣款。</p>
<section class="card" aria-live="polite">
{% if not open %}<div class="mark" aria-hidden="true">{{ '✓' if status == 'succeeded' else '–' }}</div>{% endif %}
<h1>{{ title }}</h1><p class="amount"><small>¥</small>{{ amount }}</p>
{% if said %}<p class="said">{{ said }}</p>{% endif %}
<dl><dt>收款方</dt><dd>巧姐姐家政服务</dd><dt>付款方式</dt><dd>{{ method }}</dd>
<dt>支付单号</dt><dd class="code">{{ ref }}</dd></dl></section>
{% if open %}
<form method="post" action="{{ ref }}/pay"><button class="pay">确认支付 ¥{{ amount }}</button></form>
<form method="post" action="{{ ref }}/decline"><button>拒绝付款（余额不足）</button></form>
<form method="post" action="{{ ref }}/expire"><button>不付，让它超时</button></form>
{% elif back %}<a class="back" href="{{ back }}">返回巧姐姐</a>{% endif %}
</main></body></html>"""
ACCENTS = {"支付宝": "#1262d6", "微信支付": "#08813f", "银行卡": "#5b3fd0"}


def pages(money: Money, state: State) -> Blueprint:
    """The pay page's routes."""
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/pay/<ref>")
    def show(ref: str) -> ResponseReturnValue:
        intent = money.intent(ref)
        return _summary(intent) if _wants_json() else _page(intent)

    @blueprint.post("/pay/<ref>/pay")
    def pay(ref: str) -> ResponseReturnValue:
        with state.changing():
            return _answer(money.pay(_payable(money.intent(ref))))

    @blueprint.post("/pay/<ref>/decline")
    def decline(ref: str) -> ResponseReturnValue:
        with state.changing():
            return _answer(money.decline(_payable(money.intent(ref)), "insufficient_funds"))

    @blueprint.post("/pay/<ref>/expire")
    def expire(ref: str) -> ResponseReturnValue:
        with state.changing():
            return _answer(money.decline(_payable(money.intent(ref)), "expired",
                                         code="payment_intent_payment_attempt_expired"))

    @blueprint.errorhandler(StripeRefusal)
    def refused(refusal: StripeRefusal) -> ResponseReturnValue:
        ref = (request.view_args or {}).get("ref", "")
        if _wants_json() or refusal.status == 404:
            return refusal.body, refusal.status
        return redirect(url_for("pages.show", ref=ref), 303)

    return blueprint


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and not request.accept_mimetypes.accept_html


def _payable(intent: Object) -> Object:
    if intent["status"] in OPEN and intent["next_action"] is None:
        raise StripeRefusal(400, "invalid_request_error", "Nothing to pay: confirm the intent again first.",
                            code="payment_intent_unexpected_state", payment_intent=intent)
    return intent


def _summary(intent: Object) -> Object:
    return {name: intent[name] for name in ("id", "status", "amount", "currency", "last_payment_error")}


def _answer(intent: Object) -> ResponseReturnValue:
    return _summary(intent) if _wants_json() else redirect(url_for("pages.show", ref=intent["id"]), 303)


def yuan(fen: int) -> str:
    """``1234567`` fen as ``12,345.67``."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def _page(intent: Object) -> Response:
    action = intent["next_action"] or {}
    payable = intent["status"] in OPEN and bool(action)
    title, said = TITLES.get(intent["status"], ("等待支付", ""))
    if payable:
        failed = intent["last_payment_error"]
        title, said = "待支付", "上次付款未成功，没有扣款，可以再试一次。" if failed else ""
    shown = action or intent["last_action"] or {}
    method = METHOD_NAMES.get(shown.get("type", ""), "银行卡")
    return Response(render_template_string(
        PAGE, title=title, said=said, status=intent["status"], open=payable, ref=intent["id"], method=method,
        amount=yuan(intent["amount"]), back=intent["last_return_url"],
        accent=ACCENTS.get(method, "#c2366b")))
