// Paid, and the firm is asked: until when it answers, and what came of it as soon as it has.

import { api, pause, sleep } from "./client.js";
import { h } from "./parts.js";
import { moment } from "./times.js";
import { told } from "./view.js";

const POLL_SECONDS = 4;
const ACCEPTED = ["企业已接单，预约已确认", "The firm accepts: your booking is confirmed", "good"];
const DECLINED = ["企业没有接单，已全额退款", "The firm does not accept: refunded in full", "bad"];

/** The card of a booking the firm is asked for; the booking is shown anew once it has answered. */
export function askedCard(booking, again) {
  const card = h("div", { class: "card" }, told("等企业答复", "The firm is asked", "wait",
    h("div", {}, `请企业在 ${moment(booking.answer_by)} 前答复。`), h("div", {}, "婉拒或逾期不答复，全额退款。答复前您也可以免费取消。")));
  watch(card, booking, again);
  return card;
}

async function watch(card, booking, again) {
  await sleep(1);
  while (card.isConnected) {
    await pause(POLL_SECONDS);
    const now = await api("GET", "/bookings/" + booking.id, undefined, { patience: 0 }).catch(() => booking);
    if (card.isConnected && now.state !== "asked") return again(
      now.state === "confirmed" ? ACCEPTED : now.state === "declined" ? DECLINED : undefined);
  }
}
