// What a family looks for, said once: posted, the firms' quotes side by side, one of them ordered.

import { api, store } from "./client.js";
import { memberWords } from "./members.js";
import { fill, h } from "./parts.js";
import { dayOf, daysSpan, longDay, moment, now, span } from "./times.js";
import { acting, button, heading, labelled, option, show, title, told } from "./view.js";

const BY_DAYS = ["day", "month"], LENGTHS = [60, 90, 120, 180, 240, 300, 360, 480, 600, 720];
const HOUR = 3600e3, NOTICE = HOUR + 60e3;
const OPEN_FOR = [[6, "6 小时"], [24, "1 天"], [48, "2 天"], [72, "3 天"], [168, "7 天"]];
const COLOURS = { open: "green", ordered: "", closed: "", lapsed: "" };
const COLOUR_NAMES = { green: "绿码", yellow: "黄码", red: "红码" };

const length = one => one.days ? `${one.days} 天` : `${one.minutes / 60} 小时`;
const wanted = one => one.start ? `${moment(one.start)} 开始` : `${longDay(one.from_day)} 至 ${longDay(one.to_day)} 之间开始`;
const badge = one => h("span", { class: "badge " + COLOURS[one.state] }, one.state_name);

const row = one => h("a", { class: "card", href: "#/n/" + one.id },
  h("div", { class: "row between" }, h("span", { class: "name" }, one.service_name), badge(one)),
  h("div", { class: "soft" }, `${length(one)} · ${wanted(one)}`),
  h("div", { class: "soft" }, one.state === "open" ? `${one.quotes} 份报价 · ${moment(one.closes_at)} 截止` : ""));

/** The family's needs, and posting one. */
export async function needs() {
  const list = h("div", {}), more = h("button", { class: "quiet", hidden: true }, "更多");
  let cursor = "";
  async function load() {
    const page = await api("GET", "/me/needs?limit=20" + (cursor && `&cursor=${encodeURIComponent(cursor)}`));
    list.append(...page.items.map(row));
    if (!list.childElementCount) list.append(h("p", { class: "soft" }, "还没有发布过需求。"));
    cursor = page.next_cursor;
    more.hidden = !cursor;
  }
  more.addEventListener("click", acting(more, load));
  const form = await needForm();
  show(title("我的需求", "My needs"), h("p", { class: "soft" }, "说一次您要什么，服务您所在区县的企业来报价，您并排比较再定。"), form, list, more);
  await load();
}

