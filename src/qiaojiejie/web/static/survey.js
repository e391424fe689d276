// The questionnaire behind a link. Every word from the server is put in as text, never as HTML.

import { at, en, h } from "/static/parts.js";

const token = location.pathname.split("/")[2] || "";
const address = "/api/v1/survey-forms/" + encodeURIComponent(decodeURIComponent(token));
const key = crypto.randomUUID();

function say(kind, zh, english) {
  at("answer").replaceChildren(h("section", { class: "card " + kind, role: "status" }, h("p", {}, zh, en(english))));
}

function question(each, number) {
  return h("fieldset", {}, h("legend", {}, `${number + 1}. ${each.text}`, en(each.text_en)),
    each.options.map(option => h("label", { class: "option" },
      h("input", { type: "radio", name: each.code, value: option.code, required: "" }),
      h("span", {}, option.name, en(option.name_en)))));
}

function show(told) {
  document.title = told.title + " · 巧姐姐";
  if (told.answered) return say("soft", "这份问卷已经提交，谢谢您。", "This questionnaire has been answered. Thank you.");
  if (!told.can_answer) return say("soft", "本次调查已结束，谢谢您的关注。", "This survey is over. Thank you.");
  at("form").replaceChildren(h("h1", {}, told.title, en(told.title_en)),
    h("p", { class: "soft" }, `${told.year} 年 · 请于 ${told.closes_on} 前提交`, en(`${told.year}, until ${told.closes_on}`)),
    ...told.questions.map(question),
    h("label", { for: "words" }, "还有什么想说的？（可不填）", en("Anything else? (you may leave it empty)")),
    h("textarea", { id: "words", name: "words", maxlength: "500" }), h("button", { type: "submit" }, "提交 · Send"));
  at("form").hidden = false;
  return undefined;
}

async function load() {
  say("soft", "正在打开问卷…", "opening…");
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
    const told = await answer.json();
    if (!answer.ok) return say("problem", told.title, "There is no such questionnaire; see whether the link is whole.");
    at("answer").replaceChildren();
    return show(told);
  } catch (lost) {
    return say("problem", "暂时打不开，请稍后再试。", "It can’t be opened now; try again later.");
  }
}

at("form").addEventListener("submit", async event => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(at("form")));
  const words = (given.words || "").trim() || null;
  delete given.words;
  const button = at("form").querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(address + "/answers", { method: "POST", body: JSON.stringify({ answers: given, words }),
      headers: { "Content-Type": "application/json", "Idempotency-Key": key } });
    if (answer.ok || answer.status === 409) at("form").hidden = true;
    if (answer.ok) return say("soft", "已提交，谢谢您！", "Sent. Thank you!");
    return say("problem", (await answer.json()).title, "It was not accepted.");
  } catch (lost) {
    return say("problem", "没有提交成功，您填的内容还在，请再试一次。", "It was not sent; what you filled in is still here. Try again.");
  } finally {
    button.disabled = false;
  }
});

load();
