// The score of a worker and of a firm: two means of the evidence, caps, a grade with its gates, the reasons, and what
// of it is shown.

import { byType, gatesOf, inDate, inOrder, inUse, papersUntil, prior, rows, until, withoutVoid } from "./evidence.js";
import { PERMILLE, byName, crossed, exact, fdiv, ofType, placeOf, sdiv, sum, worse } from "./ruleset.js";

const ANSWERS = new Set(["complaint_answered", "complaint_substantiated", "complaint_dismissed", "mediation"]);

/** A worker's standing on a day, of all her events and the calibration {tables, raters, firms} (Maps). */
export function score(events, asOf, inputs, rule) {
  const { data } = rule, { kinds, table, slow, fast } = weighed(events, asOf, inputs, rule);
  const start = prior(kinds, asOf, inputs.firms, rule);
  const means = [meanOf(slow, start, data.slow_k), meanOf(fast, start, data.fast_k)], mu = muOf(...means, rule);
  const sanction = penalty(kinds, asOf, rule), { centre, slope } = data.score;
  const raw = fdiv(centre * PERMILLE + mu * slope, PERMILLE) - sanction, caps = capsOf(kinds, asOf, raw, rule);
  const number = Math.max(0, Math.min(raw, ...caps.map(cap => cap.limit)));
  const neff = sum([...slow.effective.values()]), households = slow.effective.size;
  const { grade, gates } = gradeOf(number, neff, households, gatesOf(kinds, asOf), rule);
  return { score: number, grade, neff, households, gates, caps,
    factors: factorsOf(table, [slow, fast], means, raw - centre, sanction, rule),
    mu_own: start.F21 ? ownMu(kinds, asOf, slow, fast, rule) : mu,
    insured_until: until(kinds, "insurance", asOf), papers_until: papersUntil(kinds, asOf) };
}

/** {neff, mu}: a worker's evidence and her mean without the firm's part. */
export function ownMean(events, asOf, inputs, rule) {
  const { kinds, slow, fast } = weighed(events, asOf, inputs, rule);
  return { neff: sum([...slow.effective.values()]), mu: ownMu(kinds, asOf, slow, fast, rule) };
}

function weighed(events, asOf, inputs, rule) {
  const kinds = byType(inUse(events, asOf, rule)), table = rows(kinds, asOf, inputs, rule);
  return { kinds, table, slow: faded(table, asOf, "slow", rule), fast: faded(table, asOf, "fast", rule) };
}

/** Rows as they weigh on a day over one horizon; `blamed`: [share, more weight, factor] from the worst. */
function faded(table, asOf, horizon, rule) {
  const { decay, complaint } = rule.data, left = rule.fades.get(decay[`${horizon}_half_days`]);
  const weights = [], effective = new Map(), blamed = [];
  let total = 0, weight = 0;
  for (const row of table) {
    const keeps = left[Math.min(fdiv(asOf - row.t, decay.step_days), left.length - 1)];
    const now = fdiv(row.weight * keeps, PERMILLE);
    weights.push(now);
    if (now) {
      weight += now;
      total += now * row.x;
      effective.set(row.household, (effective.get(row.household) || 0) + now);
    }
    if (row.blame && keeps) {
      const lifted = fdiv(Math.max(row.weight, complaint.least_weight) * keeps, PERMILLE);
      blamed.push([lifted * (row.x + row.blame) - now * row.x, lifted - now, row.blamedBy]);
    }
  }
  blamed.sort((one, other) => crossed(one[0], other[1], other[0], one[1]));
  return { weights, total, weight, effective, blamed };
}

/** With the prior; what she is blamed for is taken in from the worst, and left out where it would raise the mean. */
function meanOf(found, start, k) {
  let total = k * sum(Object.values(start)) + found.total, bottom = k + found.weight;
  const taken = [];
  for (const each of found.blamed) {
    if (crossed(each[0], bottom, total, each[1]) < 0) {
      total += each[0];
      bottom += each[1];
      taken.push(each);
    }
  }
  return { start, k, bottom, mu: sdiv(total, bottom), taken };
}

const muOf = (slow, fast, rule) => slow.mu + sdiv(Math.min(0, fast.mu - slow.mu) * rule.data.fast_share, PERMILLE);

function ownMu(kinds, asOf, slow, fast, rule) {
  const start = prior(kinds, asOf, new Map(), rule);
  return muOf(meanOf(slow, start, rule.data.slow_k), meanOf(fast, start, rule.data.fast_k), rule);
}

