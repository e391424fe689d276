// The family's bookings, and one of them: what was agreed, paid, done, and what she can do now.

import { againCard } from "./again.js";
import { alarmCard } from "./alarm.js";
import { askedCard } from "./asked.js";
import { changeCard } from "./changes.js";
import { chatCard } from "./chat.js";
import { api } from "./client.js";
import { contractCard } from "./contracts.js";
import { agreedWords, beginningCard } from "./engage.js";
import { guaranteeCard } from "./guarantees.js";
import { invoiceCard } from "./invoices.js";
import { h } from "./parts.js";
import { arrived, paymentCard } from "./payment.js";
import { PARTS, partWords } from "./quote.js";
import { cancelCard, refundCard } from "./refunds.js";
import { reviewCard } from "./reviews.js";
import { seriesCard } from "./series.js";
import { substitutionCard } from "./substitutes.js";
import { daysSpan, moment, now, span } from "./times.js";
import { acting, button, heading, policyWords, priceTable, problemBox, show, title, told } from "./view.js";
import { workdayCard } from "./workdays.js";

/** State → what it is called, and its colour. */
const STATES = {
  held: ["待支付", "yellow"], asked: ["待企业答复", "yellow"], confirmed: ["已确认", "green"], under_way: ["服务中", "green"],
  served: ["待您确认", "yellow"], completed: ["已完成", ""], expired: ["已过期", ""], cancelled: ["已取消", ""], declined: ["企业已婉拒", "red"],
  worker_absent: ["阿姨未到", "red"], household_absent: ["家中无人", "red"],
};

const OVER = ["expired", "cancelled", "declined", "completed", "worker_absent", "household_absent"];

const badge = state => h("span", { class: "badge " + STATES[state][1] }, STATES[state][0]);

export async function bookings() {
  const list = h("div", {}), more = h("button", { class: "quiet", hidden: true }, "更多");
  let cursor = "";
  async function load() {
    const page = await api("GET", "/bookings?limit=20" + (cursor && `&cursor=${encodeURIComponent(cursor)}`));
    list.append(...page.items.map(row));
    if (!list.childElementCount) list.append(h("p", { class: "soft" }, "还没有预约。"),
      h("a", { class: "button", href: "#/" }, "去找阿姨"));
    cursor = page.next_cursor;
    more.hidden = !cursor;
  }
  more.addEventListener("click", acting(more, load));
  show(title("我的预约", "My bookings"), h("p", {}, h("a", { href: "#/series" }, "我的周期服务"), " · ",
    h("a", { href: "#/needs" }, "我的需求与报价")), list, more);
  await load();
}

const row = one => h("a", { class: "card", href: "#/b/" + one.id },
  h("div", { class: "row between" }, h("span", { class: "name" }, one.service_name), badge(one.state)),
  h("div", { class: "soft" }, `${one.worker_called} · ${moment(one.start)}`),
  h("div", { class: "row between" }, h("span", { class: "price" }, one.total.display),
    one.refund.amount > 0 ? h("span", { class: "soft" }, "退款 " + one.refund.display)
      : one.due && one.due.part === "balance" && one.state === "confirmed"
        && h("span", { class: "soft" }, "尾款待付 " + one.due.amount.display)));

/** One booking. `news`: what has just become true, said above it. */
export async function bookingPage(id, news) {
  const booking = await api("GET", "/bookings/" + id);
  const again = said => location.hash === "#/b/" + id ? bookingPage(id, said) : undefined;
  const said = news || arrived(booking);
  const first = h("div", {}), last = h("div", {});
  show(title("预约详情", "Booking"), said && told(...said), booking.due && payPart(booking, again),
    booking.state === "asked" && askedCard(booking, again), beginningCard(booking, again), first, summary(booking), doorCode(booking),
    steps(booking, again), last);
  await Promise.all([fillIn(first, urgent(booking, again)), fillIn(last, more(booking, again))]);
}

