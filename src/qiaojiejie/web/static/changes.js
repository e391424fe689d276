// Another time for a visit, or more of it while it runs: what it comes to first, then the same and nothing else.

import { api } from "./client.js";
import { fill, h } from "./parts.js";
import { supplementCard } from "./payment.js";
import { freeStarts } from "./starts.js";
import { dayOf, hourOf, moment, now, span } from "./times.js";
import { acting, button, heading, labelled, option, policyWords, priceTable, told } from "./view.js";

const KINDS = { reschedule: "改期", extension: "加时" };
const LENGTHS = [60, 90, 120, 150, 180, 240, 300, 360, 480, 600, 720], MORE = [30, 60, 90, 120, 180, 240];
const HALF_HOUR = 1800e3;

/** The card in which a change that is open is answered or paid, or else what was changed and where one is asked for. */
export async function changeCard(booking, again) {
  const [newest] = (await api("GET", `/bookings/${booking.id}/changes?limit=1`)).items;
  if (newest && ["asked", "to_pay"].includes(newest.state)) return openCard(booking, newest, again);
  const asking = booking.steps.includes("reschedule") ? moveCard(booking, again)
    : booking.steps.includes("extend") && moreCard(booking, again);
  return h("div", {}, newest && newest.state === "done" && doneCard(newest), asking);
}

function doneCard(change) {
  const { amount, display } = change.difference;
  return h("div", { class: "card" }, heading("已" + KINDS[change.kind], "Changed"),
    h("p", { class: "soft" }, `原来的时间：${span(change.was_start, change.was_end)}`),
    amount !== 0 && h("p", { class: "soft" }, amount > 0 ? `已补差价 ${display}` : `退回差价 ${display.replace("-", "")}`));
}

function openCard(booking, change, again) {
  const kind = KINDS[change.kind], to = `/changes/${change.id}/`;
  const wanted = [h("p", {}, `${kind}到 ${span(change.start, change.end)}`),
    h("p", { class: "soft" }, `原来的时间：${span(change.was_start, change.was_end)}`)];
  const back = button(`不${kind}了`, async () => {
    await api("POST", to + "withdrawals", {});
    await again([`${kind}已撤回，原来的时间不变`, "Taken back: the old time stands", ""]);
  }, { quiet: true });
  if (change.state === "to_pay") return h("div", {}, supplementCard(booking, change, again),
    h("div", { class: "card" }, heading(kind + "待补差价", "To pay"), wanted, back));
  if (change.asked_by === "household") return h("div", { class: "card" }, heading(kind, "Asked for"), wanted,
    told("等阿姨答复", "Waiting for her answer", "wait", h("div", {}, hourOf(change.expires_at) + " 前有效")), back);
  const who = change.asked_by === "firm" ? "企业" : "阿姨";
  return h("div", { class: "card" }, heading(`${who}提出${kind}，请答复`, "Please answer"), wanted,
    h("p", { class: "soft" }, `${moment(change.expires_at)} 前答复有效；不同意不收费，原来的时间不变。`),
    button(change.difference.amount ? `同意，补 ${change.difference.display}` : "同意", async () => {
      const made = await api("POST", to + "agreements", { expected_difference: change.difference.amount });
      await again(made.state === "done" ? [kind + "已生效", "The new time stands", "good"] : undefined);
    }), button("不同意", async () => {
      await api("POST", to + "refusals", {});
      await again(["已答复，原来的时间不变", "The old time stands", ""]);
    }, { quiet: true }));
}

/** Asks for a change for exactly the difference that is shown. */
function confirming(booking, kind, wanted, offer, again) {
  const { difference } = offer, less = difference.amount < 0;
  const words = difference.amount > 0 ? `${KINDS[kind]}，补差价 ${difference.display}`
    : less ? `${KINDS[kind]}，退回 ${difference.display.replace("-", "")}` : `确认${KINDS[kind]}，不收费`;
  const sums = [["新的合计", offer.total]];
  if (difference.amount) sums.push([less ? "差价，退给您" : "补差价", difference]);
  return [priceTable(offer.lines, sums),
    button(words, async () => {
      const asked = { ...wanted, expected_difference: difference.amount };
      const made = await api("POST", `/bookings/${booking.id}/${kind}s`, asked);
      await again(made.state === "done" ? ["已改到 " + moment(made.start), "Moved", "good"] : undefined);
    })];
}

