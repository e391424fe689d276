// The check itself, beside the page so that it stays alive: download, hash, compare with what is signed, replay, compare.

import { Tree, bodyHash, bundlePath, hex, isOf, leafHash, parseNote, signedBy, unbundled } from "./log.js";
import { load } from "./ruleset.js";
import { replay, text } from "./replay.js";

const LINES = 2000, STANDINGS = 1000, MOST_TOLD = 200, PATIENCE = 5;
const NAMES = ["subject", "score", "grade", "reasons", "neff", "households"];

/** Something to be told: ok is true, false, or null where nothing can be said. */
const find = (ok, zh, en, differs = []) => postMessage({ kind: "finding", ok, zh, en, differs });
const progress = (zh, en, done, of) => postMessage({ kind: "progress", zh, en, done, of });

async function get(path, tries = 0) {
  const answer = await fetch(path);
  if (answer.status === 429 && tries < PATIENCE) {
    await new Promise(resolve => setTimeout(resolve, 1000 * (Number(answer.headers.get("Retry-After")) || 2)));
    return get(path, tries + 1);
  }
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

const json = async path => (await get("/api/v1" + path)).json();

/** Every item of a list, page by page; `told` hears how many there are so far. */
async function all(path, told) {
  const found = [];
  for (let cursor = null; ;) {
    const page = await json(path + (cursor ? "&cursor=" + encodeURIComponent(cursor) : ""));
    found.push(...page.items);
    told(found.length);
    cursor = page.next_cursor;
    if (!cursor) return found;
  }
}

const when = seconds => new Date(seconds * 1000).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false });
const today = () => Math.floor((Date.now() / 1000 + 8 * 3600) / 86400);

async function signatures(note, seen, status) {
  const own = await signedBy(note, status.key);
  if (own === null) {
    find(null, "这个浏览器不能验 Ed25519 签名（需要较新的浏览器和 https）；以下只核对哈希。",
      "This browser can’t verify Ed25519 signatures (it takes a recent one, and https); only hashes are checked below.");
    return;
  }
  find(own, own ? `检查点由平台签名：${note.size} 条。` : "检查点的签名不是平台的！",
    own ? `The platform signed the checkpoint of ${note.size} entries.` : "The checkpoint’s signature is not the platform’s!");
  if (!seen) {
    find(null, "还没有见证人联署，无法排除平台给不同的人看不同的日志。",
      "No witness has cosigned: nothing rules out that different people are shown different logs.");
    return;
  }
  for (const key of status.witnesses) {
    const time = await signedBy(seen, key), name = key.split("+")[0], ours = seen.signatures.some(one => one.name === name);
    if (time) find(true, `见证人 ${name} 已于 ${when(time)} 联署了前 ${seen.size} 条。`, `Witness ${name} cosigned the first ${seen.size} entries then.`);
    else if (ours) find(false, `以 ${name} 之名的联署是假的！`, `The cosignature in the name of ${name} is forged!`);
  }
}

/** The hash of a line's leaf; of one whose opening was deleted, that of the leaf in its bundle. */
function hasher(size) {
  let number = -1, bundle = [];
  return async (line, index) => {
    if (line.salt !== undefined) return leafHash(line);
    if (number !== Math.floor(index / 256)) {
      number = Math.floor(index / 256);
      bundle = unbundled(new Uint8Array(await (await get(bundlePath(index, size))).arrayBuffer()));
    }
    const body = bundle[index % 256];
    if (!body || !isOf(body, line)) throw new Error(`第 ${index} 条与日志不符 · entry ${index} is not the log’s`);
    return bodyHash(body);
  };
}

