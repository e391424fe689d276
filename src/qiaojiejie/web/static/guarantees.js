// What an engagement by days promises: until when she is on trial, asking for another worker, taking who is offered.

import { api } from "./client.js";
import { h } from "./parts.js";
import { answered, candidateCards } from "./substitutes.js";
import { longDay, moment } from "./times.js";
import { button, heading, labelled, option, told } from "./view.js";

const REASONS = { unsuited: "合不来", unskilled: "手艺不够", unpunctual: "不守时", unwell: "身体不好", other: "其他" };
const THEIRS = { worker_ill: "身体不适", worker_left: "已离职", other: "有事" };

/** The card of the promise of another worker; null where the terms promise nothing. */
export async function guaranteeCard(booking, again) {
  const one = await api("GET", `/bookings/${booking.id}/guarantee`).catch(problem => {
    if (problem.body && problem.body.code === "GuaranteeNotFound") return null;
    throw problem;
  });
  if (!one) return null;
  if (one.state === "replacing") return replacingCard(booking, one, again);
  const words = { on_trial: `${one.worker_called}试用到 ${one.trial_until && longDay(one.trial_until)}。不合适可以要求换人，`
      + `${one.replacement_days} 天内换上；换不上只付做过的天数，不收违约金。`,
  kept: "试用期已过。阿姨以后来不了，企业仍须换人；换不上只付做过的天数。" }[one.state];
  return h("div", { class: "card" },
    h("div", { class: "row between" }, heading("试用与换人", "Trial and replacement"), h("span", { class: "badge" }, one.state_name)), words && h("p", { class: "soft" }, words),
    one.state === "on_trial" && booking.state === "under_way" && seeking(booking, one, again));
}

function seeking(booking, one, again) {
  const why = h("select", {}, Object.entries(REASONS).map(([code, words]) => option(code, words)));
  const sure = h("div", { hidden: true }, labelled("为什么换", why),
    h("p", { class: "soft" }, `${one.worker_called}做到今天为止，剩下的天数等新阿姨来做，价格不变。`),
    button("确认要求换人", async () => {
      await api("POST", `/bookings/${booking.id}/replacements`, { reason: why.value });
      await again(["已要求换人", "Another worker is asked for", "good", h("div", {}, `企业须在 ${one.replacement_days} 天内推荐并换上。`)]);
    }), button("先不换", () => { sure.hidden = true; open.hidden = false; }, { quiet: true }));
  const open = button("不合适，换一位阿姨", () => { sure.hidden = false; open.hidden = true; why.focus(); }, { quiet: true });
  return h("div", {}, open, sure);
}

async function replacingCard(booking, one, again) {
  const sought = one.replacement, offered = sought.candidates, begins = sought.begins_on;
  const fitting = begins ? await api("GET", `/bookings/${booking.id}/replacement-candidates?begins_on=${begins}`)
    .catch(() => ({ items: [] })) : { items: [] };
  const answer = (id, news) => answered(
    () => api("POST", `/bookings/${booking.id}/replacement-answers`, { worker_id: id }), news, again);
  const since = sought.party === "household" ? `您要求换下${sought.worker_called}（${REASONS[sought.reason]}）`
    : `${sought.worker_called}${THEIRS[sought.reason]}，企业要换人`;
  return h("div", { class: "card" }, heading("换人中", "Being replaced"),
    told(offered.length ? "请选一位接着做" : "等企业推荐", offered.length ? "Choose who goes on" : "Waiting for the firm", "wait",
      h("div", {}, `${since}。${moment(sought.until)} 前没有换上，合同结束，只付做过的天数。`)),
    offered.length > 0 && [h("p", {}, `${longDay(begins)}起接着做剩下的 ${one.days_left} 天，价格不变，重新试用 ${one.trial_days} 天。`),
      await candidateCards(offered, fitting.items, other => button(`换成${other.worker_called}`,
        () => answer(other.worker_id, [`${other.worker_called}从 ${longDay(begins)} 起接着做`, "Somebody else goes on", "good"])))],
    await refusing(booking, one, () => answer(null, ["服务已结束，没做的天数全部退回", "Ended; days not worked are refunded", ""])));
}

/** Ending it: what was begun stays for the days that may still be written down, all else goes back. */
async function refusing(booking, one, send) {
  const { items } = await api("GET", `/bookings/${booking.id}/workdays`);
  const back = booking.paid.amount - items.reduce((sum, day) => sum + day.amount.amount, 0);
  const sure = h("div", { hidden: true }, h("p", {}, `剩下的 ${one.days_left} 天不再做，至少退回 ¥${(back / 100).toFixed(2)}，` +
    "不收违约金；已做的天数照付，没有记工的也会退回。"), button("确认结束", send),
  button("再等等", () => { sure.hidden = true; open.hidden = false; }, { quiet: true }));
  const open = button("不换了，结束服务", () => { sure.hidden = false; open.hidden = true; }, { quiet: true });
  return h("div", {}, open, sure);
}
