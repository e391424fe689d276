// What a family says of a booking that is over.

import { api } from "./client.js";
import { h } from "./parts.js";
import { acting, heading } from "./view.js";

const ASPECTS = { skill: "手艺", attitude: "态度", punctuality: "守时", honesty: "诚信", communication: "沟通" };

const SIDES = { household: "您的评价", worker: "阿姨的评价" };

/** What was said; the form while she has said nothing herself. */
export async function reviewCard(id) {
  const { items } = await api("GET", `/bookings/${id}/reviews`);
  const said = items.map(one => h("div", { class: "card" }, heading(SIDES[one.side], one.side === "household" ? "Yours" : "Hers"),
    h("p", { "aria-label": `${one.overall} 分` }, "★".repeat(one.overall)), one.words && h("p", {}, one.words),
    !one.published_at && h("p", { class: "soft" }, "双方都写完或 7 天后公开。")));
  return h("div", {}, said, !items.some(one => one.side === "household") && reviewForm(id));
}

function reviewForm(id) {
  const stars = name => h("select", { name },
    [5, 4, 3, 2, 1].map(one => h("option", { value: one, "aria-label": `${one} 分` }, "★".repeat(one))));
  const button = h("button", {}, "提交评价");
  const form = h("form", { class: "card" }, heading("评价", "Review"), h("p", { class: "soft" }, "双方都写完或 7 天后公开。"),
    h("div", { class: "grid" }, h("label", {}, "总体", stars("overall")),
      Object.entries(ASPECTS).map(([name, text]) => h("label", {}, text, stars(name)))),
    h("label", {}, "想说的话", h("textarea", { name: "words", rows: 3 })), button);
  form.addEventListener("submit", acting(button, async () => {
    const given = Object.fromEntries(new FormData(form));
    const aspects = Object.fromEntries(Object.keys(ASPECTS).map(name => [name, Number(given[name])]));
    await api("POST", `/bookings/${id}/reviews`,
      { overall: Number(given.overall), aspects, words: given.words || undefined });
    form.replaceChildren(h("p", { role: "status" }, "谢谢，评价已收到。"));
  }));
  return form;
}
