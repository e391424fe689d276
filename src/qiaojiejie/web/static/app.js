// The family's page. Every word from the server is put in as text, never as HTML.
"use strict";

const view = document.getElementById("view");
const store = {
  get(name) { return JSON.parse(sessionStorage.getItem(name) || "null"); },
  set(name, value) { sessionStorage.setItem(name, JSON.stringify(value)); },
};

/** An element: h("p", {class: "soft", onclick: f}, "text", child). */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  for (const child of children.flat()) if (child != null && child !== false) element.append(child);
  return element;
}

class Problem extends Error {
  constructor(body) { super(body.title || "出错了"); this.body = body; }
}

/** One request, as a household unless said otherwise; a refused one throws a Problem. An expired token is renewed once. */
async function api(method, path, body, acting = "household", again = true) {
  const headers = { "Accept-Language": "zh" };
  const tokens = store.get("tokens");
  if (tokens) { headers.Authorization = "Bearer " + tokens.access_token; if (acting) headers["X-Acting-As"] = acting; }
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && tokens) headers["Idempotency-Key"] = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
  let answer;
  try {
    answer = await fetch("/api/v1" + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (offline) {
    throw new Problem({ title: "网络不通，请检查后重试；没有重复提交。" });
  }
  if (answer.status === 401 && tokens && again && await renew(tokens)) return api(method, path, body, acting, false);
  const text = await answer.text();
  const parsed = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Problem(parsed || {});
  return parsed;
}

async function renew(tokens) {
  const answer = await fetch("/api/v1/auth/tokens/refresh", { method: "POST",
    headers: { "Content-Type": "application/json" }, body: JSON.stringify({ refresh_token: tokens.refresh_token }) });
  store.set("tokens", answer.ok ? await answer.json() : null);
  return answer.ok;
}

/** Runs an action of a button; a problem is shown beside it. */
function acting(button, action) {
  return async event => {
    if (event) event.preventDefault();
    button.disabled = true;
    button.parentElement.querySelectorAll(".problem").forEach(old => old.remove());
    try { await action(); } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      button.before(problemBox(problem));
    } finally { button.disabled = false; }
  };
}

function problemBox(problem) {
  const details = (problem.body.errors || []).map(one => h("div", {}, one.pointer + "：" + one.message));
  return h("div", { class: "problem", role: "alert" }, problem.message, details);
}

const zh = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit" });
const when = iso => iso ? zh.format(new Date(iso)) : "暂无";
const dayOf = date => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(date);
const COLOURS = { green: "绿码", yellow: "黄码", red: "红码" };
const UNITS = { hour: "小时", visit: "次", day: "天", month: "月" };
const STATES = { held: "待支付", confirmed: "已确认", under_way: "服务中", served: "待您确认", completed: "已完成", expired: "已过期",
  cancelled: "已取消", declined: "企业已婉拒", worker_absent: "阿姨未到", household_absent: "家中无人" };

function colourBadge(colour) {
  return h("span", { class: "badge " + colour, title: "安心码" }, COLOURS[colour] || colour);
}

function workerCard(worker, scored = true) {
  const stars = worker.rating.count ? `${worker.rating.average} 分（${worker.rating.count} 条）` : "暂无评价";
  return h("a", { class: "card", href: "#/w/" + worker.id },
    h("div", { class: "row" }, h("div", { class: "face", "aria-hidden": "true" }, worker.name.slice(0, 1)),
      h("div", { style: null }, h("div", { class: "row" }, h("span", { class: "name" }, worker.name), colourBadge(worker.safety_colour),
        scored && h("span", { class: "badge" }, `${worker.grade} · ${worker.score}`)),
      h("div", { class: "soft" }, [worker.age_band && worker.age_band + " 岁", worker.native_place, worker.years != null && (worker.years ? `从业 ${worker.years} 年` : "从业不满一年")]
        .filter(Boolean).join(" · ")))),
    h("div", { class: "row between" }, h("span", { class: "soft" }, `${worker.firm.name}`), h("span", { class: "price" }, worker.price_from ? worker.price_from.display + " 起" : "")),
    h("div", { class: "row between soft" }, h("span", {}, stars), h("span", {}, "最早可约 " + when(worker.next_free_at))));
}

