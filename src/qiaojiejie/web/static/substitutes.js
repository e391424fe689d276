// Somebody else comes: who the firm offers for a visit, with what families decide by, and taking one or nobody.

import { api } from "./client.js";
import { colourBadge } from "./credit.js";
import { h } from "./parts.js";
import { moment } from "./times.js";
import { button, heading, told } from "./view.js";

const REASONS = { worker_ill: "身体不适", worker_left: "已离职", overbooked: "时间冲突", other: "有事" };
/** Refusals after which what is shown is worth nothing any more. */
const STALE = ["SubstituteGone", "ReplacementGone", "SubstituteNotOffered", "ReplacementNotOffered", "StepNotPossible"];

/** The card in which a family answers whom the firm offers instead; null when nobody is offered. */
export async function substitutionCard(booking, again) {
  const [newest] = (await api("GET", `/bookings/${booking.id}/substitutions?limit=1`)).items;
  if (!newest || newest.state !== "offered") return null;
  const fitting = await api("GET", `/bookings/${booking.id}/substitutes`);
  const answer = async (id, news) => {
    await answered(() => api("POST", `/substitutions/${newest.id}/answers`, { worker_id: id }), news, again);
  };
  const offered = newest.candidates.filter(one => !one.dropped_at);
  return h("div", { class: "card" }, heading("企业请您换一位阿姨", "Somebody else instead"),
    told(`${newest.worker_called}${REASONS[newest.reason]}，不能上门`, `${offered.length} offered instead`, "wait",
      h("div", {}, `请在 ${moment(newest.until)} 前答复；不答复视为都不要，全额退款。换人价格不变。`)),
    offered.length ? await candidateCards(offered, fitting.items, one => button(`换成${one.worker_called}`,
      () => answer(one.worker_id, [`已换成${one.worker_called}，价格不变`, "Somebody else comes, at the same price", "good",
        h("div", {}, "开门码已更换，请看下面。")])))
      : h("p", { class: "soft" }, "推荐的阿姨都已约满，企业会再推荐别人。"),
    button(`都不要，免费取消，退回 ${booking.paid.display}`,
      () => answer(null, ["预约已取消，全额退款", "Cancelled and refunded in full", ""]), { quiet: true }));
}

/** Sends an answer and shows the booking anew, with why when what was offered is not there any more. */
export async function answered(send, news, again) {
  try { await send(); } catch (problem) {
    if (!STALE.includes(problem.body && problem.body.code)) throw problem;
    return again([problem.message, "", "bad"]);
  }
  await again(news);
}

/** Who is offered, each with what families decide by and `take(one)`, a button. */
export async function candidateCards(offered, fitting, take) {
  const found = Object.fromEntries(fitting.map(one => [one.worker.id, one]));
  const unseen = offered.filter(one => !found[one.worker_id]);
  const cards = await Promise.all(unseen.map(one => api("GET", "/workers/" + one.worker_id).catch(() => null)));
  unseen.forEach((one, n) => { if (cards[n]) found[one.worker_id] = { worker: cards[n], completed_here: 0 }; });
  return h("ul", { class: "days" }, offered.map(one => h("li", {}, facts(one, found[one.worker_id]), take(one))));
}

function facts(one, found) {
  if (!found) return h("span", { class: "name" }, one.worker_called);
  const { worker, completed_here: here } = found, { rating } = worker;
  const about = [worker.age_band && worker.age_band + " 岁", worker.native_place,
    worker.years != null && (worker.years ? `从业 ${worker.years} 年` : "从业不满一年"), `完成 ${worker.completed} 单`];
  const near = worker.distance_m != null && `距您约 ${(worker.distance_m / 1000).toFixed(1)} 公里`;
  return h("div", {}, h("div", { class: "row" }, h("a", { class: "name", href: "#/w/" + worker.id }, worker.name),
    colourBadge(worker.safety_colour), h("span", { class: "badge" }, `${worker.grade} · ${worker.score}`)),
  h("div", { class: "soft" }, about.filter(Boolean).join(" · ")),
  h("div", { class: "soft" }, [rating.count ? `${rating.average} 分（${rating.count} 条）` : "暂无评价", near,
    here > 0 && `来过您家 ${here} 次`].filter(Boolean).join(" · ")),
  worker.certificates.length > 0 && h("div", { class: "soft" }, "证书：" + worker.certificates.map(paper => paper.title).join("、")));
}
