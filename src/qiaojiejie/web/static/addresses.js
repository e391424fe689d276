// Where a family wants the work done.

import { api } from "./client.js";
import { h } from "./parts.js";
import { acting, option } from "./view.js";

/** A form for an address; `done` runs once it is kept. */
export async function addressForm(done) {
  const regions = await api("GET", "/regions");
  const button = h("button", {}, "保存地址");
  const form = h("form", {}, h("div", { class: "grid" },
    h("label", {}, "称呼（如 家）", h("input", { name: "label", required: true, value: "家" })),
    h("label", {}, "区县", h("select", { name: "region_code" }, regions.items.map(one => option(one.code, one.name)))),
    h("label", {}, "联系人", h("input", { name: "contact_name", required: true, autocomplete: "name" })),
    h("label", {}, "手机", h("input",
      { name: "contact_phone", inputmode: "numeric", required: true, autocomplete: "tel" }))),
  h("label", {}, "街道门牌", h("input", { name: "detail", required: true, autocomplete: "street-address" })), button);
  form.addEventListener("submit", acting(button, async () => {
    await api("POST", "/me/addresses", Object.fromEntries(new FormData(form)));
    await done();
  }));
  return form;
}
