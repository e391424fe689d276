// Signing in, who she is, and a worker's door card.

import { api, store } from "./client.js";
import { COLOURS } from "./credit.js";
import { h } from "./parts.js";
import { moment } from "./times.js";
import { acting, button, show, title } from "./view.js";

const stations = () => h("a", { class: "card", href: "/station" }, h("strong", {}, "社区工作站"),
  h("p", { class: "soft" }, "排队取号、四进活动、岗位、手工活"));

/** What a family keeps. */
const kept = () => [
  h("a", { class: "card", href: "#/favourites" }, h("strong", {}, "我的收藏"), h("p", { class: "soft" }, "收藏过的阿姨")),
  h("a", { class: "card", href: "#/members" }, h("strong", {}, "需要照护的家人"),
    h("p", { class: "soft" }, "老人、孩子、孕产妇：预约时说明为谁而约"))];

/** A worker's door card: a QR that lives a minute and is drawn anew before it dies, as long as it is looked at. */
async function doorCard() {
  const mine = await api("GET", "/me/worker", undefined, { acting: "worker" });
  const picture = h("img", { class: "qr", alt: "上门服务证二维码" }), said = h("p", { role: "status" });
  const card = h("div", { class: "card" }, h("h2", {}, "上门服务证"), said, picture,
    h("p", { class: "soft" }, "请服务家庭用手机扫一扫，核对您的身份、企业和今天的预约。二维码每分钟更换。"));
  const lost = () => { picture.remove(); said.textContent = "网络不通，二维码已失效，请重试。"; };
  async function draw() {
    const told = await api("GET", `/workers/${mine.id}/door-card`, undefined, { acting: "worker" });
    picture.src = "data:image/svg+xml," + encodeURIComponent(told.svg);
    said.className = told.safety.colour;
    said.textContent = `${told.called} · ${told.firm_name || "个人"} · ${COLOURS[told.safety.colour]}`;
    setTimeout(() => { if (picture.isConnected) draw().catch(lost); }, 45000);
  }
  await draw();
  return card;
}

export async function me() {
  if (!store.get("tokens")) return signIn(store.get("back") || "#/");
  const [account, notes] = await Promise.all([api("GET", "/me", undefined, { acting: null }),
    api("GET", "/me/notifications?limit=20", undefined, { acting: null })]);
  const worker = account.roles.some(one => one.role === "worker");
  const family = account.roles.some(one => one.role === "household");
  const out = button("退出登录", async () => {
    await api("DELETE", "/auth/tokens");
    store.set("tokens", null);
    signIn("#/");
  }, { quiet: true });
  show(title("我", "Me"), h("p", { class: "soft" }, account.account.phone), worker && await doorCard(), family && kept(),
    stations(), notes.items.map(one => h("div", { class: "card" }, h("strong", {}, one.title), h("div", {}, one.body),
      h("div", { class: "soft" }, moment(one.created_at)))), out);
}

/** Signs in, then goes on to `back`. */
export function signIn(back) {
  const phone = h("input", { inputmode: "numeric", autocomplete: "tel", required: true });
  const code = h("input", { inputmode: "numeric", autocomplete: "one-time-code" });
  const enter = h("button", {}, "登录"), sent = h("p", { class: "soft", role: "status" });
  const send = button("发送验证码", async () => {
    await api("POST", "/auth/codes", { phone: phone.value });
    sent.textContent = "验证码已发送，5 分钟内有效。";
    code.focus();
  }, { quiet: true });
  const form = h("form", { class: "card" }, title("登录", "Sign in"), h("label", {}, "手机号", phone), send, sent,
    h("label", {}, "验证码", code), enter);
  form.addEventListener("submit", acting(enter, async () => {
    store.set("tokens", await api("POST", "/auth/tokens", { phone: phone.value, code: code.value }));
    store.set("back", null);
    if (location.hash === back) dispatchEvent(new HashChangeEvent("hashchange")); else location.hash = back;
  }));
  show(form, stations());
}
