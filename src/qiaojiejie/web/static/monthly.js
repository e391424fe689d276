// What the rule publishes every month (worth of marks, weights of raters, means of firms), and the neutral facts.

import { firmOf } from "./evidence.js";
import { ownMean } from "./scoring.js";
import { PERMILLE, fdiv, gathered, marksOf, sdiv, sum } from "./ruleset.js";

const DAY = 86400000;
const BINS = 21;

/** The day number of the first of a day's month. */
export function monthOf(day) {
  const date = new Date(day * DAY);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / DAY;
}

/** Per category the worth of each sum of marks and the mean; "*" is all together. `counts`: Map of 21 bins. */
export function tables(counts, rule) {
  const { own_table_from: enough, starting_counts: starting } = rule.data.marks;
  let pooled = Array.from({ length: BINS }, (_, bin) => sum([...counts.values()].map(row => row[bin])));
  if (sum(pooled) < enough) pooled = pooled.map((count, bin) => count + starting[bin]);
  const own = [...counts].filter(([, row]) => sum(row) >= enough);
  return new Map([...own, ["*", pooled]].map(([name, row]) => [name, tableOf(row, rule)]));
}

function tableOf(row, rule) {
  const { marks, phi } = rule.data, smooth = row.map(count => count * marks.smooth_times + marks.smooth_plus);
  const total = sum(smooth), z = [];
  let below = 0;
  for (const count of smooth) {
    let low = fdiv(below * PERMILLE, total), high = fdiv((below + count) * PERMILLE, total);
    if (low === high) [low, high] = high < PERMILLE ? [low, high + 1] : [low - 1, high];
    z.push(Math.max(marks.z_least, Math.min(marks.z_most, sdiv(phi[low] - phi[high], high - low))));
    below += count;
  }
  return { mean: fdiv(sum(row.map((count, bin) => count * (marks.least + bin))) * PERMILLE, sum(row)), z };
}

/** What marks are worth, by the first day of every month from the earliest event's to the day's. */
export function monthlyTables(events, asOf, rule) {
  const ratings = events.filter(event => event.type === "rating").sort((a, b) => a.t - b.t);
  const seen = new Map(), found = new Map();
  let place = 0;
  for (let month = monthOf(events.reduce((least, event) => Math.min(least, event.t), events.length ? Infinity : asOf));
    month <= asOf; month = monthOf(month + 31)) {
    for (; place < ratings.length && ratings[place].t < month; place++) {
      const { category } = ratings[place];
      if (!seen.has(category)) seen.set(category, new Array(BINS).fill(0));
      seen.get(category)[marksOf(ratings[place]) - 5]++;
    }
    found.set(month, tables(seen, rule));
  }
  return found;
}

/** The mean of a category's marks as published for the month of a day: (t, category) → milli aspect points. */
export function meanOf(months, rule) {
  const days = [...months.keys()].sort((a, b) => a - b), start = tables(new Map(), rule);
  return (t, category) => {
    const known = months.get(days.findLast(day => day <= t)) || start;
    return (known.get(category) || known.get("*")).mean;
  };
}

/** Permille weight of every household with a completed order, from everybody's events that stand. */
function raters(events, rule) {
  const orders = new Map(), marks = new Map(), upheld = new Set(), restored = new Set();
  for (const event of events) {
    const { type, household } = event;
    if (type === "order_completed") orders.set(household, (orders.get(household) || 0) + 1);
    else if (type === "rating") {
      if (!marks.has(household)) marks.set(household, []);
      marks.get(household).push({ firm: event.firm, worker: event.worker, order: event.order, mark: marksOf(event) });
    } else if (type === "complaint_substantiated") upheld.add(event.order);
    else if (type === "rater_restored") restored.add(household);
  }
  const lonely = alone(marks, upheld, rule);
  return new Map([...orders].map(([household, count]) => {
    const given = marks.get(household) || [];
    return [household, restored.has(household) ? PERMILLE : Math.min(raterOf(count, given, upheld, rule),
      contrary(lonely.get(household) || [], given.length, rule))];
  }));
}

