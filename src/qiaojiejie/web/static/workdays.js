// An engagement by days as the family follows it: each day agreed to or contested, and ending it early.

import { api } from "./client.js";
import { fill, h } from "./parts.js";
import { longDay } from "./times.js";
import { button, heading, option, problemBox } from "./view.js";

const CONTESTS = { not_there: "没有来", fewer_hours: "时间没有这么长", somebody_else: "来的不是本人", other: "其他" };
const ENDINGS = { not_needed: "不再需要", unsatisfied: "不满意", moved: "搬家", worker_ill: "阿姨生病", worker_left: "阿姨离开",
  unsafe: "不安全", other: "其他" };
const STATES = { recorded: ["待您确认", "yellow"], contested: ["您有异议", "red"], agreed: ["已确认", "green"],
  struck: ["已撤销", ""] };

export async function workdayCard(booking, again) {
  const days = await api("GET", `/bookings/${booking.id}/workdays`);
  const open = days.items.filter(one => one.workday && one.workday.state === "recorded").length;
  return h("div", { class: "card" }, heading("记工", "Days worked"),
    h("p", { class: "soft" }, open ? `有 ${open} 天等您确认；48 小时没有异议即视为确认。` : "阿姨记下的每一天都会列在这里，您可以确认或提出异议。"),
    h("ul", { class: "days" }, days.items.map(one => dayRow(one, again))),
      booking.state === "under_way" && !booking.refund.amount && endCard(booking, again));
}

function dayRow(planned, again) {
  const found = planned.workday, amount = found ? found.amount : planned.amount;
  const words = [longDay(planned.day), planned.times > 1 && `（法定节假日 ${planned.times} 倍）`,
    found && found.half && "（半天）"].filter(Boolean).join("");
  const row = h("li", {}, h("div", { class: "row between" }, h("span", {}, words),
    h("span", {}, amount.display, " ",
      found ? h("span", { class: "badge " + STATES[found.state][1] }, STATES[found.state][0])
        : h("span", { class: "soft" }, "未记"))));
  if (found && ["recorded", "contested"].includes(found.state)) row.append(answers(found, again));
  return row;
}

function answers(day, again) {
  const say = async body => { await api("POST", `/workdays/${day.id}/answers`, body); await again(); };
  const agree = button("确认这一天", () => say({ answer: "agree" }));
  if (day.state === "contested") return h("div", {},
    h("p", { class: "soft" }, `您的异议：${CONTESTS[day.reason] || ""}；等阿姨更正或调解。`), agree);
  const why = h("select", {}, Object.entries(CONTESTS).map(([code, words]) => option(code, words)));
  const contest = h("div", { hidden: true }, h("label", {}, "哪里不对", why),
    button("提出异议", () => say({ answer: "contest", reason: why.value }), { quiet: true }));
  const open = button("有异议", () => { contest.hidden = false; open.hidden = true; why.focus(); }, { quiet: true });
  return h("div", { class: "pair" }, agree, open, contest);
}

/** Ending early, for exactly the refund that was said. */
function endCard(booking, again) {
  const offer = h("div", {}), ask = button("提前结束（先看退多少）", () => priced(), { quiet: true });
  async function priced(before) {
    const quote = await api("POST", `/bookings/${booking.id}/ending-quotes`, {});
    const why = h("select", {}, Object.entries(ENDINGS).map(([code, words]) => option(code, words)));
    const sure = button(`确认结束，退回 ${quote.refund.display}`, async () => {
      try {
        await api("POST", `/bookings/${booking.id}/endings`,
          { expected_refund: quote.refund.amount, reason: why.value });
      } catch (problem) {
        if (problem.body && problem.body.code === "EndingQuoteChanged") return priced(problem);
        throw problem;
      }
      await again(["已提前结束", "Ended early", "good"]);
    });
    ask.hidden = true;
    fill(offer, before && problemBox(before), heading("现在结束", "If you end it now"), h("table", {},
      h("tr", {}, h("td", {}, `已做 ${quote.days} 天`), h("td", {}, quote.kept.display)),
      quote.open_days ? h("tr", {}, h("td", {}, `还可补记 ${quote.open_days} 天（不记则退回）`), h("td", {}, quote.open.display))
        : "",
      h("tr", {}, h("td", {}, "违约金"), h("td", {}, quote.fee.display)),
      h("tr", { class: "total" }, h("td", {}, "现在退回"), h("td", { class: "price" }, quote.refund.display))),
    h("label", {}, "原因", why), sure,
      button("不结束了", () => { offer.replaceChildren(); ask.hidden = false; }, { quiet: true }));
  }
  return h("div", {}, offer, ask);
}
