// One worker's evidence: which events count on a day, the row each order makes, where she starts, her papers.

import { PERMILLE, byPlace, clip, fdiv, gathered, marksOf, ofType, sdiv, sum } from "./ruleset.js";

const UNDONE = new Set(["complaint_substantiated", "document_withdrawn"]);
const MOVES = new Set(["joined", "left", "order_completed"]);
const WHOLE = PERMILLE ** 4;
/** Said of a paper's last day when there is no such paper in date. */
export const NOT_THERE = -1;

export const inOrder = events => [...events].sort(byPlace);
export const byType = events => gathered(events, event => event.type);
const maxOf = (numbers, least) => numbers.reduce((most, each) => Math.max(most, each), least);

/** Events that no upheld appeal voids, in the order told; nothing voids an upheld appeal. */
export function withoutVoid(events) {
  const told = [...events], gone = new Set(told.filter(each => each.type === "appeal_upheld").map(each => each.ref));
  return gone.size ? told.filter(each => each.type === "appeal_upheld" || !gone.has(each.seq)) : told;
}

/** Events that count on a day; a complaint that was repaired or is worn out counts as dismissed. */
export function inUse(events, asOf, rule) {
  const live = withoutVoid(inOrder(events.filter(event => event.t <= asOf)));
  if (!live.some(event => UNDONE.has(event.type))) return live;
  const repaired = new Set(live.filter(each => each.type === "credit_repair").map(each => each.ref));
  const withdrawn = new Set(live.filter(each => each.type === "document_withdrawn").map(each => each.document));
  const minor = rule.data.complaint.minor_out_of_use_days;
  const undone = event => event.type === "complaint_substantiated" && (repaired.has(event.seq)
    || event.severity === 1 && asOf - event.t >= minor);
  return live.filter(event => !withdrawn.has(event.document))
    .map(event => undone(event) ? { ...event, type: "complaint_dismissed" } : event);
}

/** {t, weight, x, parts: [[seq, factor, x]], household, blame, blamedBy} of each order and each thing apart from one. */
export function rows(kinds, asOf, inputs, rule) {
  const done = new Map(ofType(kinds, "order_completed").map(event => [event.order, event]));
  const rated = new Map(ofType(kinds, "rating").map(event => [event.order, event]));
  const upheld = gathered(ofType(kinds, "complaint_substantiated"), event => event.order ?? null);
  const settled = new Set(ofType(kinds, "mediation").filter(each => each.outcome === "settled").map(each => each.complaint));
  const blamed = new Map([...upheld].map(([order, found]) => [order, {
    blame: sum(found.map(event => blameOf(event, settled, rule))), blamedBy: "F17" }]));
  const again = bookedAgain(done.values(), rule), disputed = disputedOrders(kinds);
  const found = [...done].map(([order, event]) => orderRow(event, rated.get(order), asOf, inputs, again.has(order),
    disputed.has(order), blamed.get(order), rule));
  for (const [order, blame] of blamed) if (!done.has(order)) found.push(apart(upheld.get(order)[0].t, blame.blame, "F17"));
  return [...found, ...failures(kinds, rule)];
}

const apart = (t, blame, blamedBy) => ({ t, weight: 0, x: 0, parts: [], household: null, blame, blamedBy });

function disputedOrders(kinds) {
  const closed = new Set(ofType(kinds, "complaint_dismissed").map(event => event.complaint));
  return new Set([...ofType(kinds, "complaint_opened"), ...ofType(kinds, "complaint_substantiated")]
    .filter(event => !closed.has(event.complaint)).map(event => event.order));
}

function failures(kinds, rule) {
  const { cancel, no_show_x: noShow } = rule.data;
  return [...ofType(kinds, "no_show").map(event => apart(event.t, noShow, "F15")),
    ...ofType(kinds, "cancel_worker").map(event => apart(
      event.t, event.notice_h < cancel.short_hours ? cancel.x_short : cancel.x, "F16"))];
}

function blameOf(complaint, settled, rule) {
  const fault = rule.data.complaint, x = fault.x[complaint.severity - 1];
  return settled.has(complaint.complaint) ? sdiv(x * fault.settled_permille, PERMILLE) : x;
}

function bookedAgain(orders, rule) {
  const found = new Set(), before = new Map();
  for (const event of [...orders].sort((a, b) => a.t - b.t || a.k_worker - b.k_worker || a.seq - b.seq)) {
    const earlier = before.get(event.household);
    if (earlier && event.t - earlier.t <= rule.data.rehire.days) found.add(earlier.order);
    before.set(event.household, event);
  }
  return found;
}

