// What anybody may know of a worker's standing: score and reasons, papers, honours.

import { h } from "./parts.js";
import { dayOf, now } from "./times.js";

export const UNSEEN = "评分暂不显示：公开日志超过 48 小时未由妇联见证";
export const COLOURS = { green: "绿码", yellow: "黄码", red: "红码" };

export const colourBadge = colour => h("span", { class: "badge " + colour, title: "安心码" }, COLOURS[colour] || colour);

/** Certificates, each with what anybody can check of it, and honours with who named them. */
export function papers(worker) {
  const today = dayOf(new Date(now()));
  const standing = one => !one.verified ? ["soft", "尚未核验"] : one.valid_until && one.valid_until < today
    ? ["red", "已过期"] : ["green", "已核验"];
  const rows = worker.certificates.map(one => {
    const [colour, said] = standing(one);
    return h("p", {}, h("strong", {}, one.title), " ", h("span", { class: colour }, said), " ",
      h("span", { class: "soft" }, one.valid_until ? `有效期至 ${one.valid_until}` : ""),
      one.serial && [" ", h("a", { href: "/verify/" + encodeURIComponent(one.serial) }, "核验证书")]);
  });
  const honours = worker.honours.map(one => h("p", {}, h("strong", {}, one.title),
    h("span", { class: "soft" }, ` ${one.body} · ${one.on}`)));
  return rows.length + honours.length > 0 && h("div", { class: "card" }, h("h2", {}, "证书与荣誉"), rows, honours);
}

/** A score is shown only under a log that a witness saw within 48 hours. */
export function creditCard(credit) {
  const check = h("p", { class: "soft" }, h("a", { href: "/audit" }, "如何核对"),
    credit.proof_url && [" · ", h("a", { href: credit.proof_url }, "本次评分的日志证明")]);
  if (credit.ledger && credit.ledger.fresh === false) {
    return h("div", { class: "card" }, h("h2", {}, "信用"), h("p", {}, UNSEEN), check);
  }
  const points = credit.reasons.map(one => h("tr", {}, h("td", {}, one.words.zh),
    h("td", { class: one.points < 0 ? "red" : "green" }, (one.points > 0 ? "+" : "") + one.points)));
  return h("div", { class: "card" }, h("h2", {}, `信用 ${credit.grade} · ${credit.score} 分`),
    h("p", { class: "soft" }, `起点 800 分；依据 ${credit.households} 户家庭的记录，规则 ${credit.rule}。每一分都有出处。`),
    h("table", {}, points), check);
}
