// Paying: choose a wallet, scan or be taken there, and wait until the service knows. Never "failed" while unsure.

import { api, newKey, pause, sleep, store } from "./client.js";
import { en, fill, h } from "./parts.js";
import { PARTS } from "./quote.js";
import { hourOf, left, moment, now } from "./times.js";
import { beside, button, heading, told } from "./view.js";

const WALLETS = [["wechat_pay", "微信支付", "WeChat Pay"], ["alipay", "支付宝", "Alipay"]];
const NAMES = Object.fromEntries(WALLETS);
/** Why a try was declined → what to do. Nothing was charged. */
const DECLINES = {
  insufficient_funds: "余额不足。请充值，或换一种方式再付。", expired: "付款超时了。请重新发起付款。",
  payment_intent_payment_attempt_expired: "付款超时了。请重新发起付款。", card_declined: "银行拒绝了这次付款。请换一种方式再付。",
};
const POLL_SECONDS = 2;
/** States in which a booking stands on what was paid. */
const LIVE = ["confirmed", "under_way"];
const PAID = ["付款成功，预约已确认", "Paid: your booking is confirmed", "good"];
const ASKED = ["付款成功，等待企业答复", "Paid: the firm is asked", "good"];
const BALANCE_PAID = ["尾款已付清", "The balance is paid", "good"];
const SUPPLEMENT_PAID = ["差价已付清，时间已改好", "The difference is paid and the new time stands", "good"];

/** The card in which what is due of a booking is paid; `again(news)` shows the booking anew once that has changed. */
export function paymentCard(booking, again) {
  const paying = new Paying(booking, again);
  paying.begin();
  return paying.card;
}

/** The same for what a change of a booking's time costs more, until it lapses. */
export const supplementCard = (booking, change, again) => paymentCard({
  ...booking, change, expires_at: change.expires_at, due: { part: "supplement", amount: change.difference } }, again);

/** Where it is kept that she was at her wallet, also when the page was left for it, and what was paid by then. */
const memory = booking => "paying:" + booking.id;

/** What to say to her who comes back from her wallet to a booking that knows of her money already. */
export function arrived(booking) {
  const gone = store.get(memory(booking));
  if (!gone || !["asked", ...LIVE].includes(booking.state) || booking.paid.amount <= gone.paid) return null;
  store.set(memory(booking), null);
  if (booking.state === "asked") return ASKED;
  return gone.part === "supplement" ? SUPPLEMENT_PAID : gone.paid ? BALANCE_PAID : PAID;
}

class Paying {
  constructor(booking, again) {
    this.booking = booking;
    this.again = again;
    this.path = `/bookings/${booking.id}/payment`;
    this.memory = memory(booking);
    this.body = h("div", {});
    this.shown = "";
    this.clock = h("span", { role: "timer" });
    this.card = h("div", { class: "card pay" }, heading("付款", "Payment"), this.due(), this.body);
    this.picking = false;  // that she wants another wallet than the one whose QR there is
  }

  /** What is to be paid, and until when. */
  due() {
    const part = this.booking.due || this.booking.parts[0], timed = this.timed;
    this.clock.textContent = left(this.booking.expires_at);
    return h("div", {}, h("div", { class: "amount" }, part.amount.display),
      h("p", { class: "soft" }, part.part !== "full" && PARTS[part.part] + " · ",
        this.booking.state === "held" && part.payable_from ? `请在 ${moment(this.booking.expires_at)} 前付款，逾期这一次自动释放`
          : timed ? ["时间已为您保留到 ", hourOf(this.booking.expires_at), "，还剩 ", this.clock] : "请在服务开始前付清"));
  }

  /** Shows something else; the same again is left as it is, so that nothing is read out twice. */
  put(name, ...children) {
    if (this.shown === name) return;
    this.shown = name;
    fill(this.body, ...children);
  }

  /** The time is held only until it has to be paid. */
  get timed() { return this.booking.state === "held" || Boolean(this.booking.change); }
  get late() { return this.timed && new Date(this.booking.expires_at) <= now(); }
  get away() { return store.get(this.memory); }
  set away(method) {
    const { paid, due } = this.booking;
    store.set(this.memory, method && { method, paid: paid.amount, part: due && due.part });
  }

  /** Shows how it stands, now and every two seconds, for as long as the card is on the page. */
  async begin() {
    this.put("look", told("正在查看付款状态…", "Looking up the payment", "wait"));
    await sleep(0);
    const ticking = setInterval(() => {
      if (!this.card.isConnected) return clearInterval(ticking);
      this.clock.textContent = left(this.booking.expires_at);
    }, 1000);
    while (this.card.isConnected) {
      if (!this.busy && !document.hidden) await this.look();
      await pause(POLL_SECONDS);
    }
  }

  async look() {
    let payment;
    try {
      payment = await api("GET", this.path, undefined, { patience: 0 });
    } catch (problem) {
      if (problem.unsure) return this.shown === "qr" || this.confirming();
      if (problem.body.code !== "PaymentNotFound") return this.put("no", told(problem.message, "", "bad"));
      payment = null;
    }
    if (!this.busy && this.card.isConnected) await this.tell(payment);
  }

  async tell(payment) {
    const { change, due } = this.booking;
    const ours = payment && payment.part === (due || { part: "full" }).part
      && (!change || payment.created_at >= change.created_at);
    if (payment && payment.state === "succeeded" && ours) return this.settled();
    if (this.late) return this.overdue();
    if (!ours || ["failed", "cancelled"].includes(payment.state)) return this.choose(null);
    if (payment.state === "processing" || payment.state === "created") return this.confirming(payment);
    if (payment.decline_code || this.picking) return this.choose(payment);
    if (this.away && payment.next_action) return this.confirming(payment);
    const action = payment.next_action || {};
    return action.type === "qr_code" ? this.scan(payment) : this.choose(payment);
  }