/** Exact shares multiply past what a double holds: in big integers. */
function factorsOf(table, horizons, [slow, fast], target, sanction, rule) {
  const slope = BigInt(rule.data.score.slope), quick = BigInt(fast.mu < slow.mu ? rule.data.fast_share : 0);
  const bottoms = [BigInt(slow.bottom), BigInt(fast.bottom)], thousand = BigInt(PERMILLE), shares = new Map();
  const times = [slope * (thousand - quick) * bottoms[1], slope * quick * bottoms[0]];
  [slow, fast].forEach((mean, at) => {
    if (!times[at]) return;
    for (const [code, share] of byFactor(table, horizons[at], mean)) {
      shares.set(code, (shares.get(code) || 0n) + times[at] * BigInt(exact(share)));
    }
  });
  const points = whole(shares, thousand * thousand * bottoms[0] * bottoms[1], target + sanction);
  return sanction ? { ...points, F18: -sanction } : points;
}

function byFactor(table, found, mean) {
  const sums = new Map(), add = (code, share) => sums.set(code, (sums.get(code) || 0) + share);
  table.forEach((row, at) => {
    if (found.weights[at]) for (const [code, x] of row.parts) if (x) add(code, found.weights[at] * x);
  });
  for (const [share, , code] of mean.taken) add(code, share);
  for (const [code, x] of Object.entries(mean.start)) if (x) add(code, mean.k * x);
  return sums;
}

/** Whole points by factor that sum to `target`: floors, and what is left to the largest remainders, ties by name. */
function whole(shares, scale, target) {
  const points = {}, remainders = new Map();
  for (const [code, share] of shares) {
    const remainder = (share % scale + scale) % scale;
    remainders.set(code, remainder);
    points[code] = exact(Number((share - remainder) / scale));
  }
  const left = target - sum(Object.values(points));
  const order = [...shares.keys()].sort((a, b) => {
    const one = remainders.get(a), other = remainders.get(b);
    return one > other ? -1 : one < other ? 1 : byName(a, b);
  });
  if (left < 0) order.reverse();
  for (let turn = 0; turn < Math.abs(left); turn++) points[order[turn % order.length]] += Math.sign(left);
  return points;
}

function penalty(kinds, asOf, rule) {
  const levels = ofType(kinds, "sanction").filter(event => event.until >= asOf).map(event => event.level);
  return rule.data.sanction[Math.max(0, ...levels)];
}

const blocked = kinds => inOrder([...ofType(kinds, "blacklist_on"), ...ofType(kinds, "blacklist_off")])
  .at(-1)?.type === "blacklist_on";

function capsOf(kinds, asOf, raw, rule) {
  const { data } = rule, upheld = ofType(kinds, "complaint_substantiated");
  const caps = blocked(kinds) ? [{ code: "R05", limit: data.block_cap }] : [];
  for (const [severity, days, limit] of data.complaint.caps) {
    if (upheld.some(event => event.severity === severity && asOf - event.t <= days)) caps.push({ code: "F17", limit, severity });
  }
  return raw > data.score.most ? [...caps, { code: "scale", limit: data.score.most }] : caps;
}

const gradeAt = (number, rule) => rule.data.grades.find(([, least]) => number >= least)[0];
const oneDown = (grade, rule) => rule.grades[placeOf(rule, grade) + 1];

function gradeOf(number, neff, households, missing, rule) {
  const needs = rule.data.evidence_gates, gates = [...missing];
  let grade = gradeAt(number, rule), held = false;
  while (grade in needs && !(neff >= needs[grade][0] && households >= needs[grade][1])) {
    grade = oneDown(grade, rule);
    held = true;
  }
  if (held) gates.push({ code: "R04", grade, bookable: "all" });
  return { grade: gates.reduce((low, gate) => worse(rule, gate.grade, low) ? gate.grade : low, grade), gates };
}

/** A firm's standing: its own events, its `staff` as `score` gives them, its orders of a year, the market's mean. */
export function scoreFirm(events, asOf, staff, orders, market, rule) {
  const { firm: known, score: scale } = rule.data, live = firmInUse(events, asOf);
  const weights = staff.map(each => Math.min(each.neff, known.most_weight));
  const shares = { G10: sum(staff.map((each, at) => weights[at] * each.mu_own)), G18: known.k * market };
  const bottom = known.k + sum(weights), mu = sdiv(shares.G10 + shares.G18, bottom);
  const ofMean = fdiv(mu * scale.slope, PERMILLE);
  const wide = new Map(Object.entries(shares).map(([code, share]) => [code, BigInt(exact(share)) * BigInt(scale.slope)]));
  const factors = { ...whole(wide, BigInt(PERMILLE) * BigInt(bottom), ofMean), ...ownPoints(live, asOf, staff, orders, rule) };
  const raw = scale.centre + sum(Object.values(factors)), caps = firmCaps(byType(live), asOf, raw, rule);
  const number = Math.max(0, Math.min(raw, ...caps.map(cap => cap.limit)));
  const neff = sum(staff.map(each => each.neff)), workers = staff.filter(each => each.neff >= known.active_from).length;
  let grade = gradeAt(number, rule);
  for (const needs = known.evidence_gates; grade in needs && !(workers >= needs[grade][0] && neff >= needs[grade][1]);) {
    grade = oneDown(grade, rule);
  }
  return { score: number, grade, neff, households: null, factors, caps, gates: [] };
}

