// A community station as a neighbour sees it: who is there, who waits, what goes on, what there is to do.
// Every word from the server is put in as text, never as HTML.

import { at, en, h, hour } from "/static/parts.js";

const KINDS = { ideas: ["思想进社区", "Ideas"], training: ["培训进社区", "Training"], service: ["服务进社区", "Service"],
  projects: ["项目进社区", "Projects"] };
const UNITS = { month: "月", day: "天", hour: "小时", piece: "件" };

async function get(path) {
  const answer = await fetch("/api/v1" + path, { headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.title), { told });
  return told;
}

const card = (zh, english, ...inner) => h("section", { class: "card" }, h("h2", {}, zh, en(english)), ...inner);
const none = (zh, english) => h("p", { class: "soft" }, zh, en(english));
const item = (...inner) => h("div", { class: "item" }, ...inner);
const day = iso => new Date(iso).toLocaleDateString("zh-CN", { timeZone: "Asia/Shanghai", month: "numeric", day: "numeric", weekday: "short" });

function about(told) {
  return h("section", { class: "card" }, h("h1", {}, told.name), h("p", { class: "soft" }, told.address), h("p", {}, told.hours),
    told.floors.map(each => h("p", {}, h("strong", {}, `${each.floor} 楼`), " " + each.functions.join("、"))),
    told.staff.length ? h("p", {}, told.staff.map(each => `${each.called}（${each.duty}）`).join("、"), en("staff")) : "",
    h("p", { class: "soft" }, `${told.community} · ${told.association} · ${told.opened_on} 开放`));
}

function queue(told) {
  const box = (value, zh, english) => h("div", {}, h("strong", {}, value), zh, en(english));
  const called = told.called.slice(0, 3).map(each => `${each.number}→${each.window}`).join(" ") || "—";
  return card("服务台现在", "The desk now", h("div", { class: "now" }, box(String(told.waiting), "人在排队", "waiting"),
    box(called, "叫号→窗口", "called → window"),
    box(told.waited == null ? "—" : String(Math.max(1, Math.round(told.waited / 60))), "分钟（今日中位等候）", "minutes, median today")));
}

function rooms(list) {
  return card("今日场地", "Rooms today", ...list.map(each => item(h("p", {}, h("strong", {}, each.room.name),
    ` ${each.room.floor} 楼 · ${each.room.seats} 座`), h("p", { class: "soft" }, each.taken.length
    ? "已预订 " + each.taken.map(one => `${hour(one.starts)}–${hour(one.ends)}`).join("、") : "全天可预订 · free all day"))));
}

const sized = (url, ...widths) => widths.map(width => `${url}?width=${width} ${width}w`).join(", ");

function activity(each) {
  const [zh, english] = KINDS[each.kind], held = each.state === "held";
  return item(h("p", {}, h("span", { class: "badge red" }, zh), " ", h("strong", {}, each.title), en(english)),
    h("p", { class: "soft" }, `${day(each.starts)} ${hour(each.starts)}–${hour(each.ends)} · ${each.place}`),
    h("p", {}, held ? `到场 ${each.came} 人：${each.report}` : each.state === "cancelled" ? `已取消：${each.reason}`
      : each.free ? `还有 ${each.free} 个名额` : "名额已满，可候补"),
    each.photos.length ? h("div", { class: "photos" }, each.photos.map(one => h("img", { src: one.url + "?width=320", srcset: sized(one.url, 160, 320, 640), sizes: "160px", loading: "lazy", alt: each.title }))) : "");
}

const money = each => each.display;

function work(wall, orders) {
  const openings = wall.filter(each => each.free);
  return card("就业与手工活", "Work and piece-work", ...openings.map(each => item(
    h("p", {}, h("strong", {}, each.title), ` ${money(each.wage_low)}–${money(each.wage_high)}/${UNITS[each.wage_unit]}`),
    h("p", { class: "soft" }, `${each.employer} · 还招 ${each.free} 人 · 截止 ${each.until}`))),
  ...orders.map(each => item(h("p", {}, h("strong", {}, each.title), ` 每件 ${money(each.unit)}`),
    h("p", { class: "soft" }, `${each.customer} · 剩 ${each.free} 件 · ${each.due_on} 前交货`))),
  openings.length + orders.length ? "" : none("暂无，可到服务台登记求职意向。", "Nothing now; leave your wishes at the desk."));
}

async function show(id) {
  const path = "/stations/" + encodeURIComponent(id), of = "station_id=" + encodeURIComponent(id);
  const [told, waits, free, activities, openings, orders] = await Promise.all([get(path), get(path + "/queue"), get(path + "/rooms"),
    get(`/activities?${of}&limit=6`), get(`/openings?${of}&limit=6`), get(`/handwork-orders?${of}&limit=6`)]);
  document.title = told.name;
  at("answer").replaceChildren(about(told), queue(waits), card("四进活动", "Activities", ...activities.items.map(activity),
    activities.items.length ? "" : none("暂无安排。", "None yet.")), work(openings.items, orders.items), rooms(free),
  h("p", {}, h("a", { href: "/station" }, "全部工作站 · all stations")));
}

async function list() {
  const told = await get("/stations?limit=100");
  at("answer").replaceChildren(h("h1", {}, "社区示范工作站", en("Community stations")), ...told.items.map(each =>
    h("a", { class: "card", href: "/station/" + each.id }, h("strong", {}, each.name), h("p", { class: "soft" }, each.address),
      h("p", { class: "soft" }, each.hours))));
}

const given = decodeURIComponent(location.pathname.split("/")[2] || "");
at("answer").replaceChildren(none("正在打开…", "opening…"));
(given ? show(given) : list()).catch(lost => at("answer").replaceChildren(h("p", { class: "problem" },
  lost.told ? lost.told.title : "暂时打不开，请稍后再试。", en(lost.told ? "There is no such station." : "It can’t be opened now; try again later."))));