async function needForm() {
  const [addresses, services, members] = await Promise.all([api("GET", "/me/addresses"), api("GET", "/services"),
    api("GET", "/me/members?limit=20")]);
  if (!addresses.items.length) return h("p", { class: "card" }, "请先在任意阿姨的页面填写服务地址，再来发布需求。");
  const tomorrow = dayOf(new Date(now() + 24 * HOUR));
  const chosen = (store.get("filter") || {}).service;
  const field = {
    service: h("select", {}, services.items.map(one => option(one.code, one.name, chosen))),
    address: h("select", {}, addresses.items.map(one => option(one.id, one.label + " · " + one.detail))),
    member: h("select", {}, option("", "不说明"), members.items.map(one => option(one.id, memberWords(one)))),
    minutes: h("select", {}), days: h("select", {}), count: h("input", { type: "number", min: 1, max: 78, value: 26, inputmode: "numeric" }),
    when: h("select", {}, option("at", "指定时间"), option("among", "几天内都可以")),
    day: h("input", { type: "date", min: tomorrow, value: tomorrow }), hour: h("input", { type: "time", step: 1800, value: "09:00" }),
    to: h("input", { type: "date", min: tomorrow, value: tomorrow }),
    budget: h("input", { type: "number", min: 1, inputmode: "decimal", placeholder: "可不填" }),
    note: h("textarea", { rows: 2, maxlength: 300, placeholder: "可不填，只给上门的阿姨看" }),
    open: h("select", {}, OPEN_FOR.map(([hours, words]) => option(hours, words, 24))) };
  const [minutes, days, count] = [labelled("每次多久", field.minutes), labelled("做多少天", field.days), labelled("做多少天", field.count)];
  const hour = labelled("几点", field.hour), to = labelled("最晚哪天开始", field.to), day = h("span", {}, "哪天");
  const of = () => services.items.find(one => one.code === field.service.value);
  function follow() {
    const service = of(), daily = BY_DAYS.includes(service.unit), among = field.when.value === "among";
    minutes.hidden = daily;
    days.hidden = !daily || !service.day_counts.length;
    count.hidden = !daily || service.day_counts.length > 0;
    fill(field.days, service.day_counts.map(one => option(one, `${one} 天`, 26)));
    fill(field.minutes, LENGTHS.filter(one => one >= service.min_minutes).map(one => option(one, one / 60 + " 小时")));
    hour.hidden = among;
    to.hidden = !among;
    day.textContent = among ? "最早哪天开始" : "哪天";
  }
  field.service.addEventListener("change", follow);
  field.when.addEventListener("change", follow);
  follow();
  const send = h("button", {}, "发布，请企业报价");
  const form = h("form", { novalidate: true }, h("div", { class: "grid" }, labelled("服务", field.service), labelled("地址", field.address),
    minutes, days, count, members.items.length > 0 && labelled("为谁", field.member), labelled("时间", field.when),
    h("label", {}, day, field.day), hour, to, labelled("预算（元）", field.budget), labelled("报价收到何时", field.open)),
  labelled("备注", field.note), h("p", { class: "soft" }, "企业只看到区县和大致位置，看不到地址、姓名和备注。"), send);
  form.addEventListener("submit", acting(send, async () => {
    const made = await api("POST", "/needs", body(field, of()));
    location.hash = "#/n/" + made.id;
  }));
  return h("details", { class: "card" }, h("summary", {}, "发布一个需求"), form);
}

function body(field, service) {
  const daily = BY_DAYS.includes(service.unit), among = field.when.value === "among";
  const start = `${field.day.value}T${field.hour.value || "09:00"}:00+08:00`;
  const last = new Date(among ? field.to.value + "T00:00:00+08:00" : start).getTime();
  const closes = Math.min(now() + Number(field.open.value) * HOUR, last - NOTICE);
  return { service_code: service.code, address_id: field.address.value, member_id: field.member.value || null,
    ...(daily ? { days: Number(service.day_counts.length ? field.days.value : field.count.value) } : { minutes: Number(field.minutes.value) }),
    ...(among ? { from_day: field.day.value, to_day: field.to.value } : { start }),
    budget_fen: field.budget.value ? Math.round(Number(field.budget.value) * 100) : null, note: field.note.value.trim() || null,
    closes_at: new Date(closes).toISOString() };
}

/** One need and the quotes for it. `news`: what has just become true, said above it. */
export async function needPage(id, news) {
  const one = await api("GET", "/needs/" + id);
  const again = said => location.hash === "#/n/" + id ? needPage(id, said) : undefined;
  const quotes = h("div", {});
  show(title("需求与报价", "Need and quotes"), news && told(...news), h("div", { class: "card" },
    h("div", { class: "row between" }, h("span", { class: "name" }, one.service_name), badge(one)),
    h("p", {}, `${length(one)} · ${wanted(one)}`), one.cared_for && h("p", { class: "soft" }, "照护对象：" + one.cared_for.words),
    one.budget && h("p", { class: "soft" }, "预算 " + one.budget.display), one.note && h("p", { class: "soft" }, "备注：" + one.note),
    one.state === "open" && h("p", { class: "soft" }, `报价收到 ${moment(one.closes_at)}`),
    one.booking_id && h("a", { class: "button", href: "#/b/" + one.booking_id }, "查看预约")), quotes,
  one.state === "open" && h("div", { class: "card" }, button("不找了，关闭需求", async () => {
    await api("POST", `/needs/${one.id}/closings`, {});
    await again(["需求已关闭", "Closed", ""]);
  }, { quiet: true })));
  if (one.state === "open") await compared(quotes, one, "total", again);
}