async function hashed(lines, note, seen) {
  const tree = new Tree(), hash = hasher(note.size);
  let then = null;
  for (const [index, line] of lines.slice(0, note.size).entries()) {
    if (line.index !== index) throw new Error(`缺第 ${index} 条 · entry ${index} is missing`);
    tree.append(await hash(line, index));
    if (seen && tree.size === seen.size) then = hex(tree.root());
    if (index % 500 === 0) progress("逐条计算哈希", "hashing every entry", index, note.size);
  }
  if (tree.size < note.size) throw new Error(`只有 ${tree.size} 条，少于检查点的 ${note.size} 条 · fewer entries than were signed`);
  const same = hex(tree.root()) === note.root;
  find(same, same ? `${tree.size} 条记录的哈希与签名的根一致，一条不多，一条不少。` : `${tree.size} 条记录算出的根与签名的不一致！`,
    same ? `All ${tree.size} entries hash to the signed root, none more, none fewer.` : `The ${tree.size} entries don’t hash to the signed root!`);
  if (seen) {
    const kept = seen.root === (seen.size ? then : hex(new Tree().root()));
    find(kept, kept ? "见证人看到的前一段没有被改写。" : "见证人看到的前一段与现在不一致！",
      kept ? "What the witness saw has not been rewritten." : "What the witness saw is not what stands there now!");
  }
}

async function ruleSets() {
  const { items } = await json("/credit/rules"), rules = [];
  for (const each of items) {
    const { constants } = await json("/credit/rules/" + encodeURIComponent(each.version));
    if (load(constants).hash !== each.hash) find(false, `规则 ${each.version} 的哈希不符！`, `Rule ${each.version} has not the hash it is said to have!`);
    rules.push(constants);
  }
  return rules;
}

const lineOf = standing => standing && text(Object.fromEntries(NAMES.map(name => [name, standing[name] ?? null])));

async function compared(lines) {
  const rules = await ruleSets(), started = performance.now();
  progress("按规则重算全部信用分", "working out every score again", 1, 1);
  const computed = new Map(replay(lines, { asOf: today(), rules }).map(each => [each.subject, each]));
  const seconds = ((performance.now() - started) / 1000).toFixed(1), shown = new Map();
  for (const kind of ["firm", "worker"]) {
    const told = count => progress("下载公布的信用分", "downloading what is published", shown.size + count, computed.size);
    for (const each of await all(`/credit/standings?kind=${kind}&limit=${STANDINGS}`, told)) shown.set(each.subject, each);
  }
  const subjects = [...new Set([...computed.keys(), ...shown.keys()])].sort();
  const differs = subjects.map(subject => ({ subject, computed: lineOf(computed.get(subject)), published: lineOf(shown.get(subject)) }))
    .filter(each => each.computed !== each.published);
  const same = subjects.length - differs.length, people = subjects.filter(each => each.startsWith("p_")).length;
  const of = `${people} 位家政员、${subjects.length - people} 家企业`;
  if (!differs.length) {
    find(true, `${of}的信用分全部由日志重算得出，逐字节一致（${seconds} 秒）。`,
      `All ${same} scores (${people} workers, ${subjects.length - people} firms) follow from the log, byte for byte (${seconds} s).`);
    return;
  }
  find(false, `${of}中，${same} 个一致，${differs.length} 个不同。核对期间刚有新记录时会这样，请再核对一次；仍不同就是问题。`,
    `${same} agree, ${differs.length} differ. That happens when something was recorded meanwhile: check again; if they still differ, something is wrong.`,
    differs.slice(0, MOST_TOLD));
}

async function check() {
  const status = await json("/log/status"), note = parseNote(await (await get("/log/checkpoint")).text());
  const seen = status.cosigned_checkpoint ? parseNote(status.cosigned_checkpoint) : null;
  await signatures(note, seen, status);
  const lines = await all(`/log/openings?limit=${LINES}`, count => progress("下载日志", "downloading the log", count, status.size));
  await hashed(lines, note, seen);
  await compared(lines);
}

addEventListener("message", async () => {
  try {
    await check();
  } catch (broken) {
    find(false, "核对没有完成：" + broken.message, "The check did not finish.");
  }
  postMessage({ kind: "done" });
});