function firmInUse(events, asOf) {
  const live = withoutVoid(inOrder(events.filter(event => event.t <= asOf)));
  const repaired = new Set(live.filter(each => each.type === "credit_repair").map(each => each.ref));
  return live.filter(event => !repaired.has(event.seq));
}

function ownPoints(live, asOf, staff, orders, rule) {
  const known = rule.data.firm, recent = live.filter(event => asOf - event.t <= known.within_days);
  const complaints = which => new Set(recent.filter(which).map(event => event.complaint)).size;
  const cancelled = recent.filter(event => event.type === "cancel_firm").length;
  const late = complaints(event => ANSWERS.has(event.type) && waited(event) > known.answer_days);
  const refused = complaints(event => event.type === "mediation" && event.outcome === "refused");
  const said = recent.filter(event => event.type === "order_completed" && Object.hasOwn(event, "contract"));
  const written = said.length && said.filter(each => each.contract).length * PERMILLE >= said.length * known.contracts_permille;
  const points = { G11: -fdiv(known.cancelled * 100 * cancelled, Math.max(100, orders)), G12: -known.late_answer * late,
    G13: -known.mediation_refused * refused, G14: allUntil("insured_until", staff, asOf) ? known.insured : 0,
    G15: written ? known.contracts : 0, G16: allUntil("papers_until", staff, asOf) ? known.documents : 0,
    G17: -penalty(byType(live), asOf, rule) };
  const total = sum(Object.values(points));
  points.G19 = Math.max(known.own_least, Math.min(known.own_most, total)) - total;
  return Object.fromEntries(Object.entries(points).filter(([, each]) => each));
}

const waited = answer => Math.max(answer.working_days || 0, answer.unanswered_days || 0);
const allUntil = (name, staff, asOf) => staff.length > 0 && staff.every(each => each[name] === null || each[name] >= asOf);

function firmCaps(kinds, asOf, raw, rule) {
  const { firm: known, score: scale, block_cap: limit } = rule.data, licence = ofType(kinds, "licence").at(-1);
  const caps = blocked(kinds) ? [{ code: "R05", limit }] : [];
  if (licence && !inDate(licence, asOf)) caps.push({ code: "R06", limit: known.licence_cap });
  if (ofType(kinds, "blocked_worker_sent").some(event => asOf - event.t <= known.sent_days)) {
    caps.push({ code: "R07", limit: known.sent_cap });
  }
  return raw > scale.most ? [...caps, { code: "scale", limit: scale.most }] : caps;
}

/** The reasons shown first: those that hurt, then those that help, the heaviest first: [{code, points}]. */
function view(factors, rule) {
  const ranked = Object.entries(factors).sort(([a, one], [b, other]) => Math.abs(other) - Math.abs(one) || byName(a, b));
  const { hurt, help } = rule.data.view;
  return [...ranked.filter(([, points]) => points < 0).slice(0, hurt), ...ranked.filter(([, points]) => points > 0).slice(0, help)]
    .map(([code, points]) => ({ code, points }));
}

/** What is published of a standing on a day: while a notice of a fall runs, what stood before. */
export function shown(standing, events, asOf, rule) {
  const newest = inOrder(events.filter(event => event.type === "fall_noticed" && event.t <= asOf)).at(-1);
  const held = newest && asOf < newest.until && isFall(newest, standing, rule);
  const { score: number, grade, reasons, neff, households } = held ? newest : { ...standing, reasons: view(standing.factors, rule) };
  return { score: number, grade, reasons, neff, households };
}

function isFall(before, now, rule) {
  const { grades, safety, safety_severity: grave } = rule.data.notice;
  const forSafety = now.gates.some(gate => safety.includes(gate.code))
    || now.caps.some(cap => safety.includes(cap.code) || (cap.severity || 0) >= grave);
  return grades.includes(now.grade) && worse(rule, now.grade, before.grade) && !forSafety;
}

