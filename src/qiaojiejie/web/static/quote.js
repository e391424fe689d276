// Asking for a price and holding the time: where, what, when, how long, with which coupon.

import { addressForm } from "./addresses.js";
import { api, store } from "./client.js";
import { Days, agreedWords } from "./engage.js";
import { memberWords } from "./members.js";
import { fill, h } from "./parts.js";
import { startsOn } from "./starts.js";
import { dayOf, hourOf, longDay, moment, now } from "./times.js";
import { acting, button, heading, labelled, option, policyWords, priceTable, problemBox } from "./view.js";

const BY_DAYS = ["day", "month"], MOST_MINUTES = 720;
export const PARTS = { full: "全款", deposit: "定金", balance: "尾款", supplement: "补差价" };
/** Refusals after which the price asked for is worth nothing any more. */
const ASK_ANEW = ["QuoteExpired", "QuoteUsed", "QuoteNotFound", "CouponGone"];

/** The card on a worker's page in which she is booked. */
export async function bookingForm(worker) {
  if (!worker.services.length) return h("p", { class: "card soft" }, "这位阿姨暂不能在线预约，请联系她的企业。");
  if (!store.get("tokens")) return h("a",
    { class: "button", href: "#/me", onclick: () => store.set("back", location.hash) }, "登录后预约");
  const [addresses, services, members] = await Promise.all([api("GET", "/me/addresses"), api("GET", "/services"),
    api("GET", "/me/members?limit=20")]);
  const box = h("div", { class: "card" });
  if (!addresses.items.length) {
    const again = async () => box.replaceWith(await bookingForm(worker));
    box.append(heading("先填写服务地址", "Your address first"), await addressForm(again));
    return box;
  }
  const wishes = new Wishes(worker, services.items, addresses.items, members.items);
  box.append(heading("预约", "Book"), ...wishes.elements());
  await wishes.lengths();
  return box;
}

/** What the family wishes, and the price of it. */
class Wishes {
  constructor(worker, services, addresses, members) {
    this.worker = worker;
    this.catalogue = Object.fromEntries(services.map(one => [one.code, one]));
    this.start = null;
    const filled = () => acting(this.here, () => this.price())();
    const anew = () => acting(this.here, () => this.slots())();
    this.service = h("select", { onchange: () => acting(this.here, () => this.lengths())() },
      worker.services.map(one => option(one.code, one.name)));
    this.address = h("select", { onchange: anew },
      addresses.map(one => option(one.id, one.label + " · " + one.detail)));
    this.member = h("select", { onchange: filled }, option("", "不说明"),
      members.map(one => option(one.id, memberWords(one))));
    this.forWhom = members.length > 0 && labelled("为谁预约", this.member);
    this.length = h("select", { onchange: anew });
    this.anew = anew;
    this.day = h("input", { type: "date", min: dayOf(new Date(now())),
      value: dayOf(new Date(worker.next_free_at || now())), onchange: anew });
    this.coupon = h("input", { maxlength: 20, autocomplete: "off", autocapitalize: "characters", list: "coupons",
      placeholder: "没有可不填", onchange: filled });
    this.held = h("datalist", { id: "coupons" });
    this.free = h("div", { class: "slots", role: "group", "aria-label": "开始时间" });
    this.lines = h("div", { role: "status" });
    this.here = h("span", {});
    this.byVisit = labelled("时长", this.length);
    this.byDays = h("div", { class: "grid" });
    this.onDay = labelled("日期", this.day);
    this.hours = h("div", {}, h("h2", {}, "开始时间"), this.free);
  }

  elements() {
    const wishes = h("div", { class: "grid" }, labelled("服务", this.service), this.byVisit, this.onDay,
      labelled("地址", this.address), this.forWhom);
    return [wishes, this.byDays, this.hours, labelled("优惠码", this.coupon), this.held, this.lines,
      h("div", {}, this.here)];
  }

  /** The service chosen, as this worker offers it. */
  get offer() { return this.worker.services.find(one => one.code === this.service.value); }
  get daily() { return BY_DAYS.includes(this.offer.unit); }

