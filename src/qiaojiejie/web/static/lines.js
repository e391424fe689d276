// Lines of the exported ledger, read strictly: what is there is checked before anything is computed of it.

const ORDER = { household: "string", firm: "string", category: "string", order: "string" };
const COMPLAINT = { complaint: "string" };
const NEEDS = {
  identity_verified: {}, background_check: { result: "string" }, health_cert: {}, insurance: {},
  certificate: { level: "int" }, award: { level: "int" }, document_withdrawn: { document: "string" },
  order_completed: { ...ORDER, punctuality: "string" }, rating: { ...ORDER, aspects: "list" },
  no_show: {}, cancel_worker: { notice_h: "int" }, cancel_firm: {}, cancel_household: {},
  complaint_opened: COMPLAINT, complaint_answered: COMPLAINT, complaint_dismissed: COMPLAINT,
  complaint_substantiated: { ...COMPLAINT, severity: "int" }, mediation: { ...COMPLAINT, outcome: "string" },
  joined: { firm: "string" }, left: {}, appeal_upheld: { ref: "int" }, credit_repair: { ref: "int" },
  blacklist_on: {}, blacklist_off: {}, honour_on: {}, honour_off: {}, sanction: { level: "int", until: "int" },
  licence: {}, blocked_worker_sent: {}, rater_restored: { household: "string" },
  fall_noticed: { score: "int", grade: "string", reasons: "list", neff: "int", households: "int", until: "int" } };
const OF_NOBODY = {
  calibration: { month: "string", tables: "object", firms: "object", raters: "object" },
  rule_activation: { version: "string", hash: "string", from: "int" } };
const DATED = { document: "string", valid_until: "int" };
const ANSWER = { working_days: "int", unanswered_days: "int", order: "string", firm: "string" };
const OPTIONAL = {
  identity_verified: DATED, background_check: DATED, health_cert: DATED, insurance: DATED, certificate: DATED,
  licence: DATED, complaint_opened: ANSWER, complaint_answered: ANSWER, complaint_substantiated: ANSWER,
  complaint_dismissed: ANSWER, mediation: ANSWER, order_completed: { contract: "bool" }, cancel_firm: { firm: "string" },
  left: { firm: "string" } };
const MOST = { certificate: ["level", 5], award: ["level", 3], sanction: ["level", 3], complaint_substantiated: ["severity", 4] };
const OWN = new Set(["seq", "t", "type", "subject", "n", "firm", "category", "order", "index", "salt", "commitment"]);
const KEYS = ["seq", "t", "type", "subject", "firm", "household", "category", "order"];
const IS = { string: value => typeof value === "string", int: Number.isSafeInteger, list: Array.isArray,
  object: value => value !== null && typeof value === "object" && !Array.isArray(value),
  bool: value => typeof value === "boolean" };
const NAMES = { string: "a string", int: "a whole number", list: "a list", object: "an object", bool: "true or false" };

/** type → {checks: [[name, may be, may be null]], keeps: names or null for all} */
const READ = new Map([
  ...Object.entries(NEEDS).map(([type, needs]) => {
    const checks = [["subject", "string", false], ...Object.entries(needs).map(each => [...each, false]),
      ...Object.entries(OPTIONAL[type] || {}).map(each => [...each, true])];
    return [type, { checks, keeps: [...new Set([...KEYS, ...checks.map(([name]) => name)])] }];
  }),
  ...Object.entries(OF_NOBODY).map(([type, needs]) => [type, {
    checks: Object.entries(needs).map(each => [...each, false]), keeps: null }])]);

/** The lines that the rule reads, checked, each a new object; throws an Error that names the line no ledger holds. */
export function read(lines) {
  const seen = new Set(), found = [];
  let number = 0;
  for (const each of lines) {
    number++;
    try {
      const line = typeof each === "string" ? JSON.parse(each) : each;
      for (const [name, kind] of [["seq", "int"], ["t", "int"], ["type", "string"]]) {
        if (!IS.object(line) || !IS[kind](line[name])) throw new Error(`${name} must be ${NAMES[kind]}`);
      }
      if (seen.has(line.seq)) throw new Error(`seq ${line.seq} was on an earlier line`);
      seen.add(line.seq);
      if (isRead(line)) found.push(kept(line));
    } catch (bad) {
      throw new Error(`line ${number}: ${bad.message}`, { cause: bad });
    }
  }
  return found;
}

function isRead(line) {
  const { type } = line, known = READ.get(type);
  if (!known) return false;
  for (const [name, kind, optional] of known.checks) {
    const value = Object.hasOwn(line, name) ? line[name] : null;
    if (IS[kind](value) || optional && value === null) continue;
    const closed = !OWN.has(name) && !("salt" in line) && Object.keys(line).every(each => OWN.has(each));
    if (closed) return false; // its opening was deleted
    throw new Error(`${type}: ${name} must be ${NAMES[kind]}${optional ? " or null" : ""}`);
  }
  if (type === "rating" && !(line.aspects.length === 5 && line.aspects.every(mark => Number.isInteger(mark) && mark >= 1 && mark <= 5))) {
    throw new Error("rating: aspects must be five marks of 1 to 5");
  }
  const [name, most] = MOST[type] || [];
  if (name && !(line[name] >= 1 && line[name] <= most)) throw new Error(`${type}: ${name} must be 1 to ${most}`);
  return true;
}

function kept(line) {
  const { keeps } = READ.get(line.type);
  if (!keeps) return line;
  const found = {};
  for (const name of keeps) if (Object.hasOwn(line, name)) found[name] = line[name];
  return found;
}