/** By household, the worker of each mark of hers far below what most other households gave the same worker. */
function alone(marks, upheld, rule) {
  const known = rule.data.rater.contrary, found = new Map();
  if (!known) return found;
  const all = [...marks].flatMap(([household, given]) => given.map(each => ({ ...each, household })));
  const ofWorker = gathered(all, each => each.worker);
  for (const { household, worker, order, mark } of all) {
    if (mark + known.below > rule.data.marks.most || upheld.has(order)) continue;
    const others = ofWorker.get(worker).filter(each => each.household !== household).map(each => each.mark)
      .sort((a, b) => a - b);
    if (others.length >= known.others && mark + known.below <= others[(others.length - 1) >> 1]) {
      found.set(household, [...found.get(household) || [], worker]);
    }
  }
  return found;
}

/** The weight of a household that often stands alone against a worker. */
function contrary(workers, marks, rule) {
  const known = rule.data.rater.contrary;
  if (!known || workers.length * PERMILLE < marks * known.share_permille) return PERMILLE;
  return known.workers[Math.min(known.most, new Set(workers).size)] ?? PERMILLE;
}

function raterOf(orders, given, upheld, rule) {
  const known = rule.data.rater, best = rule.data.marks.most, weights = [PERMILLE];
  const workers = some => new Set(some.map(each => each.worker)).size;
  if (orders === 1) weights.push(known.one_order);
  for (const ofFirm of gathered(given, each => each.firm).values()) {
    if (ofFirm.every(each => each.mark === best)) weights.push(known.perfect[Math.min(5, workers(ofFirm))] ?? PERMILLE);
  }
  const bad = given.filter(each => each.mark <= known.low_mark && !upheld.has(each.order));
  const apart = new Set(bad.map(each => JSON.stringify([each.worker, each.order]))).size;
  if (given.length && apart * PERMILLE >= given.length * known.low_share_permille) {
    weights.push(known.low[Math.min(4, workers(bad))] ?? PERMILLE);
  }
  return Math.min(...weights);
}

/** {firms: Map, market} in milli-sigma, of [{firm, neff, mu}]. */
function firmMeans(workers, rule) {
  const { most_weight: most, shrink } = rule.data.firm_mean;
  const weighed = workers.map(each => ({ ...each, w: Math.min(each.neff, most) })), total = sum(weighed.map(each => each.w));
  const market = total ? sdiv(sum(weighed.map(each => each.w * each.mu)), total) : 0;
  const firms = [...gathered(weighed, each => each.firm)].map(([firm, staff]) => [firm, sdiv(
    sum(staff.map(each => each.w * (each.mu - market))), shrink + sum(staff.map(each => each.w)))]);
  return { firms: new Map(firms), market };
}

/** {tables, raters, firms, market} of a month from everybody's events before its first day. */
export function calibrate(people, restored, month, worth, rule) {
  const past = people.map(events => events.filter(event => event.t < month)).filter(events => events.length);
  const weights = raters([...past.flat(), ...restored.filter(event => event.t < month)], rule);
  const inputs = { tables: worth, raters: weights, firms: new Map() };
  const workers = past.map(events => ({ firm: firmOf(events), ...ownMean(events, month, inputs, rule) }));
  return { ...inputs, ...firmMeans(workers.filter(each => each.firm), rule) };
}

/** Puts into one household's orders and ratings what stood earlier in the ledger. */
export function setContexts(events, mean) {
  const withWorker = new Map(), withFirm = new Map();
  let count = 0, deviation = 0;
  for (const event of [...events].sort((a, b) => a.seq - b.seq)) {
    event.hh_n = count;
    if (event.type === "order_completed") {
      event.k_worker = withWorker.get(event.worker) || 0;
      event.k_firm = withFirm.get(event.firm) || 0;
      withWorker.set(event.worker, event.k_worker + 1);
      withFirm.set(event.firm, event.k_firm + 1);
    } else {
      event.hh_dev_milli = deviation;
      count++;
      deviation += marksOf(event) * PERMILLE - mean(event.t, event.category);
    }
  }
}
