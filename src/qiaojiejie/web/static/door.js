// The page behind the QR on a worker's door card.

import { at, en, h, hour, when } from "/static/parts.js";

/** colour → sign, Chinese, English. */
const COLOURS = { green: ["✓", "绿码：证件齐全有效", "Green: every paper in date"], yellow: ["!", "黄码：有证件缺失或过期", "Yellow: a paper is missing or over"],
  red: ["✗", "红码：身份未核验", "Red: identity not verified"] };
const REASONS = { identity_not_verified: "身份未核验 · identity not verified", health_missing: "没有健康证 · no health certificate",
  health_lapsed: "健康证已过期 · health certificate over", insurance_missing: "没有保险 · no insurance", insurance_lapsed: "保险已过期 · insurance over" };
const MATCHES = { now: ["green", "是您此刻预约的服务人员", "She is whom you booked for now"], today: ["yellow", "您今天预约了她，但还没到时间", "You booked her for later today"],
  none: ["red", "您今天没有预约她", "You have no booking with her today"] };

function verdict(told) {
  const safety = told.safety, [sign, zh, english] = COLOURS[safety.colour];
  return h("section", { class: "card verdict " + (told.barred ? "red" : safety.colour), role: "status" }, h("div", { class: "sign", "aria-hidden": "true" }, told.barred ? "✗" : sign),
    told.barred ? h("h1", {}, "已列入黑名单", en("On the block list")) : h("h1", {}, zh), told.barred ? "" : en(english),
    safety.reasons.map(each => h("p", {}, REASONS[each] || each)), safety.changes_on ? h("p", {}, `有效至 ${safety.changes_on} 前 · until before ${safety.changes_on}`) : "");
}

function booked(told) {
  if (!told.signed_in) return h("p", { class: "card soft" }, "登录后可核对是否为您预约的人。", h("a", { href: "/" }, "去登录 · sign in"), en("Sign in to see whether she is whom you booked."));
  const [colour, zh, english] = MATCHES[told.match];
  const phone = told.actions.some(each => each.kind === "complain");
  return h("section", { class: "card" }, h("h2", { class: colour }, zh, en(english)),
    told.start ? h("p", {}, `${told.service_name} ${hour(told.start)}–${hour(told.end)}`) : "",
    told.booking_id ? h("a", { class: "button", href: "/#/b/" + told.booking_id }, phone ? "评价或投诉 · rate or complain" : "查看预约 · the booking") : "");
}

function person(told) {
  const row = (zh, english, ...value) => h("tr", {}, h("td", {}, zh, en(english)), h("td", {}, ...value));
  const face = width => `/api/v1/media/${told.photo_id}?width=${width}`;
  return h("section", { class: "card" },
    told.photo_id ? h("img", { src: face(160), srcset: `${face(160)} 1x, ${face(320)} 2x, ${face(640)} 3x`, alt: "照片 · photo", width: "160" }) : h("div", { class: "face", "aria-hidden": "true" }, told.called.slice(0, 1)),
    h("table", {}, h("tbody", {}, row("姓名", "name", `${told.name}（${told.called}）`), row("企业", "firm", told.firm_name || "—"), row("信用等级", "credit grade", told.grade),
      row("证书", "certificates", told.certificates.map(each => each.title).join("、") || "—"), row("核对时间", "checked at", when(told.at)))));
}

async function scan(token) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const tokens = JSON.parse(sessionStorage.getItem("tokens") || "null");
  if (tokens) { headers.Authorization = "Bearer " + tokens.access_token; headers["X-Acting-As"] = "household"; }
  const send = () => fetch("/api/v1/door-cards/scans", { method: "POST", headers, body: JSON.stringify({ token }) });
  let answer = await send();
  if (answer.status === 401 || answer.status === 403) { // a session that is over: whoever stands there is shown all the same
    delete headers.Authorization; delete headers["X-Acting-As"];
    answer = await send();
  }
  const told = await answer.json();
  at("answer").replaceChildren(...(answer.ok ? [verdict(told), booked(told), person(told)]
    : [h("p", { class: "problem", role: "alert" }, told.title || "暂时无法核对，请稍后再试 · can’t be checked now")]));
}

scan(decodeURIComponent(location.pathname.split("/")[2] || "")).catch(() => at("answer").replaceChildren(
  h("p", { class: "problem", role: "alert" }, "暂时无法核对，请稍后再试 · can’t be checked now, please try again")));
