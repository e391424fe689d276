// A family's first booking, written against the generated types: it must compile in strict mode.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated";

type Problem = components["schemas"]["Problem"];

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.title}`);
  }
}

function good<T>(answer: { data?: T; error?: Problem }): T {
  if (answer.error !== undefined) throw new Refused(answer.error);
  if (answer.data === undefined) throw new Error("an answer without a body");
  return answer.data;
}

export async function firstBooking(baseUrl: string, phone: string, code: string, start: string): Promise<string> {
  const open = createClient<paths>({ baseUrl });
  await open.POST("/api/v1/auth/codes", { body: { phone } });
  const tokens = good(await open.POST("/api/v1/auth/tokens", { body: { phone, code } }));
  const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${tokens.access_token}` } });

  const workers = good(await api.GET("/api/v1/workers", { params: { query: { service: "cleaning", limit: 5 } } }));
  const worker = workers.items[0];
  const addresses = good(await api.GET("/api/v1/me/addresses", {}));
  const address = addresses.items[0];
  if (worker === undefined || address === undefined) throw new Error("nobody to book, or nowhere to come to");

  const quote = good(await api.POST("/api/v1/quotes", {
    body: { worker_id: worker.id, service_code: "cleaning", address_id: address.id, start, minutes: 180 },
  }));
  const total: number = quote.lines.reduce((sum, line) => sum + line.amount.amount, 0);
  if (total !== quote.total.amount) throw new Error("the lines do not add up");

  const booking = good(await api.POST("/api/v1/bookings", {
    params: { header: { "Idempotency-Key": quote.id } }, body: { quote_id: quote.id },
  }));
  const payment = good(await api.POST("/api/v1/bookings/{booking_id}/payment", {
    params: { path: { booking_id: booking.id } }, body: { method: "wechat_pay" },
  }));
  const credit = good(await api.GET("/api/v1/workers/{worker_id}/credit", { params: { path: { worker_id: worker.id } } }));
  const points: number = credit.factors.reduce((sum, factor) => sum + factor.points, 0);
  if (points !== credit.raw - 800) throw new Error("the factors do not add up");
  return payment.state;
}