  /** What lengths there are of the service now chosen; then when she is free for it. */
  async lengths() {
    this.byVisit.hidden = this.daily;
    this.days = this.daily ? new Days(this.catalogue[this.offer.code], this.anew) : null;
    fill(this.byDays, this.days && this.days.elements());
    const least = this.catalogue[this.offer.code].min_minutes || 120, before = Number(this.length.value);
    const choices = [least, ...[60, 120, 180, 240, 360, 480, MOST_MINUTES].filter(one => one > least)];
    this.length.replaceChildren(...choices.map(one => option(one, one / 60 + " 小时",
      choices.includes(before) ? before : least)));
    await Promise.all([this.slots(), this.coupons()]);
  }

  async slots() {
    this.start = null;
    this.lines.replaceChildren();
    const waits = Boolean(this.days) && this.days.waits;
    this.onDay.hidden = this.hours.hidden = waits;
    if (waits) return this.price();
    const starts = this.days ? this.days.starts(this.day.value)
      : await startsOn(this.worker.id, this.day.value, this.length.value, this.address.value);
    this.free.replaceChildren(...starts.map(at => {
      const slot = h("button", { type: "button", "aria-pressed": "false" }, hourOf(at));
      slot.addEventListener("click", acting(this.here, async () => {
        this.free.querySelectorAll("button").forEach(one => {
          one.classList.toggle("on", one === slot);
          one.setAttribute("aria-pressed", String(one === slot));
        });
        this.start = at;
        await this.price();
      }));
      return slot;
    }));
    if (!starts.length) this.free.append(h("p", { class: "soft" }, "这天没有这么长的空档，请换一天或缩短时长。"));
  }

  async coupons() {
    const query = new URLSearchParams({ service_code: this.offer.code, firm_id: this.worker.firm.id, limit: 50 });
    const mine = await api("GET", "/me/coupons?" + query);
    this.held.replaceChildren(...mine.items.filter(one => one.usable).map(one => h("option",
      { value: one.coupon.code }, one.coupon.name)));
  }

  async price() {
    this.lines.replaceChildren();
    const wanted = this.days ? this.days.asked(this.start)
      : this.start && { start: this.start, minutes: Number(this.length.value) };
    if (!wanted) return;
    const code = this.coupon.value.trim().toUpperCase();
    const made = await api("POST", "/quotes",
      { worker_id: this.worker.id, service_code: this.service.value, address_id: this.address.value,
      ...wanted, ...(code && { coupon_code: code }),
      ...(this.member.value && { member_id: this.member.value }) });
    fill(this.lines, priceTable(made.lines, [["合计", made.total]]), answerWords(made), partWords(made), agreedWords(made), schedule(made),
      policyWords(made.policy), this.bookButton(made));
  }

  bookButton(made) {
    const first = made.parts[0];
    const words = first.part === "deposit" ? `预约并付定金 ${first.amount.display}` : `预约并支付 ${made.total.display}`;
    return button(words, async () => {
      try {
        const booking = await api("POST", "/bookings", { quote_id: made.id });
        location.hash = "#/b/" + booking.id;
      } catch (problem) {
        await this.refused(problem);
      }
    });
  }

  /** The time is gone, or the price: shows what there is now, with why. */
  async refused(problem) {
    const code = problem.body && problem.body.code;
    if (code === "SlotTaken") await this.slots();
    else if (ASK_ANEW.includes(code)) await this.price().catch(() => {});
    else throw problem;
    this.lines.prepend(problemBox(problem));
  }
}

/** That the firm is asked before it stands, where it is. */
export const answerWords = made => made.answer && h("p", { class: "soft" }, made.answer.words + "。");

/** In what parts it is paid, where there are several. */
export function partWords(made) {
  if (made.parts.length < 2) return null;
  return h("table", {}, made.parts.map(one => h("tr", {}, h("td", {}, PARTS[one.part],
    one.payable_from && new Date(one.payable_from) > now()
      && h("span", { class: "soft" }, ` ${longDay(one.payable_from)}起可付`)), h("td", {}, one.amount.display))));
}

/** The days of an engagement and what each costs. */
function schedule(made) {
  if (!made.schedule.length) return h("p", { class: "soft" }, `${moment(made.start)} 至 ${hourOf(made.end)}`);
  return h("details", {}, h("summary", {}, `${made.schedule.length} 个工作日，逐日价格`), h("table", {}, made.schedule.map(one =>
    h("tr", {}, h("td", {}, longDay(one.day), one.times > 1 && h("span", { class: "soft" }, ` 法定节假日 ${one.times} 倍`)),
      h("td", {}, one.amount.display)))));
}
