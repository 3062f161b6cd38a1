/*
 * The API as the elements call it: the contract's types, a token for every request, entity tags, and
 * writes that are carried out once however often they have to be sent.
 */
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "contract";

export type Schemas = components["schemas"];
export type Token = () => Promise<string>;

/** What openapi-fetch returns, as far as the elements look at it. */
export interface Reply<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** An answer of the API that is no success: RFC 9457, or a status without such a body. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: Partial<Schemas["Problem"]> & Record<string, unknown>;

  constructor(status: number, body: unknown) {
    const problem = typeof body === "object" && body !== null ? (body as Refusal["body"]) : {};
    super(problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? `status_${status}`;
    this.body = problem;
  }
}

/** No answer came: whether the request was carried out is unknown. */
export class Offline extends Error {}

/** Statuses that say "not now": the same request may succeed later. A read is asked again so many times. */
const LATER = new Set([429, 502, 503, 504]);
const READS_AGAIN = 4;

export class Api {
  readonly call: Client<paths>;

  constructor(
    base: string,
    private readonly token: Token,
  ) {
    this.call = createClient<paths>({ baseUrl: base, fetch: (request) => this.send(request) });
  }

  private async send(request: Request): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set("Authorization", `Bearer ${await this.token()}`);
    for (let again = 0; ; again++) {
      let response: Response;
      try {
        response = await fetch(new Request(request, { headers, credentials: "omit" }));
      } catch (fault) {
        throw new Offline(String(fault));
      }
      // Writes are sent again by once(), which tells the person that it waits.
      if (request.method !== "GET" || !LATER.has(response.status) || again === READS_AGAIN) return response;
      await pause(wanted(response, 2 ** again / 2));
    }
  }

  /** Follows a link of the API, which is a path of this or any later version. */
  follow<T>(link: string, headers: Record<string, string> = {}): Promise<Reply<T>> {
    type Get = (path: string, init: object) => Promise<Reply<T>>;
    return (this.call.GET as unknown as Get)(link, { headers });
  }
}

/** The data of a reply; what is no success is thrown. */
export function data<T>(reply: Reply<T>): T {
  if (!reply.response.ok) throw new Refusal(reply.response.status, reply.error);
  return reply.data as T;
}

/** How many seconds to wait: as long as the answer asks for, and at least so many. */
const wanted = (response: Response, seconds: number): number => Math.max(seconds, Number(response.headers.get("Retry-After")) || 0);

/** Waits so many seconds, or until the browser says that it is online again. */
function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    window.addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}

/**
 * Sends a write until it is answered, always with the same Idempotency-Key, so that it is carried out
 * once. `waiting` is told when the answer is missing, and when it has come.
 */
export async function once<T>(
  write: (headers: { "Idempotency-Key": string }) => Promise<Reply<T>>,
  waiting: (is: boolean) => void,
  signal: AbortSignal,
): Promise<T> {
  const headers = { "Idempotency-Key": crypto.randomUUID() };
  for (let seconds = 1; ; seconds = Math.min(2 * seconds, 30)) {
    let wait = seconds;
    try {
      const reply = await write(headers);
      if (!LATER.has(reply.response.status)) {
        waiting(false);
        return data(reply);
      }
      wait = wanted(reply.response, wait);
    } catch (fault) {
      if (!(fault instanceof Offline)) throw fault;
    }
    waiting(true);
    await pause(wait, signal);
    if (signal.aborted) throw new Offline("the element was removed");
  }
}
