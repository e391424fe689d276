// The receipt of what was paid, and asking the firm for an invoice.

import { api, file } from "./client.js";
import { h } from "./parts.js";
import { acting, button, heading, option, told } from "./view.js";

const OVER = ["completed", "cancelled", "declined", "worker_absent", "household_absent"];
const GONE = ["withdrawn", "refused", "voided"];
const KINDS = { electronic_ordinary: "电子普通发票", electronic_special: "电子专用发票（仅企业）" };

export async function invoiceCard(booking) {
  const receipt = button("打开收据 PDF", () => open(`/bookings/${booking.id}/receipt.pdf`, "巧姐姐收据.pdf"), { quiet: true });
  const card = h("div", { class: "card" }, heading("收据与发票", "Receipt and invoice"), receipt);
  const kept = booking.paid.amount - booking.refund.amount;
  if (!OVER.includes(booking.state)) card.append(h("p", { class: "soft" }, "服务结束后可以向企业申请发票。"));
  else if (kept <= 0) card.append(h("p", { class: "soft" }, "已全额退款，不能开发票。"));
  else card.append(await invoice(booking));
  return card;
}

/** Opens a file: a phone hands it to its reader, a desktop keeps it. */
async function open(path, name) {
  const address = await file(path);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

async function invoice(booking) {
  const box = h("div", {}), page = await api("GET", "/me/invoice-requests?limit=100");
  const asked = page.items.find(one => one.booking_id === booking.id && !GONE.includes(one.state));
  box.append(asked ? requested(asked) : await asking(booking, box));
  return box;
}

const requested = one => told(`${one.kind_name} ${one.amount.display} · ${one.state_name}`, "Invoice requested",
  one.state === "issued" ? "good" : "",
  h("div", {}, one.number ? `发票号码 ${one.number}` : `抬头 ${one.title_name}，企业应在 ${one.due_on} 前开出。`));

async function asking(booking, box) {
  const titles = await api("GET", "/me/invoice-titles?limit=20");
  const title = h("select", {}, titles.items.map(one => option(one.id, one.name)), option("", "新的抬头…"));
  const holder = h("select", { name: "kind" }, option("personal", "个人"), option("company", "企业"));
  const uscc = h("label", { hidden: true }, "统一社会信用代码",
    h("input", { name: "uscc", maxlength: 18, autocapitalize: "characters" }));
  const fresh = h("div", {}, h("div", { class: "grid" }, h("label", {}, "抬头类型", holder),
    h("label", {}, "抬头名称", h("input", { name: "name" }))),
    uscc, h("label", {}, "收票邮箱（可不填）", h("input", { name: "email", type: "email", autocomplete: "email" })));
  const kind = h("select", {}, Object.entries(KINDS).map(([code, words]) => option(code, words)));
  const send = h("button", {}, "申请发票");
  const follow = () => { fresh.hidden = title.value !== ""; uscc.hidden = holder.value !== "company"; };
  title.addEventListener("change", follow);
  holder.addEventListener("change", follow);
  follow();
  const form = h("form", { novalidate: true },
    h("div", { class: "grid" }, h("label", {}, "发票种类", kind), h("label", {}, "发票抬头", title)), fresh, send);
  form.addEventListener("submit", acting(send, async () => {
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    if (given.kind !== "company") delete given.uscc;
    if (!title.value) {
      const made = await api("POST", "/me/invoice-titles", given);
      title.prepend(option(made.id, made.name));
      title.value = made.id;
      follow();
    }
    const made = await api("POST", `/bookings/${booking.id}/invoice-requests`,
      { title_id: title.value, kind: kind.value });
    box.replaceChildren(requested(made));
  }));
  return form;
}
