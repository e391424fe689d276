// Giving a booking up for exactly what was said to come back, and watching that money arrive.

import { api, pause, sleep } from "./client.js";
import { fill, h } from "./parts.js";
import { moment } from "./times.js";
import { button, heading, problemBox, told } from "./view.js";

const OPEN = ["requested", "submitted", "pending"];
/** State of a refund → what a family reads, in both languages, its kind, and what happens now. */
const STATES = {
  requested: ["已申请", "Requested", "wait", "正在提交给支付渠道。"],
  submitted: ["已提交", "Submitted", "wait", "支付渠道已受理，正在退回原付款账户。"],
  pending: ["已提交", "Submitted", "wait", "支付渠道处理中，通常几分钟，最长几个工作日。"],
  succeeded: ["已到账", "Refunded", "good", "已退回原付款账户。"],
  failed: ["原路退回没有成功", "Sent back", "bad", "款项由平台保管，妇联会重新退款或改用银行转账，您不用再做什么。"],
  replaced: ["已重新发起", "Tried again", "", "见下一笔。"], repaid: ["已转账退还", "Repaid by bank transfer", "good", ""],
  disputed: ["银行已退还", "Given back by your bank", "good", ""],
};

/** A card with a button that first says what cancelling comes to. */
export function cancelCard(booking, again) {
  if (!booking.steps.includes("cancel")) return null;
  const offer = h("div", {}), ask = button(booking.paid.amount ? "取消预约（先看退多少）" : "取消预约", () => priced(),
    { quiet: true });
  async function priced(before) {
    const quote = await api("POST", `/bookings/${booking.id}/cancellation-quotes`, {});
    ask.hidden = true;
    const leave = () => { offer.replaceChildren(); ask.hidden = false; ask.focus(); };
    fill(offer, before && problemBox(before), offered(booking, quote, again, priced, leave));
    const sure = offer.querySelector("button");
    if (sure) sure.focus();
  }
  return h("div", { class: "card" }, offer, ask);
}

function offered(booking, quote, again, anew, leave) {
  const paid = booking.paid.amount > 0;
  const sure = button(paid ? `确认取消，退回 ${quote.refund.display}` : "确认取消", async () => {
    try {
      await api("POST", `/bookings/${booking.id}/cancellations`, { expected_refund: quote.refund.amount });
    } catch (problem) {
      if (problem.body && problem.body.code === "CancellationQuoteChanged") return anew(problem);
      throw problem;
    }
    await again(["预约已取消", "Cancelled", "good",
      paid && h("div", {}, quote.refund.amount ? `${quote.refund.display} 会退回原付款账户。` : "这次取消没有退款。")]);
  });
  return h("div", {}, heading("现在取消", "If you cancel now"), paid ? [h("table", {},
    h("tr", {}, h("td", {}, "取消费"), h("td", {}, quote.fee.display)),
    h("tr", { class: "total" }, h("td", {}, "退回给您"), h("td", { class: "price" }, quote.refund.display))),
  h("p", { class: "soft" }, quote.words, quote.good_until && `；${moment(quote.good_until)} 前都是这个金额`)]
    : h("p", {}, "还没有付款，取消不收费。"), sure, button("不取消了", leave, { quiet: true }));
}

/** What goes back of a booking, followed until it is there. */
export async function refundCard(booking) {
  const first = await api("GET", `/bookings/${booking.id}/refunds`);
  if (!first.items.length && !owed(booking)) return null;
  const list = h("div", {}), card = h("div", { class: "card refunds" }, heading("退款", "Refund"), list);
  draw(list, booking, first.items);
  follow(card, list, booking, first.items);
  return card;
}

async function follow(card, list, booking, items) {
  let now = items;
  await sleep(1);
  while (card.isConnected && unsettled(booking, now)) {
    await pause(document.hidden ? 5 : 2);
    const page = await api("GET", `/bookings/${booking.id}/refunds`, undefined, { patience: 0 }).catch(() => null);
    if (page) { now = page.items; draw(list, booking, now); }
  }
}

/** What goes back of all that was ever paid, in fen. */
const owed = booking => booking.refund.amount + booking.returned.amount;
const unsettled = (booking, items) => items.some(one => OPEN.includes(one.state)) ||
  owed(booking) > items.reduce((sum, one) => sum + (one.state === "replaced" ? 0 : one.amount.amount), 0);

function draw(list, booking, items) {
  const said = items.map(one => one.state + one.id).join();
  if (list.dataset.said === said) return;
  list.dataset.said = said;
  if (!items.length) return list.replaceChildren(told(`正在办理退款 ¥${(owed(booking) / 100).toFixed(2)}`, "Being refunded", "wait"));
  list.replaceChildren(...items.map(one => {
    const [chinese, english, kind, words] = STATES[one.state];
    const state = told(`${chinese} ${one.amount.display}`, english, kind, words && h("div", {}, words));
    return h("div", {}, state, h("p", { class: "soft" }, `申请于 ${moment(one.created_at)}`,
      one.settled_at && `，${moment(one.settled_at)} 到账`));
  }));
}
