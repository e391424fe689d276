// A version's published constants, what follows from them, and the arithmetic of whole numbers.
// Nothing is ever rounded by the machine: a number that a double does not hold exactly is refused.

import { canonical, hex, sha256 } from "./log.js";

export const PERMILLE = 1000;

/** The number, if it is whole and exact. */
export function exact(number) {
  if (!Number.isSafeInteger(number)) throw new RangeError(`${number} 不是精确的整数 · is not an exact whole number`);
  return number;
}

/** a ÷ b, truncated toward zero (b > 0); never −0. */
export const sdiv = (a, b) => Math.trunc(exact(a) / exact(b)) + 0;

/** a ÷ b, rounded down (b > 0). */
export const fdiv = (a, b) => Math.floor(exact(a) / exact(b));

/** The sign of a·b − c·d, however large the products are. */
export function crossed(a, b, c, d) {
  const one = exact(a) * exact(b), other = exact(c) * exact(d);
  if (Number.isSafeInteger(one) && Number.isSafeInteger(other)) return one - other;
  const left = BigInt(a) * BigInt(b), right = BigInt(c) * BigInt(d);
  return left < right ? -1 : left > right ? 1 : 0;
}

export const clip = (value, most) => Math.max(-most, Math.min(most, value));
export const sum = numbers => numbers.reduce((total, each) => total + each, 0);
export const byPlace = (one, other) => one.t - other.t || one.seq - other.seq;
export const marksOf = rating => sum(rating.aspects);

/** By code point, where JavaScript's own order is by UTF-16. */
export function byName(one, other) {
  const least = Math.min(one.length, other.length);
  for (let at = 0; at < least; at++) {
    const a = one.charCodeAt(at), b = other.charCodeAt(at);
    if (a !== b) return ranked(a) - ranked(b);
  }
  return one.length - other.length;
}

const ranked = unit => unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;

/** Values gathered in a list by a key. */
export function gathered(values, key, what = value => value) {
  const found = new Map();
  for (const value of values) {
    const name = key(value), known = found.get(name);
    if (known) known.push(what(value)); else found.set(name, [what(value)]);
  }
  return found;
}

const NONE = [];
/** The events of a type, of events gathered by type. */
export const ofType = (kinds, type) => kinds.get(type) || NONE;

/** The rule set of published constants: {version, hash, data, grades, fades}. */
export function load(data) {
  const { decay } = data, halves = [decay.slow_half_days, decay.fast_half_days];
  return { version: data.version, hash: hex(sha256(new TextEncoder().encode(canonical(data)))), data,
    grades: data.grades.map(([name]) => name), fades: new Map(halves.map(half => [half, fading(decay, half)])) };
}

/** floor(1000 · 2^(−age/half)) by steps of age, from the published powers of two; the last one, 0, holds for all older. */
function fading(decay, half) {
  const stride = fdiv(decay.slow_half_days, half), powers = decay.millionths, found = [];
  while (!found.length || found.at(-1)) {
    const at = found.length * stride, whole = fdiv(at, powers.length);
    found.push(fdiv(Math.floor(powers[at % powers.length] / 2 ** whole), PERMILLE));
  }
  return found;
}

/** Is grade `one` beneath `other`? */
export const worse = (rule, one, other) => placeOf(rule, one) > placeOf(rule, other);

export function placeOf(rule, grade) {
  const place = rule.grades.indexOf(grade);
  if (place < 0) throw new Error(`${grade} 不是本规则的等级 · is no grade of this rule`);
  return place;
}
