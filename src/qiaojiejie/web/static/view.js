// The one view of the family's page: what is shown in it, and what its buttons do.

import { at, en, fill, h } from "./parts.js";
import { Problem } from "./client.js";

/** Shows a page and takes the reader to its heading. */
export function show(...children) {
  const view = at("view");
  fill(view, ...children);
  window.scrollTo(0, 0);
  const heading = view.querySelector("h1");
  if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
}

/** English beside the Chinese, on the same line. */
export const beside = words => [" ", h("span", { lang: "en", class: "beside" }, words)];

/** A heading: Chinese first, English beside it. */
export const title = (chinese, english) => h("h1", {}, chinese, english && beside(english));
export const heading = (chinese, english) => h("h2", {}, chinese, english && beside(english));

/** A button that runs `action`; quiet ones are not the main thing to do. */
export function button(words, action, { quiet = false, type = "button" } = {}) {
  const made = h("button", { type, class: quiet && "quiet" }, words);
  made.addEventListener("click", acting(made, action));
  return made;
}

/** Runs an action of a button; a problem is shown beside it. */
export function acting(made, action) {
  return async event => {
    if (event) event.preventDefault();
    made.disabled = true;
    made.setAttribute("aria-busy", "true");
    if (made.parentElement) made.parentElement.querySelectorAll(":scope > .problem").forEach(old => old.remove());
    try { await action(); } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (made.isConnected) made.before(problemBox(problem));
    } finally { made.disabled = false; made.removeAttribute("aria-busy"); }
  };
}

const FIELDS = { birth_year: "出生年份", needs: "照护需求", phone: "手机号", code: "验证码", contact_name: "联系人", contact_phone: "手机", detail: "街道门牌", label: "称呼",
  start: "开始时间", minutes: "时长", coupon_code: "优惠码", words: "想说的话", name: "抬头名称", email: "邮箱",
  uscc: "统一社会信用代码", id_number: "身份证号码", home: "住址", days: "天数", due_on: "预产期", budget_fen: "预算",
  closes_at: "截止时间", from_day: "最早开始", to_day: "最晚开始" };

export function problemBox(problem) {
  const details = (problem.body.errors || []).map(one => {
    const field = FIELDS[one.pointer.split("/").pop()];
    return h("div", {}, field ? `${field}：${one.message}` : one.message);
  });
  return h("div", { class: "problem", role: "alert" }, problem.message, details);
}

/** A state a person waits for, shown and read out. `kind`: wait, good, bad or nothing. */
export function told(chinese, english, kind = "", ...more) {
  const turning = kind === "wait" && h("span", { class: "turning", "aria-hidden": "true" });
  const made = h("div", { class: "told " + kind }, turning, h("div", {}, h("strong", {}, chinese), english && en(english), more));
  const sentences = [chinese, ...more.flat().map(one => one.textContent || "")];
  at("heard").textContent = sentences.map(one => one.replace(/。$/, "")).join("。");
  return made;
}

export const option = (value, words, chosen) => h("option", { value, selected: value === chosen }, words);
export const labelled = (words, field) => h("label", {}, words, field);

/** Lines of a price and their sum. */
export function priceTable(lines, sums) {
  return h("table", {}, lines.map(one => h("tr", {}, h("td", {}, one.name), h("td", {}, one.amount.display))),
    sums.map(([words, amount]) => h("tr", { class: "total" }, h("td", {}, words), h("td", {}, amount.display))));
}

export const policyWords = policy => h("details", { class: "soft" }, h("summary", {}, "取消规则"),
  h("ul", {}, policy.tiers.map(one => h("li", {}, one.words)), h("li", {}, `付款后 ${policy.grace_minutes} 分钟内取消免费`)));
