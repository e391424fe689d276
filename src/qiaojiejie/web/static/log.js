// The public log as a stranger checks it: leaves from export lines, the tree's root, who signed it.
// A module without imports; runs in a browser and in Node.

const K = new Int32Array(64);
{
  // The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4).
  let n = 2;
  for (let i = 0; i < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; }
    if (prime) { const root = Math.cbrt(n); K[i++] = Math.floor((root - Math.floor(root)) * 2 ** 32); }
  }
}
const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const W = new Int32Array(64), STATE = new Int32Array(8);

/** SHA-256 of bytes, at once: the tree asks for hundreds of thousands. */
export function sha256(bytes) {
  const { length } = bytes, padded = new Uint8Array(((length + 8 >> 6) + 1) * 64);
  padded.set(bytes);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(padded.length - 4, length << 3);
  STATE.set(START);
  for (let at = 0; at < padded.length; at += 64) block(view, at);
  const out = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 8; i++) out.setInt32(4 * i, STATE[i]);
  return new Uint8Array(out.buffer);
}

function block(view, at) {
  for (let i = 0; i < 16; i++) W[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15], y = W[i - 2];
    const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3, s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
    W[i] = W[i - 16] + s0 + W[i - 7] + s1;
  }
  let a = STATE[0], b = STATE[1], c = STATE[2], d = STATE[3], e = STATE[4], f = STATE[5], g = STATE[6], h = STATE[7];
  for (let i = 0; i < 64; i++) {
    const t1 = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
    const t2 = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
    h = g; g = f; f = e; e = d + t1 | 0; d = c; c = b; b = a; a = t1 + t2 | 0;
  }
  STATE[0] += a; STATE[1] += b; STATE[2] += c; STATE[3] += d;
  STATE[4] += e; STATE[5] += f; STATE[6] += g; STATE[7] += h;
}

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
export function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += PAIRS[byte];
  return text;
}
export function unhex(text) {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}
export const base64 = text => Uint8Array.from(atob(text), one => one.charCodeAt(0));
const utf8 = new TextEncoder();

/** JSON as RFC 8785 writes it: names sorted, no blanks. Whole numbers only, as everything here is. */
export function canonical(value) {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  let text = "";
  for (const name of Object.keys(value).sort()) text += (text && ",") + JSON.stringify(name) + ":" + canonical(value[name]);
  return "{" + text + "}";
}

const OF_LEAF = ["type", "seq", "t", "subject", "n", "firm", "category", "order"];
const OWN = new Set([...OF_LEAF, "commitment", "index", "salt"]);

/** What an export line says beyond its leaf. */
function payloadOf(line) {
  const payload = { __proto__: null };
  for (const name of Object.keys(line)) if (!OWN.has(name)) payload[name] = line[name];
  return payload;
}

const ownOf = line => Object.fromEntries(OF_LEAF.map(name => [name, line[name] ?? null]));

/** The hash of the leaf that an export line with its opening stands for. */
export function leafHash(line) {
  const commitment = hex(digest(unhex(line.salt), utf8.encode(canonical(payloadOf(line)))));
  return bodyHash(utf8.encode(canonical({ ...ownOf(line), commitment })));
}

/** The hash of a leaf as it stands in the tree (bytes): all there is of one whose opening was deleted. */
export const bodyHash = body => digest(Uint8Array.of(0), body);

/** Does a leaf as it stands in the tree say what an export line does, but for what it opens to? */
export function isOf(body, line) {
  const { commitment, ...own } = JSON.parse(new TextDecoder().decode(body));
  return typeof commitment === "string" && canonical(own) === canonical(ownOf(line));
}

/** The leaves of a bundle (C2SP tlog-tiles): each two bytes of length, then itself. */
export function unbundled(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), found = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 2 + view.getUint16(at);
    if (end > bytes.length) throw new Error("日志块被截断 · a bundle is cut short");
    found.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return found;
}

/** Where the bundle lies that holds a leaf of a log of a size. */
export function bundlePath(index, size) {
  const number = Math.floor(index / 256), width = Math.min(256, size - number * 256), digits = String(number);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.../g);
  const path = [...groups.slice(0, -1).map(group => "x" + group), groups.at(-1)].join("/");
  return `/log/tile/entries/${path}${width < 256 ? ".p/" + width : ""}`;
}

function digest(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { bytes.set(part, at); at += part.length; }
  return sha256(bytes);
}

const nodeHash = (left, right) => digest(Uint8Array.of(1), left, right);

/** A tree that grows leaf by leaf and knows its root (RFC 9162). */
export class Tree {
  constructor() { this.size = 0; this.peaks = []; }

  append(hash) {
    for (let size = this.size; size % 2 === 1; size = Math.floor(size / 2)) hash = nodeHash(this.peaks.pop(), hash);
    this.peaks.push(hash);
    this.size++;
  }

  root() {
    if (!this.peaks.length) return sha256(new Uint8Array());
    return this.peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** A checkpoint's note: {origin, size, root: hex, text, signatures: [{name, bytes}]}. Throws when it is none. */
export function parseNote(note) {
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0) throw new Error("检查点格式有误 · not a signed note");
  const text = note.slice(0, cut + 1), [origin, size, root] = text.split("\n");
  const signatures = note.slice(cut + 2).split("\n").filter(Boolean).map(line => {
    const [dash, name, value] = line.split(" ");
    if (dash !== "—") throw new Error("签名行格式有误 · not a signature line: " + line);
    return { name, bytes: base64(value) };
  });
  return { origin, size: Number(size), root: hex(base64(root)), text, signatures };
}

/** Is the note signed by the key (name+hash+base64)? True, false, or null where this browser has no Ed25519. */
export async function signedBy(note, vkey) {
  const [name, hash, encoded] = splitKey(vkey), key = base64(encoded);
  const found = note.signatures.filter(one => one.name === name && hex(one.bytes.slice(0, 4)) === hash);
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key.slice(1), "Ed25519", false, ["verify"]);
  } catch (unknown) {
    return null;
  }
  for (const one of found) {
    const cosigned = key[0] === 4, at = cosigned ? 12 : 4;
    const time = cosigned ? new DataView(one.bytes.buffer, one.bytes.byteOffset + 4, 8).getBigUint64(0) : null;
    const said = cosigned ? `cosignature/v1\ntime ${time}\n${note.text}` : note.text;
    if (await crypto.subtle.verify("Ed25519", imported, one.bytes.slice(at), utf8.encode(said))) return cosigned ? Number(time) : true;
  }
  return false;
}

function splitKey(vkey) {
  const [name, hash, ...rest] = vkey.split("+");
  return [name, hash, rest.join("+")];
}
