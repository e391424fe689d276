// Moments as a family reads them, in Asia/Shanghai wherever she is.

/** How far the service's clock is ahead of this phone's, in milliseconds. */
let ahead = 0;

/** The present moment by the service's clock, in milliseconds: a phone's own may be wrong. */
export const now = () => Date.now() + ahead;

/** The service said what time it is; less than its seconds and the way there say is no difference. */
export function heardTime(said) {
  const found = new Date(said) - Date.now();
  if (!Number.isNaN(found)) ahead = Math.abs(found) < 5000 ? 0 : found;
}

const ZONE = { timeZone: "Asia/Shanghai" };
const MOMENT = new Intl.DateTimeFormat("zh-CN", { ...ZONE, month: "long", day: "numeric", weekday: "short",
  hour: "2-digit", minute: "2-digit", hour12: false });
const DAY = new Intl.DateTimeFormat("sv-SE", ZONE);
const LONG_DAY = new Intl.DateTimeFormat("zh-CN", { ...ZONE, month: "long", day: "numeric", weekday: "short" });
const HOUR = new Intl.DateTimeFormat("zh-CN", { ...ZONE, hour: "2-digit", minute: "2-digit", hour12: false });

/** 12月1日周二 09:00 */
export const moment = iso => iso ? MOMENT.format(new Date(iso)) : "暂无";
/** 2026-12-01 */
export const dayOf = date => DAY.format(date);
/** 12月1日周二, of a moment or a day */
export const longDay = iso => LONG_DAY.format(new Date(iso.length === 10 ? iso + "T12:00:00+08:00" : iso));
/** 09:00 */
export const hourOf = iso => HOUR.format(new Date(iso));
/** From one moment until another, the day said once when it is the same. */
export const span = (start, end) =>
  `${moment(start)} 至 ${dayOf(new Date(start)) === dayOf(new Date(end)) ? hourOf(end) : moment(end)}`;

/** From a moment until the last day of several; they end at its midnight. */
export const daysSpan = (start, end) => `${moment(start)} 起，到 ${longDay(new Date(new Date(end) - 1).toISOString())}`;

/** How long until a moment: 9:05; 0:00 once it is past. */
export function left(iso) {
  const seconds = Math.max(0, Math.round((new Date(iso) - now()) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
