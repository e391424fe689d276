// Visits that come again: a family's series, and one of them with every visit and what can be done with it.

import { api } from "./client.js";
import { fill, h } from "./parts.js";
import { longDay, moment, now } from "./times.js";
import { acting, button, heading, show, title, told } from "./view.js";

const STATES = { held: "待付首次", confirmed: "进行中", let_go: "首次未付款，已释放", ended: "已结束" };
/** State of a visit's booking → what a family reads, and its colour. */
const VISITS = {
  held: ["待支付", "yellow"], confirmed: ["已付款", "green"], under_way: ["服务中", "green"], served: ["待您确认", "yellow"],
  completed: ["已完成", ""], expired: ["未付款，已释放", ""], cancelled: ["已取消", ""], declined: ["企业已婉拒", "red"],
  worker_absent: ["阿姨未到", "red"], household_absent: ["家中无人", "red"] };
const BECAUSE = { family: "您跳过了", holiday: "节假日", silence: "节假日未答复", taken: "当时已约满",
  outside_hours: "不在工作时间", papers: "届时证件过期" };
const GONE = ["expired", "cancelled", "declined"];

const count = one => `已排 ${one.visits.booked} 次` + (one.visits.asked ? `，待答复 ${one.visits.asked} 次` : "")
  + (one.visits.skipped ? `，跳过 ${one.visits.skipped} 次` : "") + (one.visits.cancelled ? `，取消 ${one.visits.cancelled} 次` : "");

const row = one => h("a", { class: "card", href: "#/s/" + one.id },
  h("div", { class: "row between" }, h("span", { class: "name" }, one.service_name), h("span", { class: "badge" },
    STATES[one.state])),
  h("div", { class: "soft" }, `${one.worker_called} · ${moment(one.start)} 起 · 每次 ${one.price.display}`),
  h("div", { class: "soft" }, count(one)));

/** On a booking's page: the series it is a visit of, if it is. */
export async function seriesCard(booking) {
  const found = await api("GET", "/series?booking_id=" + booking.id);
  return found.items.length ? h("div", {}, heading("周期服务", "One of a series"), row(found.items[0])) : null;
}

export async function seriesList() {
  const list = h("div", {}), more = h("button", { class: "quiet", hidden: true }, "更多");
  let cursor = "";
  async function load() {
    const page = await api("GET", "/series?limit=20" + (cursor && `&cursor=${encodeURIComponent(cursor)}`));
    list.append(...page.items.map(row));
    if (!list.childElementCount) list.append(h("p", { class: "soft" }, "还没有周期服务。"));
    cursor = page.next_cursor;
    more.hidden = !cursor;
  }
  more.addEventListener("click", acting(more, load));
  show(title("我的周期服务", "My series"), list, more);
  await load();
}

/** One series. `news`: what has just become true, said above it. */
export async function seriesPage(id, news) {
  const [one, page] = await Promise.all([api("GET", "/series/" + id),
    api("GET", `/series/${id}/occurrences?limit=100`)]);
  const again = said => location.hash === "#/s/" + id ? seriesPage(id, said) : undefined;
  show(title("周期服务", "Series"), news && told(...news), h("div", { class: "card" },
    h("div", { class: "row between" }, h("span", { class: "name" }, one.service_name),
      h("span", { class: "badge" }, STATES[one.state])),
    h("p", {}, `${one.worker_called} · 每次 ${one.minutes / 60} 小时 ${one.price.display}`),
    h("p", { class: "soft" }, count(one)), one.state === "held" && h("a", { class: "button",
      href: "#/b/" + one.first_booking_id }, "去付首次（10 分钟内，付后全部确认）")),
  page.items.map(visit => visitCard(one, visit, again)), restCard(one, again));
}

function visitCard(one, visit, again) {
  const booking = visit.state === "booked" || visit.state === "cancelled" ? visit.booking : null;
  const [words, colour] = booking ? VISITS[booking.state] : visit.state === "asked" ? ["节假日，要不要？", "yellow"]
    : ["已跳过" + (visit.because ? "：" + BECAUSE[visit.because] : ""), ""];
  const place = booking ? h("a", { href: "#/b/" + booking.id }, moment(visit.start)) : moment(visit.start);
  return h("div", { class: "card" },
    h("div", { class: "row between" }, h("span", {}, place), h("span", { class: "badge " + colour }, words)),
    h("p", { class: "soft" }, visit.holiday, visit.moved && ` 改自 ${longDay(visit.day)}`,
      visit.reseated && booking && ` 由${booking.worker_called}上门`),
    one.state === "confirmed" && new Date(visit.start) > now() && doings(one, visit, again));
}

/** What can be done with one visit that costs nothing; a paid one is given up on its own page. */
function doings(one, visit, again) {
  const post = (what, body, said) => async () => {
    await api("POST", `/series/${one.id}/${what}`, { day: visit.day, ...body });
    await again(said);
  };
  if (visit.state === "asked") return h("div", {},
    button("要这一次", post("answers", { wanted: true }, ["已保留这一次", "Kept", "good"])),
    button("不要这一次", post("answers", { wanted: false }, ["已跳过这一次", "Skipped", "good"]), { quiet: true }));
  if (visit.state === "booked" && visit.booking.state === "held") return button("跳过这一次",
    post("skips", {}, ["已跳过这一次，其余不变", "Skipped; the rest stands", "good"]), { quiet: true });
  if (visit.state === "skipped" || (visit.state === "booked" && GONE.includes(visit.booking.state))) return button(
    "恢复这一次", post("restorations", {}, ["已恢复这一次", "Back again", "good"]), { quiet: true });
  return null;
}

/** A card with a button that first says what cancelling all that is ahead comes to. */
function restCard(one, again) {
  if (one.state !== "confirmed" && one.state !== "held") return null;
  const offer = h("div", {});
  const ask = button("取消其余各次（先看退多少）", async () => {
    const quote = await api("POST", `/series/${one.id}/cancellation-quotes`, { scope: "all" });
    ask.hidden = true;
    fill(offer, heading("现在取消其余各次", "If you cancel the rest now"),
      h("p", {}, `共 ${quote.visits.length} 次：取消费 ${quote.fee.display}，退回 ${quote.refund.display}`),
      button("确认取消", async () => {
        await api("POST", `/series/${one.id}/cancellations`, { scope: "all", expected_refund: quote.refund.amount });
        await again(["其余各次已取消", "The rest is cancelled", "good"]);
      }), button("不取消了", () => again(), { quiet: true }));
  }, { quiet: true });
  return h("div", { class: "card" }, offer, ask);
}
