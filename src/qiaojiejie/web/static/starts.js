// When a visit can begin with a worker, the way to the family and from it being kept free.

import { api } from "./client.js";

/** The half hours between two moments at which a visit of so long can begin, at an address of hers. */
export async function freeStarts(worker, from, until, minutes, address) {
  const asked = { from: new Date(from).toISOString(), until: new Date(until).toISOString(), minutes };
  const ask = async more => (await api("GET", `/workers/${worker}/availability?${new URLSearchParams({ ...asked, ...more })}`)).starts;
  return ask({ address_id: address }).catch(problem => {
    if (problem.body && problem.body.code === "AddressNotFound") return ask({});  // she has removed it from her book
    throw problem;
  });
}

/** The same of one day. */
export function startsOn(worker, day, minutes, address) {
  const from = new Date(day + "T00:00:00+08:00").getTime();
  return freeStarts(worker, from, from + 86400e3, minutes, address);
}
