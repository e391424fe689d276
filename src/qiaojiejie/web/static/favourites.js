// A family's mark on a worker.

import { api, store } from "./client.js";
import { h } from "./parts.js";
import { acting } from "./view.js";

/** The heart on a worker's page: pressed when she is a favourite. Nothing to who is not signed in as a family. */
export async function heart(worker) {
  if (!store.get("tokens")) return null;
  const mine = await api("GET", "/me/favourites?worker_id=" + worker.id).catch(() => null);  // a worker has none
  if (!mine) return null;
  let kept = mine.items.length > 0;
  const made = h("button", { type: "button", class: "quiet" });
  const draw = () => {
    made.textContent = kept ? "♥ 已收藏" : "♡ 收藏";
    made.setAttribute("aria-pressed", String(kept));
  };
  made.addEventListener("click", acting(made, async () => {
    await api(kept ? "DELETE" : "PUT", "/me/favourites/" + worker.id);
    kept = !kept;
    draw();
  }));
  draw();
  return h("div", {}, made);
}
