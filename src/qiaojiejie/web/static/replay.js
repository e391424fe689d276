// Every published score again, from the exported ledger alone: what qiaojiejie.credit.replay does, in a browser or in
// Node, written a second time so that neither has to be believed. Byte for byte the same lines come out.

import { firmOf } from "./evidence.js";
import { read } from "./lines.js";
import { canonical } from "./log.js";
import { calibrate, meanOf, monthOf, monthlyTables, setContexts, tables } from "./monthly.js";
import { PERMILLE, byName, load } from "./ruleset.js";
import { score, scoreFirm, shown } from "./scoring.js";

const OF_FIRM = new Set(["cancel_firm", "complaint_opened", "complaint_answered", "complaint_substantiated",
  "complaint_dismissed", "mediation"]);

/** A standing as one line of canonical JSON. */
export const text = line => canonical(line);

/** Everybody's standing on a day as it is shown: [{subject, score, grade, reasons, neff, households}] by subject.
 *
 * `lines`: export lines, parsed or not. `asOf`: a day number. `rules`: the rule sets at hand, as published. `rule`: the
 * version, or the rule set, to be used instead of the one that the ledger says is in force. `calibrations`: to be used
 * instead of the ledger's. `recalibrate`: work the calibration out of the ledger, as is done where there is none.
 */
export function replay(lines, { asOf, rules, rule = null, calibrations = null, recalibrate = false }) {
  const told = toldBy(read(lines), asOf), known = rules.map(load);
  const chosen = rule === null ? inForce(told.activations, asOf, known)
    : typeof rule === "string" ? at(known, rule) : load(rule);
  const inputs = inputsOf(told, recalibrate ? new Map() : byMonth(calibrations || told.calibrations), asOf, chosen);
  const found = new Map(), staff = new Map(), done = new Map(), since = asOf - chosen.data.firm.within_days;
  for (const [key, events] of told.workers) {
    const standing = score(events, asOf, inputs, chosen), firm = firmOf(events);
    found.set(key, shown(standing, events, asOf, chosen));
    of(staff, firm).push(standing);
  }
  for (const order of told.orders) done.set(order.firm, (done.get(order.firm) || 0) + (order.t >= since ? 1 : 0));
  for (const [key, events] of told.firms) {
    const standing = scoreFirm(events, asOf, of(staff, key), done.get(key) || 0, inputs.market, chosen);
    found.set(key, shown(standing, [], asOf, chosen));
  }
  return [...found.keys()].sort(byName).map(subject => ({ subject, ...found.get(subject) }));
}

function of(lists, key) {
  if (!lists.has(key)) lists.set(key, []);
  return lists.get(key);
}

/** What the ledger says up to a day: events by whom they are about, those that an upheld appeal voids left out. */
function toldBy(lines, asOf) {
  const told = { workers: new Map(), firms: new Map(), households: new Map(), restored: [], orders: [], voided: [],
    calibrations: [], activations: [] };
  const known = [], appeals = new Map();
  for (const line of lines) {
    if (line.type === "calibration") told.calibrations.push(line);
    else if (line.t <= asOf) {
      (line.type === "rule_activation" ? told.activations : known).push(line);
      if (line.type === "appeal_upheld") appeals.set(line.ref, Math.min(line.t, appeals.get(line.ref) ?? asOf));
    }
  }
  for (const line of known.sort((a, b) => a.seq - b.seq)) {
    const about = whose(line, told);
    if (appeals.has(line.seq) && line.type !== "appeal_upheld") told.voided.push({ line, day: appeals.get(line.seq) });
    else take(line, about, told);
  }
  return told;
}

/** The events of whom a line is about. Worker and firm are known from now on, even if nothing is taken in. */
function whose(line, told) {
  const key = line.subject;
  if (line.firm) of(told.firms, line.firm);
  if (key.startsWith("f_")) return of(told.firms, key);
  if (key.startsWith("h_")) return told.restored;
  line.worker = key;
  return of(told.workers, key);
}

function take(line, about, told) {
  about.push(line);
  if (line.type === "order_completed") told.orders.push(line);
  if (line.type === "order_completed" || line.type === "rating") of(told.households, line.household).push(line);
  if ("worker" in line && line.firm && (OF_FIRM.has(line.type) || "contract" in line)) of(told.firms, line.firm).push(line);
}

/** The rule in force on a day by what the ledger says, v1 before it says any. */
function inForce(activations, asOf, known) {
  const newest = activations.filter(line => line.from <= asOf).sort((a, b) => a.from - b.from || a.seq - b.seq).at(-1);
  if (!newest) return at(known, "v1");
  const rule = known.find(each => each.version === newest.version);
  if (!rule || rule.hash !== newest.hash) {
    throw new Error(`rule ${newest.version} with hash ${newest.hash} is in force and not at hand · 生效的评分规则不在手边`);
  }
  return rule;
}

function at(known, version) {
  const rule = known.find(each => each.version === version);
  if (!rule) throw new Error(`rule ${version} is not at hand · 没有这个版本的评分规则`);
  return rule;
}

const mapped = object => new Map(Object.entries(object));

function byMonth(calibrations) {
  return new Map(calibrations.map(each => [dayOf(each.month), { market: each.market, tables: mapped(each.tables),
    firms: mapped(each.firms), raters: mapped(each.raters) }]));
}

function dayOf(month) {
  const day = /^\d{4}-\d\d-\d\d$/.test(month) ? Date.parse(month + "T00:00:00Z") / 86400000 : NaN;
  if (Number.isNaN(day)) throw new Error(`${month} is no day · 不是日期`);
  return day;
}

/** The calibration in force on a day, published or worked out; with it the neutral facts go into the events. */
function inputsOf(told, published, asOf, rule) {
  if (published.size) {
    setAll(told, new Map([...published].map(([month, each]) => [month, each.tables])), rule);
    const month = Math.max(...[...published.keys()].filter(each => each <= asOf));
    const newest = published.get(month);
    if (!newest) return { tables: tables(new Map(), rule), raters: new Map(), firms: new Map(), market: 0 };
    return { ...newest, raters: new Map([...hadOrdered(told, month).map(each => [each, PERMILLE]), ...newest.raters]) };
  }
  const people = [...told.workers.values()], worth = monthlyTables(people.flat(), asOf, rule), month = monthOf(asOf);
  setAll(told, worth, rule);
  return calibrate(people, told.restored, month, worth.get(month), rule);
}

/** Households whose weight a month's calibration knows: with a completed order that then stood. */
function hadOrdered(told, month) {
  const voided = told.voided.filter(each => each.line.type === "order_completed" && each.day >= month).map(each => each.line);
  return [...told.orders, ...voided].filter(line => line.t < month).map(line => line.household);
}

function setAll(told, months, rule) {
  const mean = meanOf(months, rule);
  for (const events of told.households.values()) setContexts(events, mean);
}