  /** The money came: the booking is shown anew as soon as it knows it too. */
  async settled() {
    const now = await api("GET", "/bookings/" + this.booking.id, undefined, { patience: 0 }).catch(() => null);
    const changed = now && (now.state !== this.booking.state || now.paid.amount !== this.booking.paid.amount);
    if (!changed) return this.confirming();
    this.away = null;
    if (now.state === "asked") return this.again(ASKED);
    await this.again(!LIVE.includes(now.state) ? undefined : this.booking.change ? SUPPLEMENT_PAID
      : this.booking.state === "held" ? PAID : BALANCE_PAID);
  }

  /** The time is over and the service has not said yet what came of it. */
  async overdue() {
    const now = await api("GET", "/bookings/" + this.booking.id, undefined, { patience: 0 }).catch(() => this.booking);
    if (this.booking.change) {
      const page = await api("GET", `/bookings/${now.id}/changes?limit=1`, undefined, { patience: 0 }).catch(() => null);
      if (page && page.items[0].state !== "to_pay") {
        this.away = null;
        return this.again(["补差价时间已过，原来的时间不变", "The time to pay is over; the old time stands", "",
          h("div", {}, "若稍后发现已付款，会自动全额退回。")]);
      }
    } else if (now.state !== "held") {
      this.away = null;
      return this.again(now.state === "expired" ? ["付款时间已过，没有扣款", "The time to pay is over; nothing was charged", "",
        h("div", {}, "请重新选择时间预约。若稍后发现已付款，会自动全额退回。")] : undefined);
    }
    this.put("late", told("正在确认", "Being confirmed", "wait",
      h("div", {}, "付款时间已到，正在向支付渠道核实。已付款会确认或全额退回，未付款则释放时间。")));
  }

  /** Nobody knows yet. It is said so, and nothing else. */
  confirming(payment) {
    const open = payment && payment.next_action;
    this.put("confirming", told("正在确认", "Being confirmed", "wait",
      h("div", {}, "正在等支付渠道的结果，通常几秒钟。请不要重复付款；就算重复提交也不会重复扣款。")),
    open && this.away && button("还没付？回去付款", () => { this.away = null; this.shown = ""; return this.tell(payment); },
      { quiet: true }));
  }

  /** Choose a wallet; after a declined try, with why. */
  choose(payment) {
    const code = payment && payment.decline_code;
    if (code) this.away = null;
    this.put("choose:" + (code || ""), code && told("这次没有付成，没有扣款", "Not paid; nothing was charged", "bad",
      h("div", {}, DECLINES[code] || "付款被拒绝。请换一种方式再付。")),
    WALLETS.map(([method, chinese, english]) => button([chinese, ...beside(english)], () => this.ask(method))));
  }

  /** Asks for the money by a wallet, as often as it takes while the way to Stripe is down: one key, one charge. */
  async ask(method) {
    const key = newKey();
    this.busy = true;
    this.picking = false;
    this.away = null;
    this.put("asking", told(`正在联系${NAMES[method]}…`, "Asking your wallet", "wait"));
    try {
      const payment = await this.asked(method, key);
      this.busy = false;
      if (!this.card.isConnected) return;
      const action = payment.next_action;
      if (action && action.type === "redirect") return this.leave(method, action.url);
      await this.tell(payment);
    } catch (problem) {
      this.shown = "";
      this.choose(null);
      this.body.prepend(told(problem.message, "", "bad"));
      if (["StepNotPossible", "HoldExpired", "ChangeExpired", "NothingToSupplement"].includes(problem.body && problem.body.code)) await this.again();
    } finally { this.busy = false; }
  }

  asked(method, key) {
    const seconds = Math.max(30, (new Date(this.booking.expires_at) - now()) / 1000);
    const part = (this.booking.due || { part: "full" }).part;
    return api("POST", this.path, { method, part }, { key, patience: seconds, meanwhile: problem => this.put("unsure",
      told("正在确认", "Being confirmed", "wait", h("div", {}, problem.body.status === 503 ? "支付渠道" : "网络",
        "暂时连不上，正在自动重试。请不要离开本页；不会重复扣款。"))) });
  }

  leave(method, url) {
    this.away = method;
    this.shown = "";
    this.confirming({ next_action: { url } });
    location.href = url;
  }

  /** The QR to scan, or the way to the wallet where this very device has it. */
  scan(payment) {
    const { image, url } = payment.next_action;
    const gone = () => { this.away = payment.method; this.shown = ""; this.confirming(payment); };
    const simulated = /^https?:/.test(url || "");
    this.put("qr:" + url,
      h("p", { class: "centre" }, h("strong", {}, "请用微信扫一扫付款"), en("Scan with WeChat to pay")),
      image && h("img", { class: "qr", src: image, alt: `微信付款二维码，${payment.amount.display}`, width: 260, height: 260 }),
      simulated && h("a", { class: "button", href: url, onclick: gone }, "打开模拟钱包（演示）"),
      h("p", { class: "soft centre", role: "status" }, "付款后本页会自动更新。"),
      button("我已付款", gone, { quiet: true }),
      button("换一种方式", () => { this.picking = true; this.choose(null); }, { quiet: true }));
  }
}