function summary(booking) {
  const during = (booking.days ? daysSpan : span)(booking.start, booking.end);
  const sums = [["合计", booking.total]];
  if (booking.paid.amount) sums.push(["已付", booking.paid]);
  if (booking.returned.amount) sums.push(["已退差价", booking.returned]);
  if (booking.refund.amount) sums.push(["退款", booking.refund]);
  return h("div", { class: "card" },
    h("div", { class: "row between" }, h("span", { class: "name" }, booking.service_name), badge(booking.state)),
    h("p", {}, `${booking.worker_called} · ${during}`, booking.days && `（${booking.days} 个工作日）`),
    h("p", { class: "soft" }, booking.firm_name),
    booking.cared_for && h("p", { class: "soft" }, "照护对象：" + booking.cared_for.words),
    answer(booking), agreedWords(booking),
    h("details", {}, h("summary", {}, "价格明细"), priceTable(booking.lines, [])),
    priceTable([], sums), partWords(booking), policyWords(booking.policy));
}

/** That the firm is asked first, until it is. */
const answer = booking => booking.answer && booking.state === "held" && h("p", { class: "soft" }, booking.answer.words + "。");

const doorCode = booking => booking.state === "confirmed" && booking.door_code && h("div", { class: "card" },
  heading("开门码", "Door code"), h("div", { class: "door" }, booking.door_code),
  h("p", { class: "soft centre" }, "阿姨到了，请当面告诉她。"));

function payPart(booking, again) {
  const due = booking.due;
  if (booking.state === "held" && due.payable_from && new Date(due.payable_from) > now()) return h("div",
    { class: "card" }, heading("待支付", "To be paid later"), h("p", {}, `${due.amount.display}，${moment(due.payable_from)}` +
      `起可付，届时会提醒您；${moment(booking.expires_at)}前未付，这一次自动释放，其余各次不变。`));
  if (booking.state === "held") return paymentCard(booking, again);
  if (booking.state !== "confirmed" || due.part !== "balance") return null;
  if (new Date(due.payable_from) <= now()) return paymentCard(booking, again);
  return h("div", { class: "card" }, heading(PARTS.balance, "Balance"),
    h("p", {}, `${due.amount.display}，${moment(due.payable_from)}起可付，届时会提醒您。付清后阿姨才上门。`));
}

function steps(booking, again) {
  if (OVER.includes(booking.state)) return h("div", {}, againCard(booking),
    h("a", { class: "button quiet", href: "#/w/" + booking.worker_id }, "再约这位阿姨"));
  if (booking.state !== "served") return cancelCard(booking, again);
  return h("div", { class: "card" }, button("确认服务完成", async () => {
    await api("POST", `/bookings/${booking.id}/confirmations`, {});
    await again(["已确认完成", "Confirmed as done", "good"]);
  }));
}

/** What can't wait: help, and what waits for the family's answer. */
const urgent = (booking, again) => [
  alarmCard(booking), booking.state === "confirmed" ? substitutionCard(booking, again) : null,
  booking.days && booking.started_at ? guaranteeCard(booking, again) : null];

const more = (booking, again) => [
  booking.days && booking.state !== "held" ? contractCard(booking, again) : null,
  ["held", "expired"].includes(booking.state) ? null : chatCard(booking),
  booking.confirmed_at && !booking.days ? changeCard(booking, again) : null,
  booking.paid.amount > 0 || booking.refund.amount > 0 ? refundCard(booking, again) : null,
  booking.days && booking.started_at ? workdayCard(booking, again) : null, seriesCard(booking),
  booking.paid.amount > 0 ? invoiceCard(booking) : null,
  booking.state === "completed" ? reviewCard(booking.id) : null];

/** Cards that take a request each, in this order: each shown the moment it comes, and one that can't be had does not hide
 * the others. */
const fillIn = (host, parts) => Promise.all(parts.filter(Boolean).map(async part => {
  const place = h("div", {});
  host.append(place);
  const made = await part.catch(problem => problemBox(problem));
  if (made) place.replaceWith(made); else place.remove();
}));