/** The quotes that stand, a column each. */
async function compared(place, need, sort, again) {
  const page = await api("GET", `/needs/${need.id}/quotes?limit=10&sort=${sort}`);
  if (!page.items.length) return fill(place, told("等企业报价", "Waiting for quotes", "wait", h("div", {}, "有新的报价会在“我”里通知您。")),
    button("看看有没有新报价", () => compared(place, need, sort, again), { quiet: true }));
  const order = h("select", {}, option("total", "价格从低到高", sort), option("score", "信用从高到低", sort));
  order.addEventListener("change", acting(order, () => compared(place, need, order.value, again)));
  fill(place, h("div", { class: "card" }, heading("比较报价", "Side by side"), labelled("排序", order),
    h("div", { class: "beside-each", tabindex: 0, role: "region", "aria-label": "报价比较，可左右滑动" }, table(need, page, again)),
    h("p", { class: "soft" }, "左右滑动看全部；不一样的项目已标出。选定后 10 分钟内付款。")));
}

function table(need, page, again) {
  const names = new Map(page.items.flatMap(each => each.quote.lines.map(line => [line.line, line.name])));
  const line = code => each => (each.quote.lines.find(one => one.line === code) || { amount: { display: "—" } }).amount.display;
  const hers = words => each => each.worker ? words(each.worker) : "—";
  const rows = [["total", "合计", each => [h("strong", { class: "price" }, each.quote.total.display),
    h("div", { class: "soft" }, each.above_least.amount ? "比最低多 " + each.above_least.display : "最低"),
    each.within_budget === false && h("div", { class: "red" }, "超出预算")]],
  ...[...names].map(([code, name]) => [code, name, line(code)]),
  ["start", "时间", each => (need.days ? daysSpan : span)(each.quote.start, each.quote.end)], ["firm", "企业", each => each.quote.firm_name],
  ["score", "信用", hers(one => `${one.grade} · ${one.score}`)], ["colour", "安心码", hers(one => COLOUR_NAMES[one.safety_colour])],
  ["rating", "评价", hers(one => one.rating.count ? `${one.rating.average} 分（${one.rating.count} 条）` : "暂无")],
  ["years", "从业", hers(one => one.years == null ? "—" : `${one.years} 年`)], ["completed", "完成", hers(one => `${one.completed} 单`)],
  ["distance", "距离", hers(one => one.distance_m == null ? "—" : `约 ${(one.distance_m / 1000).toFixed(1)} 公里`)],
  ["certificates", "证书", hers(one => one.certificates.map(paper => paper.title).join("、") || "—")],
  ["message", "企业的话", each => each.quote.message || "—"], ["good", "有效到", each => moment(each.quote.good_until)]];
  return h("table", {}, h("thead", {}, h("tr", {}, h("td", {}), page.items.map(each => h("th", { scope: "col" },
    h("a", { class: "name", href: "#/w/" + each.quote.worker_id }, each.quote.worker_called))))),
  h("tbody", {}, rows.map(([code, name, of]) => h("tr", { class: page.differs.includes(code) && "differs" },
    h("th", { scope: "row" }, name), page.items.map(each => h("td", {}, of(each))))),
  h("tr", {}, h("th", { scope: "row" }, ""), page.items.map(each => h("td", {}, button(`选${each.quote.worker_called}`,
    () => take(need, each.quote, again)))))));
}

async function take(need, quote, again) {
  try {
    const booking = await api("POST", `/needs/${need.id}/orders`, { need_quote_id: quote.id });
    location.hash = "#/b/" + booking.id;
  } catch (problem) {
    if (!problem.body || problem.body.status !== 409) throw problem;
    await again([problem.message, "", "bad", h("div", {}, "其他报价不变，请另选一份。")]);
  }
}
