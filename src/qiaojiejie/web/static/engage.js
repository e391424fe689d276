// Engaging her by days: how many, from when or around which due date, by which shift; and what is agreed then.

import { api } from "./client.js";
import { h } from "./parts.js";
import { dayOf, longDay, now } from "./times.js";
import { button, heading, labelled, option } from "./view.js";

export const MORNINGS = ["07:00", "08:00", "09:00", "10:00", "14:00"];
const MOST_DAYS = 78, MONTH = 26;

/** What is asked of a service that is engaged by days. `changed` runs when another day, hour or price is to be shown. */
export class Days {
  constructor(service, changed) {
    this.service = service;
    const choices = service.day_counts, usual = choices.includes(MONTH) ? MONTH : choices[0];
    this.count = choices.length ? h("select", { onchange: changed }, choices.map(one => option(one, `${one} 天套餐`, usual)))
      : h("input", { type: "number", min: 1, max: MOST_DAYS, value: MONTH, inputmode: "numeric", onchange: changed });
    this.shift = service.shifts.length > 0 && h("select", { onchange: changed }, service.shifts.map(one =>
      option(one.shift, `${one.name} ${one.begins}–${one.ends}`)));
    const birth = service.mode === "package";
    this.by = birth && h("select", { onchange: changed }, option("due", "按预产期"), option("day", "指定开始日期"));
    this.due = birth && h("input", { type: "date", min: dayOf(new Date(now())), onchange: changed });
    this.babies = birth && h("select", { onchange: changed }, option(1, "一个宝宝"), option(2, "双胞胎"));
    this.dueField = birth && labelled("预产期", this.due);
  }

  elements() {
    return [labelled("做多少天", this.count), this.by && labelled("怎么开始", this.by), this.dueField,
      this.babies && labelled("几个宝宝", this.babies), this.shift && labelled("班次", this.shift)].filter(Boolean);
  }

  /** It begins when a child is born, not on a day that is chosen. */
  get waits() {
    const waits = Boolean(this.by) && this.by.value === "due";
    if (this.dueField) this.dueField.hidden = !waits;
    return waits;
  }

  /** When it can begin on a day: a shift at its hour, else in the morning. Whether she is free, the price says. */
  starts(day) {
    const shift = this.shift && this.service.shifts.find(one => one.shift === this.shift.value);
    return (shift ? [shift.begins] : MORNINGS).map(hour => `${day}T${hour}:00+08:00`).filter(at => new Date(at) > now());
  }

  /** What a quote is asked with; null while something is missing. */
  asked(start) {
    if (this.waits ? !this.due.value : !start) return null;
    return { days: Number(this.count.value), ...(this.waits ? { due_on: this.due.value } : { start }),
      ...(this.babies && { babies: Number(this.babies.value) }), ...(this.shift && { shift: this.shift.value }) };
  }
}

/** What is agreed of an engagement by days, in words: trial, holidays, half days. */
export function agreedWords(made) {
  const agreed = made.engagement;
  if (!agreed) return null;
  const dear = made.schedule ? made.schedule.filter(one => one.times > 1) : [];
  const said = [...agreed.words.split("；").filter(Boolean),
    dear.length > 0 && `其中法定节假日 ${dear.length} 天，按 ${dear[0].times} 倍计`,
    agreed.half_minutes && `一天工作不超过 ${agreed.half_minutes / 60} 小时计半天`];
  return h("ul", { class: "soft" }, said.filter(Boolean).map(one => h("li", {}, one)));
}

/** The card in which a family says when it begins, once the child is there. */
export function beginningCard(booking, again) {
  const held = booking.engagement && booking.engagement.window;
  if (!held || booking.state !== "confirmed" || !booking.steps.includes("say_beginning")) return null;
  const day = h("input", { type: "date", min: held.earliest, value: held.due_on });
  return h("div", { class: "card" }, heading("宝宝出生了吗？", "Is the baby there?"),
    h("p", {}, `预产期 ${longDay(held.due_on)}。已为您留到 ${longDay(held.latest)}，请说明阿姨哪天开始，早上 9:00 到。`),
    h("p", { class: "soft" }, "至少提前 12 小时说明；没有说明的，从预留的最后一天开始。总价不会因此提高。"), labelled("从哪天开始", day),
    button("就从这天开始", async () => {
      await api("POST", `/bookings/${booking.id}/beginnings`, { starts_on: day.value });
      await again([`阿姨从 ${longDay(day.value)} 开始`, "It begins then", "good"]);
    }));
}
