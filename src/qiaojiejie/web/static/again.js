// The same again: same worker, service, length and address, at another time and today's price.

import { api } from "./client.js";
import { MORNINGS } from "./engage.js";
import { fill, h } from "./parts.js";
import { answerWords, partWords } from "./quote.js";
import { startsOn } from "./starts.js";
import { dayOf, hourOf, now } from "./times.js";
import { acting, button, heading, labelled, policyWords, priceTable } from "./view.js";

/** The card on a booking that is over in which it is asked for again. */
export function againCard(booking) {
  const day = h("input", { type: "date", min: dayOf(new Date(now())), value: dayOf(sameDay(booking.start)) });
  const free = h("div", { class: "slots", role: "group", "aria-label": "开始时间" });
  const lines = h("div", { role: "status" }), here = h("span", {});
  const slots = acting(here, async () => {
    fill(lines);
    const starts = booking.days ? mornings(booking, day.value) : await startsOn(booking.worker_id, day.value, booking.minutes, booking.address_id);
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
      const quote = await api("POST", `/bookings/${booking.id}/rebookings`, { start: at });
      fill(lines, priceTable(quote.lines, [["合计", quote.total]]), answerWords(quote), partWords(quote), policyWords(quote.policy),
        button("按今天的价格预约", async () => {
          const held = await api("POST", "/bookings", { quote_id: quote.id });
          location.hash = "#/b/" + held.id;
        }));
    }));
    return made;
  }
  day.addEventListener("change", slots);
  const card = h("details", { class: "card" }, h("summary", {}, "照原样再约一次"),
    h("p", { class: "soft" }, "同一位阿姨、同样的服务、时长和地址；价格和规则按今天的算，优惠码不再用。"),
    labelled("日期", day), heading("开始时间"), free, lines, h("div", {}, here));
  card.addEventListener("toggle", () => { if (card.open && !free.childElementCount) slots(); });
  return card;
}

const WEEK = 7 * 86400e3;

/** The next day of the same weekday; the day itself while it is to come. */
function sameDay(start) {
  const at = new Date(start).getTime();
  return new Date(at + Math.max(0, Math.ceil((now() - at) / WEEK)) * WEEK);
}

const mornings = (booking, day) => (booking.engagement && booking.engagement.shift ? [hourOf(booking.start)] : MORNINGS).map(hour => `${day}T${hour}:00+08:00`)
  .filter(at => new Date(at) > now());
