// The page on which anybody checks the log. Every word from the server is put in as text, never as HTML.

const at = id => document.getElementById(id);

/** An element: h("p", {class: "soft"}, "text", child). */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children.flat(Infinity).filter(child => child != null && child !== ""));
  return element;
}

const en = words => h("span", { lang: "en" }, words);
const note = (colour, zh, english) => h("p", { class: "note " + colour }, zh, en(english));
const when = iso => iso ? new Date(iso).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false }) : "尚无 · none yet";
const dayOf = iso => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(iso));
const short = text => text ? h("code", { title: text }, text.slice(0, 16) + "…") : "—";

async function get(path) {
  const answer = await fetch("/api/v1" + path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw Object.assign(new Error(path), { status: answer.status });
  return answer.json();
}

// --- the log now

function row(zh, english, ...told) {
  return h("tr", {}, h("td", {}, zh, " ", en(english)), h("td", {}, ...told));
}

async function showStatus() {
  let log;
  try {
    log = await get("/log/status");
  } catch (lost) {
    return at("status").replaceChildren(note("red", "日志现状暂时读不到，请稍后再试。", "The log can’t be read now; please try again later."));
  }
  const witnesses = log.witnesses.map(key => key.split("+")[0]).join("、") || "尚无 · none yet";
  const signed = log.cosigned_checkpoint ? log.cosigned_checkpoint.split("\n").filter(line => line.startsWith("— ")).map(line => line.split(" ")[1])
    .filter(name => name !== log.origin) : [];
  at("status").replaceChildren(...[
    log.alarm ? h("div", {}, note("red", "警报：发现日志自相矛盾的检查点，信用分不可信赖。", "Alarm: the log was found to contradict itself; no score is to be relied on."),
      h("a", { href: "/api/v1/log/alarms" }, "两份检查点 · both notes")) : null,
    log.fresh ? note("green", "最近 48 小时内有见证人联署。", "Cosigned by a witness within the last 48 hours.")
      : note("yellow", "超过 48 小时没有见证人联署：信用分暂不显示。", "No witness has cosigned for 48 hours: scores are not shown meanwhile."),
    h("table", {}, h("tbody", {}, row("记录", "entries", log.size.toLocaleString("en")), row("检查点", "checkpoint", when(log.checkpoint_at)),
      row("根哈希", "root", h("code", {}, log.root)),
      row("联署", "cosigned", when(log.cosigned_at), log.cosigned_size == null ? "" : ` · ${log.cosigned_size.toLocaleString("en")} 条`,
        signed.length ? " · " + [...new Set(signed)].join("、") : ""),
      row("见证人", "witnesses", witnesses), row("平台公钥", "key", h("code", {}, log.key)))),
    h("p", { class: "soft" }, h("a", { href: "/log/checkpoint" }, "检查点原文 · signed checkpoint"), " · ",
      h("a", { href: "/api/v1/log/checkpoints" }, "历次 · all"), " · ", h("a", { href: "/api/v1/log/openings" }, "日志 · log"))].filter(Boolean));
}

// --- the check

const SIGNS = new Map([[true, ["✓", "green"]], [false, ["✗", "red"]], [null, ["—", "yellow"]]]);
const MOST_LINES = "只列出前 200 个 · the first 200";

function finding({ ok, zh, en: english, differs }) {
  const [sign, colour] = SIGNS.get(ok);
  const each = differs.map(one => h("div", { class: "differs key" }, h("strong", {}, one.subject),
    h("div", {}, "重算 computed：", one.computed || "无 · none"), h("div", {}, "公布 published：", one.published || "无 · none")));
  return h("div", { class: "finding" }, h("span", { class: colour, "aria-hidden": "true" }, sign),
    h("div", {}, zh, en(english), each, differs.length >= 200 ? h("p", { class: "soft" }, MOST_LINES) : ""));
}

function tell({ data }, worker) {
  if (data.kind === "progress") {
    at("progress").querySelector("progress").value = data.of ? Math.min(1, data.done / data.of) : 0;
    at("doing").textContent = `${data.zh} ${data.done.toLocaleString("en")} / ${data.of.toLocaleString("en")} · ${data.en}`;
  } else if (data.kind === "finding") {
    at("results").append(finding(data));
  } else {
    finished(worker);
  }
}

function finished(worker) {
  worker.terminate();
  at("progress").hidden = true;
  at("start").disabled = false;
}

function start() {
  at("results").replaceChildren();
  at("progress").hidden = false;
  at("doing").textContent = "开始 · starting";
  at("start").disabled = true;
  const worker = new Worker("/static/audit-worker.js", { type: "module" });
  worker.addEventListener("message", message => tell(message, worker));
  worker.addEventListener("error", () => {
    at("results").append(finding({ ok: null, zh: "这个浏览器太旧，不能在页面里核对；请换较新的浏览器，或用 credit-audit。",
      en: "This browser is too old to check here: take a newer one, or credit-audit.", differs: [] }));
    finished(worker);
  });
  worker.postMessage("start");
}

// --- what else is public

const LISTS = [
  ["评分规则", "Scoring rules", "/credit/rules", each => [h("strong", {}, each.version), each.active ? h("span", { class: "badge green" }, "生效 · in force") : "",
    ` ${each.active_from ? "自 " + each.active_from : ""} `, short(each.hash)], each => "/credit/rules/" + encodeURIComponent(each.version)],
  ["规则修改提案", "Proposed rules", "/credit/proposals", each => [h("strong", {}, each.version), " ", h("span", { class: "badge" }, each.state_name), ` ${each.note} `,
    each.from_day ? `拟自 ${each.from_day} 起` : ""], each => "/credit/proposals/" + each.id],
  ...[["honour", "红名单", "Honour list"], ["block", "黑名单", "Block list"], ["sanction", "处罚", "Sanctions"]].map(([kind, zh, english]) =>
    [zh, english, "/lists/" + kind, each => [h("strong", {}, each.name), each.level ? ` ${each.level} 级` : "", ` ${each.reason.zh} `, en(each.reason.en), ` ${each.since ? "自 " + dayOf(each.since) : ""}`,
      each.until ? ` 至 ${each.until}` : ""], () => null]),
  ["抽样审核", "Audits by sample", "/audits", each => [h("strong", {}, each.population), " ", h("span", { class: "badge" }, each.state_name),
    ` ${each.from_day} 至 ${each.to_day}，抽签 ${each.draw_on} ${each.source}`], each => "/audits/" + each.id],
  ["公报", "Publications", "/publications", each => [h("strong", {}, each.period), each.edition > 1 ? ` 第 ${each.edition} 版` : "", ` ${dayOf(each.published_at)} 公布`,
    Object.entries(each.files).map(([name, href]) => [" · ", link(href, name)])], () => null]];

/** A link, only ever to a page of this site. */
const link = (href, text) => /^\/(?!\/)/.test(href) ? h("a", { href }, text) : text;

async function showList([zh, english, path, words, address]) {
  const box = h("section", { class: "card" }, h("h2", {}, zh, " ", en(english)));
  at("lists").append(box);
  try {
    const page = await get(path + "?limit=20");
    box.append(page.items.length ? h("ul", {}, page.items.map(each => h("li", {}, words(each), address(each) ? [" ", link("/api/v1" + address(each), "全文 · details")] : "")))
      : h("p", { class: "soft" }, "目前没有 ", "· none at present"));
    if (page.next_cursor) box.append(h("p", {}, link("/api/v1" + path, "更多 · more")));
  } catch (refused) {
    box.append(h("p", { class: "soft" }, refused.status === 404 ? "此项尚未公开 · Not public yet" : "暂时读不到，请稍后再试 · Can’t be read now, please try again"));
  }
}

at("start").addEventListener("click", start);
showStatus();
LISTS.forEach(showList);