function moveCard(booking, again) {
  const day = h("input", { type: "date", min: dayOf(new Date(now())), value: dayOf(new Date(booking.start)) });
  const length = h("select", {}, [...new Set([...LENGTHS, booking.minutes])].sort((a, b) => a - b).map(one =>
    option(one, one / 60 + " 小时", booking.minutes)));
  const free = h("div", { class: "slots", role: "group", "aria-label": "新的开始时间" });
  const lines = h("div", { role: "status" }), here = h("span", {});
  const slots = acting(here, async () => {
    fill(lines);
    const starts = await startsFor(booking, day.value, Number(length.value));
    fill(free, starts.map(at => slot(at)), !starts.length && h("p", { class: "soft" }, "这天没有这么长的空档，请换一天。"));
  });
  function slot(at) {
    const made = h("button", { type: "button", "aria-pressed": "false" }, hourOf(at));
    made.addEventListener("click", acting(here, async () => {
      free.querySelectorAll("button").forEach(one => {
        one.classList.toggle("on", one === made);
        one.setAttribute("aria-pressed", String(one === made));
      });
      fill(lines);
      const wanted = { start: at, minutes: Number(length.value) };
      const offer = await api("POST", `/bookings/${booking.id}/reschedule-quotes`, wanted);
      fill(lines, h("p", {}, span(offer.start, offer.end)), confirming(booking, "reschedule", wanted, offer, again),
        h("p", { class: "soft" }, `取消费按最早约定的 ${moment(offer.fee_clock)} 计，改期不会重新计算。`),
        policyWords({ ...booking.policy, tiers: offer.tiers }));
    }));
    return made;
  }
  day.addEventListener("change", slots);
  length.addEventListener("change", slots);
  const card = h("details", { class: "card" }, h("summary", {}, "改时间"),
    h("p", { class: "soft" }, "同一位阿姨，按预约时的价格；改期不收费，只补或退差价。开始前 2 小时内不能再改。"),
    h("div", { class: "grid" }, labelled("日期", day), labelled("时长", length)), heading("新的开始时间"), free, lines,
    h("div", {}, here));
  card.addEventListener("toggle", () => { if (card.open && !free.childElementCount) slots(); });
  return card;
}

/** When she is free that day for so long; and an hour around the visit's own start, of which asking says whether. */
async function startsFor(booking, day, minutes) {
  const from = new Date(day + "T00:00:00+08:00").getTime(), until = from + 86400e3;
  const starts = await freeStarts(booking.worker_id, from, until, minutes, booking.address_id);
  const own = new Date(booking.start).getTime(), found = new Set(starts.map(at => new Date(at).getTime()));
  for (let at = own - 2 * HALF_HOUR; at <= own + 2 * HALF_HOUR; at += HALF_HOUR) {
    if (at >= from && at < until) found.add(at);
  }
  if (minutes === booking.minutes) found.delete(own);
  return [...found].sort((a, b) => a - b).map(at => new Date(at).toISOString());
}

function moreCard(booking, again) {
  const more = h("select", {}, MORE.map(one => option(one, one / 60 + " 小时")));
  const lines = h("div", { role: "status" });
  const ask = button("看看差价", async () => {
    const wanted = { minutes: Number(more.value) };
    const offer = await api("POST", `/bookings/${booking.id}/extension-quotes`, wanted);
    fill(lines, h("p", {}, "做到 " + hourOf(offer.end)), confirming(booking, "extension", wanted, offer, again));
  }, { quiet: true });
  more.addEventListener("change", () => fill(lines));
  return h("details", { class: "card" }, h("summary", {}, "请阿姨多做一会儿"),
    h("p", { class: "soft" }, "按预约时的价格；阿姨同意后，10 分钟内补差价即生效。"), labelled("多做", more), ask, lines);
}