async function find() {
  const chosen = store.get("filter") || { service: "cleaning", region: "", sort: "credit", day: "", hour: "", hours: "2" };
  const [services, regions, log] = await Promise.all([api("GET", "/services"), api("GET", "/regions"), api("GET", "/log/status")]);
  const option = (value, text, current) => h("option", { value, selected: value === current }, text);
  const select = (name, choices) => h("select", { name, onchange: () => again() }, choices.map(([value, text]) => option(value, text, chosen[name])));
  const hours = Array.from({ length: 24 }, (_, at) => [String(at), `${at}:00`]);
  const form = h("form", { class: "card" }, h("div", { class: "grid" },
    h("label", {}, "服务", select("service", services.items.map(one => [one.code, one.name]))),
    h("label", {}, "区县", select("region", [["", "全市"], ...regions.items.map(one => [one.code, one.name])])),
    h("label", {}, "日期", h("input", { type: "date", name: "day", value: chosen.day, min: dayOf(new Date()), onchange: () => again() })),
    h("label", {}, "几点开始", select("hour", [["", "不限"], ...hours])),
    h("label", {}, "几小时", select("hours", ["2", "3", "4", "6", "8"].map(one => [one, one + " 小时"]))),
    h("label", {}, "排序", select("sort", [["credit", "信用优先"], ["price", "价格优先"], ["experience", "经验优先"]]))));
  const list = h("div", {});
  const more = h("button", { class: "quiet" }, "更多");
  let cursor = null;
  async function load() {
    const query = new URLSearchParams({ service: chosen.service, sort: chosen.sort, limit: "20" });
    if (chosen.region) query.set("region", chosen.region);
    if (chosen.day && chosen.hour !== "") {
      const start = new Date(`${chosen.day}T${chosen.hour.padStart(2, "0")}:00:00+08:00`);
      query.set("free_from", start.toISOString());
      query.set("free_until", new Date(start.getTime() + Number(chosen.hours) * 3600e3).toISOString());
    }
    if (cursor) query.set("cursor", cursor);
    const page = await api("GET", "/workers?" + query);
    cursor = page.next_cursor;
    list.append(...page.items.map(worker => workerCard(worker, log.fresh)));
    if (!list.childElementCount) list.append(h("p", { class: "soft" }, "没有合适又空闲的阿姨，换个时间或区县试试。"));
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
  show(h("h1", {}, "找一位信得过的阿姨"), log.fresh ? null : h("p", { class: "soft" }, UNSEEN), form, list, more);
  await acting(more, load)();
}

async function workerPage(id) {
  const [worker, credit, reviews] = await Promise.all([api("GET", "/workers/" + id), api("GET", `/workers/${id}/credit`),
    api("GET", `/workers/${id}/reviews?limit=5`)]);
  show(workerCard(worker, !credit.ledger || credit.ledger.fresh !== false),
    worker.bio ? h("p", {}, worker.bio) : null,
    h("div", { class: "card" }, h("h2", {}, "服务与价格"), h("table", {}, worker.services.map(one => h("tr", {}, h("td", {}, one.name), h("td", { class: "price" }, `${one.price.display}/${UNITS[one.unit]}`))))),
    creditCard(credit), papers(worker),
    h("div", { class: "card" }, h("h2", {}, "家庭评价"), reviews.items.length ? reviews.items.map(one => h("p", {}, "★".repeat(one.overall), " ", one.words || "", h("span", { class: "soft" }, " " + when(one.published_at)))) : h("p", { class: "soft" }, "还没有公开的评价")),
    await bookingForm(worker));
}

/** Certificates, each with what anybody can check of it, and honours with who named them. */
function papers(worker) {
  const today = dayOf(new Date());
  const standing = one => !one.verified ? ["soft", "尚未核验"] : one.valid_until && one.valid_until < today ? ["red", "已过期"] : ["green", "已核验"];
  const rows = worker.certificates.map(one => {
    const [colour, said] = standing(one);
    return h("p", {}, h("strong", {}, one.title), " ", h("span", { class: colour }, said), " ",
      h("span", { class: "soft" }, one.valid_until ? `有效期至 ${one.valid_until}` : ""),
      one.serial && [" ", h("a", { href: "/verify/" + encodeURIComponent(one.serial) }, "核验证书")]);
  });
  const honours = worker.honours.map(one => h("p", {}, h("strong", {}, one.title), h("span", { class: "soft" }, ` ${one.body} · ${one.on}`)));
  return rows.length + honours.length > 0 && h("div", { class: "card" }, h("h2", {}, "证书与荣誉"), rows, honours);
}

const UNSEEN = "评分暂不显示：公开日志超过 48 小时未由妇联见证";

/** A score is shown only under a log that a witness saw within 48 hours. */
function creditCard(credit) {
  const check = h("p", { class: "soft" }, h("a", { href: "/audit" }, "如何核对"), credit.proof_url ? [" · ", h("a", { href: credit.proof_url }, "本次评分的日志证明")] : "");
  if (credit.ledger && credit.ledger.fresh === false) {
    return h("div", { class: "card" }, h("h2", {}, "信用"), h("p", {}, UNSEEN), check);
  }
  const points = credit.reasons.map(one => h("tr", {}, h("td", {}, one.words.zh), h("td", { class: one.points < 0 ? "red" : "green" }, (one.points > 0 ? "+" : "") + one.points)));
  return h("div", { class: "card" }, h("h2", {}, `信用 ${credit.grade} · ${credit.score} 分`),
    h("p", { class: "soft" }, `起点 800 分；依据 ${credit.households} 户家庭的记录，规则 ${credit.rule}。每一分都有出处。`), h("table", {}, points), check);
}

async function bookingForm(worker) {
  const hourly = worker.services.filter(one => one.unit === "hour" || one.unit === "visit");
  if (!hourly.length) return h("p", { class: "card soft" }, "这位阿姨的服务需与企业面谈，暂不能在线预约。");
  if (!store.get("tokens")) return h("a", { class: "button", href: "#/me" }, "登录后预约");
  const addresses = await api("GET", "/me/addresses");
  if (!addresses.items.length) return h("div", { class: "card" }, h("h2", {}, "先填写服务地址"), await addressForm(() => route()));
  const slots = h("div", { class: "slots" }), lines = h("div", {}), here = h("span", {});
  const service = h("select", {}, hourly.map(one => h("option", { value: one.code }, one.name)));
  const hours = h("select", {}, [2, 3, 4, 6].map(one => h("option", { value: one }, one + " 小时")));
  const address = h("select", {}, addresses.items.map(one => h("option", { value: one.id }, one.label + " · " + one.detail)));
  const day = h("input", { type: "date", min: dayOf(new Date()), value: dayOf(new Date(worker.next_free_at || Date.now())) });
  let start = null;
  async function loadSlots() {
    start = null; lines.replaceChildren();
    const from = new Date(day.value + "T00:00:00+08:00");
    const query = new URLSearchParams({ from: from.toISOString(), until: new Date(from.getTime() + 86400e3).toISOString(), minutes: hours.value * 60 });
    const free = await api("GET", `/workers/${worker.id}/availability?` + query);
    slots.replaceChildren(...free.starts.map(at => {
      const button = h("button", { type: "button" }, new Date(at).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" }));
      button.addEventListener("click", acting(here, async () => {
        slots.querySelectorAll("button").forEach(one => one.classList.toggle("on", one === button));
        start = at;
        lines.replaceChildren();
        await quote();
      }));
      return button;
    }));
    if (!free.starts.length) slots.append(h("p", { class: "soft" }, "这天没有这么长的空档"));
  }
  async function quote() {
    const made = await api("POST", "/quotes", { worker_id: worker.id, service_code: service.value, address_id: address.value, start, minutes: hours.value * 60 });
    const book = h("button", {}, `预约并支付 ${made.total.display}`);
    book.addEventListener("click", acting(book, async () => {
      const booking = await api("POST", "/bookings", { quote_id: made.id });
      location.hash = "#/b/" + booking.id;
    }));
    lines.replaceChildren(h("table", {}, made.lines.map(one => h("tr", {}, h("td", {}, one.name), h("td", {}, one.amount.display))),
      h("tr", { class: "total" }, h("td", {}, "合计"), h("td", { class: "price" }, made.total.display))),
    policyWords(made.policy), book);
  }
  [service, address].forEach(one => one.addEventListener("change", acting(here, async () => { if (start) await quote(); })));
  [day, hours].forEach(one => one.addEventListener("change", acting(here, loadSlots)));
  const box = h("div", { class: "card" }, h("h2", {}, "预约"), h("div", { class: "grid" }, h("label", {}, "服务", service), h("label", {}, "时长", hours), h("label", {}, "日期", day), h("label", {}, "地址", address)),
    h("h2", {}, "开始时间"), slots, lines, here);
  await loadSlots();
  return box;
}

function policyWords(policy) {
  return h("p", { class: "soft" }, "取消规则：", policy.tiers.map(one => one.words).join("；"));
}

async function addressForm(done) {
  const regions = await api("GET", "/regions");
  const button = h("button", {}, "保存地址");
  const form = h("form", {}, h("div", { class: "grid" }, h("label", {}, "称呼（如 家）", h("input", { name: "label", required: true, value: "家" })),
    h("label", {}, "区县", h("select", { name: "region_code" }, regions.items.map(one => h("option", { value: one.code }, one.name)))),
    h("label", {}, "联系人", h("input", { name: "contact_name", required: true })), h("label", {}, "手机", h("input", { name: "contact_phone", inputmode: "numeric", required: true }))),
  h("label", {}, "街道门牌", h("input", { name: "detail", required: true })), button);
  form.addEventListener("submit", acting(button, async () => {
    await api("POST", "/me/addresses", Object.fromEntries(new FormData(form)));
    await done();
  }));
  return form;
}

async function bookings() {
  if (!store.get("tokens")) return me();
  const page = await api("GET", "/bookings?limit=50");
  show(h("h1", {}, "我的预约"), page.items.length ? page.items.map(one => h("a", { class: "card", href: "#/b/" + one.id },
    h("div", { class: "row between" }, h("span", { class: "name" }, one.service_name), h("span", { class: "badge" }, STATES[one.state])),
    h("div", { class: "soft" }, `${one.worker_called} · ${when(one.start)}`), h("div", { class: "price" }, one.total.display))) : h("p", { class: "soft" }, "还没有预约"));
}

async function bookingPage(id) {
  const booking = await api("GET", "/bookings/" + id);
  const box = h("div", { class: "card" }, h("div", { class: "row between" }, h("span", { class: "name" }, booking.service_name), h("span", { class: "badge" }, STATES[booking.state])),
    h("p", {}, `${booking.worker_called} · ${when(booking.start)} 至 ${when(booking.end)}`),
    h("table", {}, booking.lines.map(one => h("tr", {}, h("td", {}, one.name), h("td", {}, one.amount.display))), h("tr", { class: "total" }, h("td", {}, "合计"), h("td", {}, booking.total.display)),
      booking.refund && booking.refund.amount ? h("tr", { class: "total" }, h("td", {}, "退款"), h("td", {}, booking.refund.display)) : null), policyWords(booking.policy));
  if (["confirmed"].includes(booking.state) && booking.door_code) box.append(h("h2", {}, "开门码：请当面告诉阿姨"), h("div", { class: "door" }, booking.door_code));
  const step = (text, quiet, action) => {
    const button = h("button", { class: quiet && "quiet" }, text);
    button.addEventListener("click", acting(button, async () => { await action(); await route(); }));
    box.append(button);
  };
  if (booking.state === "held") {
    box.append(h("p", { class: "soft" }, `请在 ${when(booking.expires_at)} 前支付，时间已为您保留。`));
    for (const [method, text] of [["wechat_pay", "微信支付"], ["alipay", "支付宝"]]) step(text, false, async () => {
      const payment = await api("POST", `/bookings/${id}/payment`, { method });
      if (payment.next_action && payment.next_action.url) location.href = payment.next_action.url;
    });
  }
  if (["held", "confirmed"].includes(booking.state)) step("取消预约（先看退款）", true, async () => {
    const quote = await api("POST", `/bookings/${id}/cancellation-quotes`, {});
    if (confirm(`取消费 ${quote.fee.display}，退回 ${quote.refund.display}。确定取消吗？`)) await api("POST", `/bookings/${id}/cancellations`, { expected_refund: quote.refund.amount });
  });
  if (booking.state === "served") step("确认服务完成", false, () => api("POST", `/bookings/${id}/confirmations`, {}));
  show(h("h1", {}, "预约详情"), box, booking.state === "completed" ? reviewForm(id) : null);
}

const ASPECTS = { skill: "手艺", attitude: "态度", punctuality: "守时", honesty: "诚信", communication: "沟通" };

function reviewForm(id) {
  const stars = name => h("select", { name }, [5, 4, 3, 2, 1].map(one => h("option", { value: one }, "★".repeat(one))));
  const button = h("button", {}, "提交评价");
  const form = h("form", { class: "card" }, h("h2", {}, "评价（双方都写完或 7 天后公开）"), h("div", { class: "grid" }, h("label", {}, "总体", stars("overall")),
    Object.entries(ASPECTS).map(([name, text]) => h("label", {}, text, stars(name)))), h("label", {}, "想说的话", h("textarea", { name: "words", rows: 3 })), button);
  form.addEventListener("submit", acting(button, async () => {
    const given = Object.fromEntries(new FormData(form));
    const aspects = Object.fromEntries(Object.keys(ASPECTS).map(name => [name, Number(given[name])]));
    await api("POST", `/bookings/${id}/reviews`, { overall: Number(given.overall), aspects, words: given.words || undefined });
    form.replaceChildren(h("p", {}, "谢谢，评价已收到。"));
  }));
  return form;
}

const stations = () => h("a", { class: "card", href: "/station" }, h("strong", {}, "社区工作站"),
  h("p", { class: "soft" }, "排队取号、四进活动、岗位、手工活"));

/** A worker's door card: a QR that lives a minute and is drawn anew before it dies, as long as it is looked at. */
async function doorCard() {
  const mine = await api("GET", "/me/worker", undefined, "worker");
  const picture = h("img", { class: "qr", alt: "上门服务证二维码" }), said = h("p", { role: "status" });
  const card = h("div", { class: "card" }, h("h2", {}, "上门服务证"), said, picture,
    h("p", { class: "soft" }, "请服务家庭用手机扫一扫，核对您的身份、企业和今天的预约。二维码每分钟更换。"));
  async function draw() {
    const told = await api("GET", `/workers/${mine.id}/door-card`, undefined, "worker");
    picture.src = "data:image/svg+xml," + encodeURIComponent(told.svg);
    said.className = told.safety.colour;
    said.textContent = `${told.called} · ${told.firm_name || "个人"} · ${COLOURS[told.safety.colour]}`;
    setTimeout(() => { if (picture.isConnected) draw().catch(() => { picture.remove(); said.textContent = "网络不通，二维码已失效，请重试。"; }); },
      45000);
  }
  await draw();
  return card;
}

async function me() {
  if (store.get("tokens")) {
    const [account, notes] = await Promise.all([api("GET", "/me", undefined, null),
      api("GET", "/me/notifications?limit=20", undefined, null)]);
    const worker = account.roles.some(one => one.role === "worker");
    const out = h("button", { class: "quiet" }, "退出登录");
    out.addEventListener("click", acting(out, async () => { await api("DELETE", "/auth/tokens"); store.set("tokens", null); await route(); }));
    return show(h("h1", {}, account.account.phone), worker && await doorCard(), stations(), notes.items.map(one => h("div", { class: "card" }, h("strong", {}, one.title), h("div", {}, one.body), h("div", { class: "soft" }, when(one.created_at)))), out);
  }
  const phone = h("input", { inputmode: "numeric", autocomplete: "tel", required: true }), code = h("input", { inputmode: "numeric", autocomplete: "one-time-code" });
  const send = h("button", { class: "quiet", type: "button" }, "发送验证码"), enter = h("button", {}, "登录");
  const form = h("form", { class: "card" }, h("h1", {}, "登录"), h("label", {}, "手机号", phone), send, h("label", {}, "验证码", code), enter);
  send.addEventListener("click", acting(send, () => api("POST", "/auth/codes", { phone: phone.value })));
  form.addEventListener("submit", acting(enter, async () => {
    store.set("tokens", await api("POST", "/auth/tokens", { phone: phone.value, code: code.value }));
    location.hash = "#/";
  }));
  show(form, stations());
}

function show(...children) { view.replaceChildren(...children.flat().filter(Boolean)); window.scrollTo(0, 0); }

async function route() {
  const [, page = "", id] = location.hash.split("/");
  document.querySelectorAll("nav a").forEach(tab => tab.classList.toggle("on", tab.dataset.tab === ({ "": "find", w: "find", b: "bookings" }[page] || page)));
  try {
    await ({ "": find, w: workerPage, b: bookingPage, bookings, me }[page] || find)(id);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.body.status === 401) { store.set("tokens", null); return me(); }
    show(problemBox(problem));
  }
}

addEventListener("hashchange", route);
route();
