// What is said about a booking between family, worker and firm: read, written, and what to beware of in it.

import { api, pause, picture, sleep } from "./client.js";
import { h } from "./parts.js";
import { moment } from "./times.js";
import { acting, beside, button, labelled, problemBox } from "./view.js";

const PARTIES = { household: "您", worker: "阿姨", firm: "企业" };
const POLL_SECONDS = 4, MOST_IMAGES = 6, IMAGES = "添加图片（可不选）";

/** The card of a booking's chat. */
export async function chatCard(booking) {
  const path = `/bookings/${booking.id}/messages`;
  return new Chat(booking, path, await api("GET", path + "?limit=20")).card;
}

class Chat {
  constructor(booking, path, page) {
    this.path = path;
    this.newer = page.newer_cursor;
    this.older = page.next_cursor;
    this.through = 0;
    this.count = h("span", { class: "badge red", hidden: true });
    this.list = h("ul", { class: "said", "aria-live": "polite", tabindex: 0, "aria-label": "聊天记录" });
    this.earlier = button("更早的消息", () => this.before(), { quiet: true });
    this.earlier.hidden = !this.older;
    this.none = h("p", { class: "soft" }, "有事可以在这里对阿姨和企业说。请不要在平台外付款或约定。");
    this.card = h("details", { class: "card" }, h("summary", {}, "聊天", beside("Messages"), " ", this.count), this.earlier,
      this.none, this.list, page.open ? this.form() : h("p", { class: "soft" }, "预约已结束，不能再发消息。"));
    this.put([...page.items].reverse());
    this.unread(page.unread);
    this.card.addEventListener("toggle", () => { this.end(); this.seen(); });
    this.watch();
  }

  form() {
    this.words = h("textarea", { rows: 2, maxlength: 2000 });
    this.images = h("input", { type: "file", class: "unseen", accept: "image/*", multiple: true });
    const chosen = h("span", {}, IMAGES);
    this.images.addEventListener("change", () => {
      const many = this.images.files.length;
      chosen.textContent = many > MOST_IMAGES ? `只发前 ${MOST_IMAGES} 张图片` : many ? `已选 ${many} 张图片` : IMAGES;
    });
    this.sent = () => { this.words.value = this.images.value = ""; chosen.textContent = IMAGES; };
    const send = h("button", {}, "发送");
    const form = h("form", {}, labelled("说点什么", this.words),
      h("label", { class: "button quiet" }, chosen, this.images), send);
    form.addEventListener("submit", acting(send, () => this.say()));
    return form;
  }

  async say() {
    const files = [...this.images.files].slice(0, MOST_IMAGES), words = this.words.value.trim();
    if (!words && !files.length) return this.words.focus();
    const media = [];
    for (const one of files) {
      const body = new FormData();
      body.set("kind", "chat");
      body.set("file", one);
      media.push((await api("POST", "/media", body)).id);
    }
    await api("POST", this.path, { ...(words && { words }), ...(media.length && { media_ids: media }) });
    this.sent();
    await this.after();
  }

  /** Looks for what was said since, as long as the card is on the page. */
  async watch() {
    await sleep(1);
    this.end();
    this.seen();
    while (this.card.isConnected) {
      await pause(POLL_SECONDS);
      if (!document.hidden && this.card.isConnected) await this.after().catch(() => {});  // asked again soon
    }
  }

  async after() {
    const page = await api("GET", `${this.path}?limit=50&cursor=${encodeURIComponent(this.newer)}`, undefined, { patience: 0 });
    this.newer = page.newer_cursor;
    this.put([...page.items].reverse());
    this.unread(page.unread);
    await this.seen();
  }

  async before() {
    const page = await api("GET", `${this.path}?limit=20&cursor=${encodeURIComponent(this.older)}`);
    this.older = page.next_cursor;
    this.earlier.hidden = !this.older;
    this.list.prepend(...page.items.reverse().map(bubble));
  }

  put(items) {
    const fresh = items.filter(one => one.number > this.through);
    if (!fresh.length) return;
    this.through = fresh[fresh.length - 1].number;
    this.none.hidden = true;
    this.list.append(...fresh.map(bubble));
    this.end();
  }

  /** Shows what was said last. */
  end() { this.list.scrollTop = this.list.scrollHeight; }

  unread(many) {
    this.waiting = many;
    this.count.hidden = !many;
    this.count.textContent = `${many} 条未读`;
  }

  /** What is on the screen of an open card has been read. */
  async seen() {
    if (!this.card.open || !this.card.isConnected || !this.waiting || document.hidden) return;
    this.unread(0);
    await api("POST", this.path + "/read", { through: this.through }).catch(() => {});  // read again with the next one
  }
}

/** As wide as the page and its screen show it: read with a token, it can't say so in a srcset. */
const across = () => "?width=" + (Math.min(innerWidth, 640) * devicePixelRatio > 640 ? 1280 : 640);

function bubble(one) {
  const images = one.images.map(each => {
    const shown = h("img", { alt: "聊天图片", width: each.width, height: each.height });
    picture(each.url.replace("/api/v1", "") + across()).then(data => { shown.src = data; }, problem => shown.replaceWith(problemBox(problem)));
    return shown;
  });
  return h("li", { class: one.mine && "mine" }, h("div", { class: "soft" }, `${PARTIES[one.party]} · ${moment(one.said_at)}`),
    one.words && h("div", { class: "words" }, one.words), images, one.hint && h("div", { class: "hint" }, one.hint));
}
