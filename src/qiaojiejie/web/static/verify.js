// The page behind the QR on a certificate. Every word from the server is put in as text, never as HTML.

import { at, en, h, when } from "/static/parts.js";

/** standing → colour, sign, Chinese, English, what to do. */
const VERDICTS = {
  valid: ["green", "✓", "证书有效", "This certificate is valid", "请核对姓名与本人是否一致", "Compare the name with the person"],
  not_yet_valid: ["yellow", "!", "证书尚未生效", "Not valid yet", "", ""],
  expired: ["yellow", "!", "证书已过期", "This certificate has expired", "请向服务人员或企业要求出示新证书", "Ask for a newer one"],
  revoked: ["red", "✗", "证书已吊销", "This certificate was revoked", "请勿凭此证书接受服务", "Do not rely on it"],
  not_ours: ["red", "✗", "不是本平台认可机构颁发的证书", "No certificate of ours", "请勿凭此证书接受服务，可拨打 12338 向妇联反映",
    "Do not rely on it; you can tell the Women’s Federation at 12338"],
};

function verdict(told) {
  const [colour, sign, zh, english, act, actEn] = VERDICTS[told.standing];
  return h("section", { class: "card verdict " + colour, role: "status" }, h("div", { class: "sign", "aria-hidden": "true" }, sign),
    h("h1", {}, zh), en(english), act ? h("p", {}, act, en(actEn)) : "",
    told.mistyped ? h("p", {}, "编号可能抄错了，请逐位核对", en("The number may be mistyped: read it again")) : "",
    told.reason ? h("p", {}, "原因：" + told.reason.zh, en("Why: " + told.reason.en)) : "");
}

function details(told) {
  if (told.standing === "not_ours") return "";
  const row = (zh, english, ...value) => h("tr", {}, h("td", {}, zh, en(english)), h("td", {}, ...value));
  const page = told.listed ? [" · ", h("a", { href: "/#/w/" + told.worker_id }, "她的主页 · her page")] : [];
  return h("section", { class: "card" }, h("table", {}, h("tbody", {},
    row("持证人", "holder", `${told.name}（${told.called}）`, ...page),
    row("证书", "certificate", told.title, en(told.title_en)),
    row("职业", "occupation", told.occupation_name + (told.level ? ` · ${told.level} 级` : "")),
    row("学时", "hours", String(told.hours)),
    row("发证机构", "awarded by", told.body_name),
    row("发证日期", "issued on", told.issued_on),
    row("有效期至", "valid until", told.valid_until || "长期 · for good"),
    told.revoked_at ? row("吊销时间", "revoked at", when(told.revoked_at)) : "",
    row("编号", "serial", told.shown_as),
    row("核验时间", "checked at", when(told.checked_at)),
    row("凭证 SHA-256", "credential", h("code", {}, told.sha256)))),
    h("p", { class: "soft" }, "刚刚用发证机构公布的公钥和吊销名单核对了签名。公钥与吊销名单可另存，离线核验。",
      en("The signature was just checked with the body’s published key and status list; both can be saved to check offline.")));
}

async function verify(serial) {
  at("answer").replaceChildren(h("p", { class: "card soft" }, "正在核验… · checking…"));
  try {
    const answer = await fetch("/api/v1/verify/" + encodeURIComponent(serial), { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    at("answer").replaceChildren(...[verdict(told), details(told)].filter(Boolean));
  } catch (lost) {
    at("answer").replaceChildren(h("p", { class: "problem" }, "暂时无法核验，请稍后再试；在此之前请勿视为有效。",
      en("It can’t be checked now. Until it can, do not take it for valid.")));
  }
}

const given = decodeURIComponent(location.pathname.split("/")[2] || "");
if (given) {
  at("serial").value = given;
  verify(given);
}
at("ask").addEventListener("submit", event => {
  event.preventDefault();
  const serial = at("serial").value.trim();
  history.replaceState(null, "", "/verify/" + encodeURIComponent(serial));
  verify(serial);
});
