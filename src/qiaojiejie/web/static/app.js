// The family's page: which view an address shows. Every word from the server is put in as text, never as HTML.

import { bookingPage, bookings } from "./bookings.js";
import { Problem, store } from "./client.js";
import { me, signIn } from "./me.js";
import { members } from "./members.js";
import { needPage, needs } from "./needs.js";
import { at } from "./parts.js";
import { seriesList, seriesPage } from "./series.js";
import { problemBox, show } from "./view.js";
import { favourites, find, workerPage } from "./workers.js";

const VIEWS = { "": find, w: workerPage, b: bookingPage, bookings, s: seriesPage, series: seriesList, n: needPage, needs,
  favourites, members, me };
const TABS = { "": "find", w: "find", b: "bookings", s: "bookings", series: "bookings", n: "bookings", needs: "bookings", favourites: "me", members: "me" };
const OWN = ["b", "bookings", "s", "series", "n", "needs", "favourites", "members"];

async function route() {
  const [, page = "", id] = location.hash.split("/");
  at("heard").textContent = "";  // what was told of another page
  document.querySelectorAll("nav a").forEach(tab => {
    const on = tab.dataset.tab === (TABS[page] || page);
    tab.classList.toggle("on", on);
    if (on) tab.setAttribute("aria-current", "page"); else tab.removeAttribute("aria-current");
  });
  if (OWN.includes(page) && !store.get("tokens")) return signIn(location.hash);
  try {
    await (VIEWS[page] || find)(id);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.body.status === 401) { store.set("tokens", null); return signIn(location.hash); }
    show(problemBox(problem));
  }
}

addEventListener("hashchange", route);
route();
