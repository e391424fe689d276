// The written contract of an engagement by days: drafted, read, its paper kept, signed with a one-time code.

import { api, file } from "./client.js";
import { fill, h } from "./parts.js";
import { moment } from "./times.js";
import { acting, button, heading, labelled, priceTable, told } from "./view.js";

const OPEN = ["confirmed", "under_way"];
const SIDES = { household: "您", firm: "企业", worker: "阿姨" };
const SECTIONS = { household: "甲方（消费者）", firm: "乙方（家庭服务机构）", worker: "家庭服务员", service: "服务", price: "服务费用及支付" };

/** Fields that are shown as tables. */
const TABLES = ["price_lines", "price_parts"];

/** The card of a booking's contract; null where there is none and none can be made. */
export async function contractCard(booking, again) {
  const page = await api("GET", `/bookings/${booking.id}/contracts?limit=20`);
  if (!page.items.length && !OPEN.includes(booking.state)) return null;
  const card = h("div", { class: "card" }, heading("合同", "Contract"));
  const [newest, ...older] = page.items;
  if (newest) card.append(await version(newest, again));
  else card.append(h("p", { class: "soft" }, "按天的服务须签书面合同。用预约的内容起草，双方用短信验证码签署。"));
  if (OPEN.includes(booking.state)) card.append(await drafting(booking, newest, again));
  if (older.length) card.append(h("details", {}, h("summary", {}, `以前的 ${older.length} 个版本`), older.map(one =>
    h("p", {}, `第 ${one.version} 版 · ${one.state_name} · ${moment(one.drafted_at)}`, paper(one, "打开这一版")))));
  return card;
}

/** A version: how it stands, what is another in it, what it says, and signing it. */
async function version(brief, again) {
  const whole = await api("GET", "/contracts/" + brief.id), signed = brief.signatures.map(one => one.party);
  const waiting = brief.sides.filter(side => !signed.includes(side));
  const mine = brief.state === "drafted" && waiting.includes("household");
  const state = brief.state === "signed" ? told("合同已签署", "Signed by all", "good") : brief.state !== "drafted"
    ? told("合同" + brief.state_name, "", "") : told(mine ? "请阅读后签署" : `等${waiting.map(side => SIDES[side]).join("、")}签署`,
      mine ? "Read and sign it" : "Waiting for the others", "wait");
  return h("div", {}, state, h("p", {}, `${whole.title} · 第 ${brief.version} 版`),
    h("p", { class: "soft" }, "编号 ", h("span", { class: "hash" }, whole.number), h("br"), `自 ${whole.effective_on} 起生效`),
    whole.changes.length > 0 && [h("h2", {}, "与上一版不同"), h("ul", { class: "days" }, whole.changes.map(change))],
    whole.fields.length > 0 && h("details", {}, h("summary", {}, "合同内容"), contents(whole)),
    h("p", { class: "soft" }, "文件 SHA-256 ", h("span", { class: "hash" }, brief.sha256)), paper(brief, "打开合同 PDF"),
    brief.signatures.map(one => h("p", { class: "soft" }, `${SIDES[one.party]}已签署 · ${moment(one.signed_at)}`)),
    mine && signing(brief, again));
}

const change = one => h("li", {}, h("strong", {}, one.name), h("div", { class: "soft" },
  one.before == null && one.after == null ? "已更新" : `${one.before ?? "（无）"} → ${one.after ?? "（无）"}`));

const contents = whole => [
  Object.entries(SECTIONS).map(([code, name]) => [h("h2", {}, name), h("dl", {}, whole.fields.filter(
    one => one.section === code && !TABLES.includes(one.field)).map(one => [h("dt", {}, one.name), h("dd", {}, one.value)]))]),
  priceTable(whole.lines, [["合同总价", whole.total]]),
  h("ul", {}, whole.parts.map(one => h("li", {}, `${one.amount.display}，${one.payable}`))),
  whole.clauses.map(clause => [h("h2", {}, clause.heading), clause.sentences.map(one => h("p", {}, one))])];

const paper = (brief, words) => button(words, async () => {
  const address = await file(`/contracts/${brief.id}/paper`);
  h("a", { href: address, download: `巧姐姐合同-第${brief.version}版.pdf` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}, { quiet: true });

/** Signs exactly the paper whose hash is shown. */
function signing(brief, again) {
  const code = h("input", { inputmode: "numeric", autocomplete: "one-time-code", maxlength: 6, required: true });
  const sent = h("p", { class: "soft", role: "status" }), sure = h("button", {}, "签署");
  const form = h("form", { hidden: true }, sent, labelled("验证码", code), sure);
  const send = button("签署：获取验证码", async () => {
    await api("POST", `/contracts/${brief.id}/signing-codes`, {});
    sent.textContent = "验证码已发到您登录的手机，5 分钟内有效，只用于签这一版。";
    form.hidden = false;
    code.focus();
  });
  form.addEventListener("submit", acting(sure, async () => {
    await api("POST", `/contracts/${brief.id}/signatures`, { code: code.value, sha256: brief.sha256 });
    await again(["您已签署合同", "You have signed the contract", "good"]);
  }));
  return h("div", {}, send, form);
}

/** Drafting it, or its next version; what must be known of the family first is asked for. */
async function drafting(booking, newest, again) {
  const known = await api("GET", "/me/contract-identity").catch(problem => {
    if (problem.body && problem.body.code === "ContractIdentityNotFound") return null;
    throw problem;
  });
  const box = h("div", {});
  const draft = button(newest ? "内容有变化，起草新的版本" : "起草合同", async () => {
    const made = await api("POST", `/bookings/${booking.id}/contracts`, {});
    await again([`合同第 ${made.contract.version} 版已起草`, "Drafted", "good"]);
  }, { quiet: Boolean(newest) });
  if (known) fill(box, !newest && h("p", { class: "soft" }, `签约人 ${known.name}，身份证 ${known.id_number}`), draft);
  else fill(box, identityForm(async () => box.replaceWith(await drafting(booking, newest, again))));
  return box;
}

function identityForm(done) {
  const send = h("button", {}, "保存");
  const form = h("form", {}, h("p", { class: "soft" }, "合同须写明签约人。以下信息加密保存，只用于合同。"),
    labelled("姓名（与身份证一致）", h("input", { name: "name", required: true, maxlength: 40, autocomplete: "name" })),
    labelled("身份证号码", h("input", { name: "id_number", required: true, maxlength: 18, autocomplete: "off" })),
    labelled("住址（不填则为服务地址）", h("input", { name: "home", maxlength: 200, autocomplete: "street-address" })),
    h("label", {}, h("input", { type: "checkbox", name: "consent" }), " 我单独同意为订立合同处理我的身份证号码"), send);
  form.addEventListener("submit", acting(send, async () => {
    const given = Object.fromEntries(new FormData(form));
    await api("PUT", "/me/contract-identity", { ...given, home: given.home || null, consent: given.consent === "on" });
    await done();
  }));
  return form;
}
