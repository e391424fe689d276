// Speaks to the API for the family's page. What fails for a while is asked again quietly, with the same key.

import { heardTime } from "./times.js";

export const store = {
  get(name) { return JSON.parse(sessionStorage.getItem(name) || "null"); },
  set(name, value) { sessionStorage.setItem(name, JSON.stringify(value)); },
};

/** Seconds a request is asked again while the service, or the way to it, is down. */
const PATIENCE = 10;
const OFFLINE = { title: "网络不通，请检查网络后重试；不会重复提交。", unsure: true };

/** What the service said no to. `unsure`: it could not be asked, so nobody knows yet. */
export class Problem extends Error {
  constructor(body) {
    super(body.title || "出错了，请稍后再试。");
    this.body = body;
    this.unsure = body.unsure === true || body.status === 503;
  }
}

export const sleep = seconds => new Promise(done => setTimeout(done, seconds * 1000));

/** Waits before looking again; who comes back to the page does not wait. */
export function pause(seconds) {
  return new Promise(done => {
    const over = () => { document.removeEventListener("visibilitychange", back); done(); };
    const back = () => { if (!document.hidden) over(); };
    document.addEventListener("visibilitychange", back);
    setTimeout(over, seconds * 1000);
  });
}

export const newKey = () => crypto.randomUUID ? crypto.randomUUID()
  : [...crypto.getRandomValues(new Uint32Array(4))].join("-");

/** One request, as a household unless said otherwise; a refused one throws a Problem.
 * `key`: of an act that may be sent again. `patience`: seconds it is asked again while unsure; Infinity: for ever. */
export async function api(method, path, body,
  { acting = "household", key = newKey(), patience = PATIENCE, meanwhile } = {}) {
  const answer = await asked(method, path, body, { acting, key, patience, meanwhile });
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

/** A file of the API as an address of the page's own; give it back with URL.revokeObjectURL. */
export const file = async path => URL.createObjectURL(await blob(path));

/** An image of the API as a page may show it. */
export async function picture(path) {
  const content = await blob(path);
  return new Promise((done, broken) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => broken(reader.error);
    reader.readAsDataURL(content);
  });
}

const blob = async path =>
  (await asked("GET", path, undefined, { acting: "household", key: "", patience: PATIENCE })).blob();

async function asked(method, path, body, { acting, key, patience, meanwhile }) {
  const until = Date.now() + patience * 1000;
  for (;;) {
    let wait = 2, problem;
    try {
      const answer = await once(method, path, body, acting, key);
      if (answer.ok) return answer;
      problem = new Problem(await answer.json().catch(() => ({ status: answer.status })));
      wait = Math.min(Number(answer.headers.get("Retry-After")) || 2, 5);
    } catch (offline) {
      if (offline instanceof Problem) throw offline;
      problem = new Problem(OFFLINE);
    }
    const again = method === "GET" || store.get("tokens");  // without a session there is no key that makes it safe
    if (!problem.unsure || !again || Date.now() + wait * 1000 > until) throw problem;
    if (meanwhile) meanwhile(problem);
    await sleep(wait);
  }
}

async function once(method, path, body, acting, key, first = true) {
  const headers = { "Accept-Language": "zh" };
  const tokens = store.get("tokens");
  if (tokens) { headers.Authorization = "Bearer " + tokens.access_token; if (acting) headers["X-Acting-As"] = acting; }
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  if (method !== "GET" && tokens) headers["Idempotency-Key"] = key;
  const answer = await fetch("/api/v1" + path,
    { method, headers, body: body === undefined || form ? body : JSON.stringify(body) });
  heardTime(answer.headers.get("X-Demo-Now") || answer.headers.get("Date"));
  const stale = answer.status === 401 && tokens && first && await renew(tokens);
  return stale ? once(method, path, body, acting, key, false) : answer;
}

let renewing = null;

/** A new access token, asked for once however many requests want it. */
const renew = tokens => renewing = renewing || renewed(tokens).finally(() => { renewing = null; });

async function renewed(tokens) {
  const answer = await fetch("/api/v1/auth/tokens/refresh", { method: "POST",
    headers: { "Content-Type": "application/json" }, body: JSON.stringify({ refresh_token: tokens.refresh_token }) });
  if (answer.ok) store.set("tokens", await answer.json());
  else if ([400, 401, 403, 422].includes(answer.status)) store.set("tokens", null);
  return answer.ok;
}
