// Finding a worker, and her page.

import { api, store } from "./client.js";
import { UNSEEN, colourBadge, creditCard, papers } from "./credit.js";
import { heart } from "./favourites.js";
import { h } from "./parts.js";
import { bookingForm } from "./quote.js";
import { dayOf, moment, now } from "./times.js";
import { acting, option, show, title } from "./view.js";

export const UNITS = { hour: "小时", visit: "次", day: "天", month: "月" };

function workerCard(worker, scored = true) {
  const stars = worker.rating.count ? `${worker.rating.average} 分（${worker.rating.count} 条）` : "暂无评价";
  const about = [worker.age_band && worker.age_band + " 岁", worker.native_place,
    worker.years != null && (worker.years ? `从业 ${worker.years} 年` : "从业不满一年")];
  return h("a", { class: "card", href: "#/w/" + worker.id },
    h("div", { class: "row" }, h("div", { class: "face", "aria-hidden": "true" }, worker.name.slice(0, 1)),
      h("div", {}, h("div", { class: "row" }, h("span", { class: "name" }, worker.name),
        colourBadge(worker.safety_colour),
        scored && h("span", { class: "badge" }, `${worker.grade} · ${worker.score}`)),
      h("div", { class: "soft" }, about.filter(Boolean).join(" · ")))),
    h("div", { class: "row between" }, h("span", { class: "soft" }, worker.firm.name),
      h("span", { class: "price" }, worker.price_from ? worker.price_from.display + " 起" : "")),
    h("div", { class: "row between soft" }, h("span", {}, stars),
      h("span", {}, "最早可约 " + moment(worker.next_free_at))));
}

/** What the family looks for, as the API is asked. */
function asked(chosen, cursor) {
  const query = new URLSearchParams({ service: chosen.service, sort: chosen.sort, limit: "20" });
  if (chosen.region) query.set("region", chosen.region);
  if (chosen.day && chosen.hour !== "") {
    const start = new Date(`${chosen.day}T${chosen.hour.padStart(2, "0")}:00:00+08:00`);
    query.set("free_from", start.toISOString());
    query.set("free_until", new Date(start.getTime() + Number(chosen.hours) * 3600e3).toISOString());
  }
  if (cursor) query.set("cursor", cursor);
  return query;
}

/** The district a family lives in, once it is known who asks. */
async function home() {
  if (!store.get("tokens")) return "";
  const mine = await api("GET", "/me/addresses?limit=1").catch(() => ({ items: [] }));  // a worker's session has none
  return mine.items.length ? mine.items[0].region_code : "";
}

export async function find() {
  const [services, regions, log, region] = await Promise.all([api("GET", "/services"), api("GET", "/regions"),
    api("GET", "/log/status"), home()]);
  const chosen = store.get("filter") || { service: "cleaning", region, sort: "credit", day: "", hour: "", hours: "2" };
  const select = (name, choices) => h("select", { name, onchange: () => again() },
    choices.map(([value, text]) => option(value, text, chosen[name])));
  const hours = Array.from({ length: 24 }, (_, at) => [String(at), `${at}:00`]);
  const form = h("form", { class: "card" }, h("div", { class: "grid" },
    h("label", {}, "服务", select("service", services.items.map(one => [one.code, one.name]))),
    h("label", {}, "区县", select("region", [["", "全市"], ...regions.items.map(one => [one.code, one.name])])),
    h("label", {}, "日期", h("input",
      { type: "date", name: "day", value: chosen.day, min: dayOf(new Date(now())), onchange: () => again() })),
    h("label", {}, "几点开始", select("hour", [["", "不限"], ...hours])),
    h("label", {}, "几小时", select("hours", ["2", "3", "4", "6", "8"].map(one => [one, one + " 小时"]))),
    h("label", {}, "排序", select("sort", [["credit", "信用优先"], ["price", "价格优先"], ["experience", "经验优先"]]))));
  const list = h("div", {}), more = h("button", { class: "quiet" }, "更多");
  let cursor = null;
  async function load() {
    const page = await api("GET", "/workers?" + asked(chosen, cursor));
    cursor = page.next_cursor;
    list.append(...page.items.map(worker => workerCard(worker, log.fresh)));
    if (!list.childElementCount) list.append(h("p", { class: "soft", role: "status" }, "没有合适又空闲的阿姨，换个时间或区县试试。"));
    more.hidden = !cursor;
  }
  more.addEventListener("click", acting(more, load));
  function again() {
    for (const [name, value] of new FormData(form)) chosen[name] = value;
    store.set("filter", chosen);
    cursor = null;
    list.replaceChildren();
    acting(more, load)();
  }
  show(title("找一位信得过的阿姨", "Find a worker"), !log.fresh && h("p", { class: "soft" }, UNSEEN), form,
    h("p", {}, h("a", { href: "#/needs" }, "不想一个个挑？发布需求，让企业来报价")), list, more);
  await acting(more, load)();
}

/** Workers the family marked; who can't be booked now is named with the reason. */
export async function favourites() {
  const list = h("div", {}), more = h("button", { class: "quiet", hidden: true }, "更多");
  let cursor = "";
  const row = one => one.worker ? workerCard(one.worker) : h("div", { class: "card row between" },
    h("span", { class: "name" }, one.called), h("span", { class: "badge" }, one.status_name));
  async function load() {
    const page = await api("GET", "/me/favourites?limit=20" + (cursor && `&cursor=${encodeURIComponent(cursor)}`));
    list.append(...page.items.map(row));
    if (!list.childElementCount) list.append(h("p", { class: "soft" }, "还没有收藏。在阿姨的页面点“♡ 收藏”，下次好找。"));
    cursor = page.next_cursor;
    more.hidden = !cursor;
  }
  more.addEventListener("click", acting(more, load));
  show(title("我的收藏", "My favourites"), list, more);
  await load();
}

export async function workerPage(id) {
  const [worker, credit, reviews] = await Promise.all([api("GET", "/workers/" + id),
    api("GET", `/workers/${id}/credit`),
    api("GET", `/workers/${id}/reviews?limit=5`)]);
  const said = reviews.items.map(one => h("p", {},
    h("span", { "aria-label": `${one.overall} 分` }, "★".repeat(one.overall)), " ", one.words || "",
    h("span", { class: "soft" }, " " + moment(one.published_at))));
  show(h("h1", { class: "unseen" }, worker.name), workerCard(worker, !credit.ledger || credit.ledger.fresh !== false),
    await heart(worker), worker.bio && h("p", {}, worker.bio), await bookingForm(worker),
    h("div", { class: "card" }, h("h2", {}, "服务与价格"), h("table", {}, worker.services.map(one =>
      h("tr", {}, h("td", {}, one.name), h("td", { class: "price" }, `${one.price.display}/${UNITS[one.unit]}`))))),
    creditCard(credit), papers(worker),
    h("div", { class: "card" }, h("h2", {}, "家庭评价"), said.length ? said : h("p", { class: "soft" }, "还没有公开的评价")));
}
