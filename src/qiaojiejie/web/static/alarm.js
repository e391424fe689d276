// A call for help from a booking's page: asked once whether it is meant, then how it stands, until it is taken back.

import { api, pause, sleep } from "./client.js";
import { fill, h } from "./parts.js";
import { moment, now } from "./times.js";
import { button, heading, told } from "./view.js";

const STATES = ["confirmed", "under_way", "served"], ACTIVE = ["open", "acknowledged"];
const BEFORE = 3600e3, AFTER = 2 * 3600e3, POLL_SECONDS = 5;

/** May help be called now: from an hour before until two hours after. */
function possible(booking) {
  const end = Math.max(new Date(booking.end), new Date(booking.ended_at || 0));
  return STATES.includes(booking.state) && now() >= new Date(booking.start) - BEFORE && now() <= end + AFTER;
}

/** The card from which a family calls for help; null while there is no reason to. */
export async function alarmCard(booking) {
  if (!possible(booking)) return null;
  const mine = await api("GET", "/alarms?limit=20");
  const newest = mine.items.find(one => one.booking_id === booking.id && ACTIVE.includes(one.state));
  const box = h("div", {}), card = h("div", { class: "card" }, heading("一键求助", "Call for help"), box);
  if (newest) calling(box, booking, newest); else ready(box, booking);
  return card;
}

function ready(box, booking, ...news) {
  fill(box, news, h("p", { class: "soft" }, "感到不安全时使用：会立即通知企业和妇联值班，不通知上门的人。危急请直接拨打 110、120。"),
    button("SOS 求助", () => sure(box, booking), { quiet: true }));
}

function sure(box, booking) {
  fill(box, h("p", {}, h("strong", {}, "现在就通知企业和妇联值班？")), h("p", { class: "soft" }, "会带上您的电话、地址；允许定位的话，也带上位置。"),
    button("确认求助", async () => {
      const made = await api("POST", `/bookings/${booking.id}/alarms`, {});
      calling(box, booking, made);
      place(made);
    }), button("不求助了", () => ready(box, booking), { quiet: true }));
}

/** Sends where the phone is, if it may: the call itself never waits for it. */
function place(alarm) {
  if (!navigator.geolocation) return;
  navigator.geolocation.getCurrentPosition(
    at => api("POST", `/alarms/${alarm.id}/places`, { lng: at.coords.longitude, lat: at.coords.latitude }).catch(() => {}),
    () => {}, { timeout: 20000, maximumAge: 60000 });  // without a place they have her address and phone
}

async function calling(box, booking, alarm) {
  let shown = alarm;
  draw(box, booking, shown);
  await sleep(1);
  while (box.isConnected && box.dataset.alarm === alarm.id) {
    await pause(POLL_SECONDS);
    const now = await api("GET", "/alarms/" + alarm.id, undefined, { patience: 0 }).catch(() => shown);
    if (box.dataset.alarm !== alarm.id || now.state === shown.state) continue;
    shown = now;
    if (!ACTIVE.includes(now.state)) return over(box, booking, now);
    draw(box, booking, now);
  }
}

function draw(box, booking, alarm) {
  box.dataset.alarm = alarm.id;
  const seen = alarm.state === "acknowledged";
  fill(box, told("已通知企业和妇联值班", "The firm and the duty desk know", "bad",
    h("div", {}, seen ? `${moment(alarm.acknowledged_at)} 已响应，正在处理。` : "等待响应。"),
    h("div", {}, `求助于 ${moment(alarm.raised_at)}。请保持电话畅通；危急请直接拨打 110、120。`)),
  button("我安全了，撤回求助", async () => {
    over(box, booking, await api("POST", `/alarms/${alarm.id}/answers`, { answer: "withdraw" }));
  }, { quiet: true }));
}

function over(box, booking, alarm) {
  delete box.dataset.alarm;
  ready(box, booking, alarm.state === "withdrawn" ? told("已报平安，求助已撤回", "You said you are safe", "good")
    : told("求助已处置", "Help has come to its end", "good"));
}