function orderRow(done, rating, asOf, inputs, again, disputed, blamed, rule) {
  const { data } = rule, late = done.punctuality === "late", parts = [];
  let cover = 0, reliability = PERMILLE;
  if (rating) {
    const marks = marksWorth(rating, inputs.tables, late || disputed, rule);
    cover = PERMILLE;
    reliability = marks.reliability;
    parts.push(["F10", marks.z]);
    if (marks.lenient) parts.push(["F11", marks.lenient]);
  } else if (asOf - done.t >= data.silent.days) {
    cover = data.silent.weight;
    parts.push(["F12", done.hh_n ? data.silent.x : data.silent.x_never_rated]);
  }
  if (late) parts.push(["F13", data.late_x]);
  if (again) parts.push(["F14", data.rehire.x]);
  const rater = inputs.raters.get(done.household) ?? data.rater.new;
  const weight = cover && fdiv(repeated(done, data.repeat_weights) * rater * cover * reliability, WHOLE);
  return { t: done.t, weight, x: sum(parts.map(([, x]) => x)), parts, household: done.household,
    blame: 0, blamedBy: "", ...blamed };
}

/** In millionths: less with each earlier order of the family with her, and with others of her firm. */
function repeated(done, weights) {
  const own = done.k_worker, most = weights.length - 1, others = Math.max(0, done.k_firm - own);
  return weights[Math.min(own, most)] * weights[Math.min(others, most)];
}

/** What the marks are worth, the rater's correction, and how reliable they are in permille. */
function marksWorth(rating, tables, blamed, rule) {
  const { marks, leniency, reliability } = rule.data;
  let z = (tables.get(rating.category) || tables.get("*")).z[marksOf(rating) - marks.least];
  if (z < marks.z_floor && !blamed) z = marks.z_floor;
  if (!rating.hh_dev_milli) return { z, lenient: 0, reliability: PERMILLE };
  const dev = sdiv(rating.hh_dev_milli, rating.hh_n + leniency.shrink), over = Math.abs(dev) - reliability.from_dev;
  return { z, lenient: clip(-sdiv(dev * leniency.slope, PERMILLE), leniency.most) + 0, reliability: over <= 0 ? PERMILLE
    : Math.max(reliability.least, PERMILLE - fdiv(over * reliability.slope, PERMILLE)) };
}

/** Where she starts, by factor, in milli-sigma. */
export function prior(kinds, asOf, firms, rule) {
  const known = rule.data.prior;
  const level = maxOf(ofType(kinds, "certificate").filter(each => inDate(each, asOf)).map(each => each.level), 0);
  const award = maxOf(ofType(kinds, "award").map(each => each.level), 0);
  const parts = { F19: Math.max(0, level - known.certificate_neutral) * known.certificate_step, F20: known.award[award],
    F21: firms.get(firmNow(kinds)) ?? 0 };
  const total = sum(Object.values(parts));
  const largest = Object.keys(parts).reduce((most, code) => Math.abs(parts[code]) >= Math.abs(parts[most]) ? code : most);
  parts[largest] += clip(total, known.most) - total;
  return { F22: known.x, ...parts };
}

/** The firm she works through, "" when there is none. */
export const firmOf = events => firmNow(byType(inOrder(events.filter(event => MOVES.has(event.type)))));

function firmNow(kinds) {
  const joined = ofType(kinds, "joined"), left = ofType(kinds, "left");
  if (!joined.length && !left.length) return ofType(kinds, "order_completed").findLast(event => event.firm)?.firm || "";
  let now = "";
  for (const event of inOrder([...joined, ...left])) {
    const firm = event.firm || "";
    if (event.type === "joined") now = firm;
    else if (firm === "" || firm === now) now = "";
  }
  return now;
}

export const inDate = (paper, asOf) => (paper.valid_until ?? null) === null || paper.valid_until >= asOf;

/** What missing papers keep her from: [{code, grade, bookable}]. */
export function gatesOf(kinds, asOf) {
  const found = [];
  if (!ofType(kinds, "identity_verified").length) found.push({ code: "R01", grade: "C", bookable: "none" });
  if (background(kinds, asOf) === NOT_THERE) found.push({ code: "R02", grade: "B", bookable: "no_care" });
  if (until(kinds, "health_cert", asOf) === NOT_THERE) found.push({ code: "R03", grade: "B", bookable: "no_care" });
  return found;
}

/** The last day on which identity, background and health are all good; null: no end; −1: they are not now. */
export function papersUntil(kinds, asOf) {
  const ends = [until(kinds, "identity_verified", asOf), background(kinds, asOf), until(kinds, "health_cert", asOf)]
    .filter(end => end !== null);
  return ends.length ? Math.min(...ends) : null;
}

export const until = (kinds, kind, asOf) => lastOf(ofType(kinds, kind).filter(event => inDate(event, asOf)));

/** Of background checks only the last counts, and it must be clear. */
const background = (kinds, asOf) => lastOf(ofType(kinds, "background_check").slice(-1)
  .filter(event => event.result === "clear" && inDate(event, asOf)));

function lastOf(good) {
  if (!good.length) return NOT_THERE;
  const ends = good.map(event => event.valid_until ?? null);
  return ends.includes(null) ? null : maxOf(ends, ends[0]);
}
