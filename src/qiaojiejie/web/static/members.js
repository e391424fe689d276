// Who of the family is cared for.

import { api } from "./client.js";
import { h } from "./parts.js";
import { now } from "./times.js";
import { acting, button, heading, labelled, option, show, title } from "./view.js";

const RELATIONS = { self: "本人", spouse: "配偶", child: "子女", parent: "父母", parent_in_law: "公婆或岳父母",
  grandparent: "祖父母或外祖父母", grandchild: "孙辈", other: "其他家人" };
const NEEDS = { infant: "婴儿", child: "儿童", maternity: "孕产妇", semi_dependent: "半自理", dependent: "不能自理",
  chronic: "慢病", mobility: "行动不便", sight_hearing: "视听不便", night: "夜间照看", meals: "饮食有要求" };

export const memberWords = one => `${one.name}（${RELATIONS[one.relation]}）`;

/** The members the family keeps, and a form for another one. */
export async function members() {
  const page = await api("GET", "/me/members?limit=20");
  const row = one => h("div", { class: "card" }, h("strong", {}, memberWords(one)),
    h("p", { class: "soft" }, [one.birth_year + " 年生", ...one.needs.map(need => NEEDS[need])].join(" · ")),
    button("删除", async () => {
      await api("DELETE", "/me/members/" + one.id);
      await members();
    }, { quiet: true }));
  show(title("需要照护的家人", "Who is cared for"),
    h("p", { class: "soft" }, "姓名加密保存。预约时选上，阿姨和企业先看到关系、年龄段和照护需求；确认后才能看到姓名，每次查看都有记录。"),
    page.items.map(row), memberForm());
}

function memberForm() {
  const save = h("button", {}, "保存家人");
  const form = h("form", { class: "card" }, heading("添加家人", "Add"), h("div", { class: "grid" },
    labelled("姓名", h("input", { name: "name", required: true, maxlength: 30, autocomplete: "off" })),
    labelled("出生年份", h("input", { name: "birth_year", type: "number", min: 1900, max: new Date(now()).getFullYear(),
      inputmode: "numeric", required: true })),
    labelled("与您的关系", h("select", { name: "relation" },
      Object.entries(RELATIONS).map(([code, words]) => option(code, words, "parent"))))),
  h("fieldset", {}, h("legend", {}, "照护需求"), Object.entries(NEEDS).map(([code, words]) =>
    h("label", {}, h("input", { type: "checkbox", name: "needs", value: code }), " " + words))), save);
  form.addEventListener("submit", acting(save, async () => {
    const said = new FormData(form);
    await api("POST", "/me/members", { name: said.get("name"), birth_year: Number(said.get("birth_year")),
      relation: said.get("relation"), needs: said.getAll("needs") });
    await members();
  }));
  return form;
}
