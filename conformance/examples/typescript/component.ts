/** A component on Knative: each event once, and what it leads to as the reply to its delivery, or posted to K_SINK. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  type AttributeValue,
  type Event,
  type UnknownEvent,
  Refused,
  fromCloudEvent,
  isEventType,
  toCloudEvent,
} from "@ingenium/events";

/** Attributes that every event is to carry. */
export const overrides: { [name: string]: AttributeValue } =
  JSON.parse(process.env["K_CE_OVERRIDES"] || "{}").extensions ?? {};

const sink = process.env["K_SINK"] ?? "";
const timeout = Number(process.env["K_SINK_TIMEOUT"] ?? 30) * 1000;

/** So many events are remembered; a broker delivers an event again within seconds or minutes. */
const remembered = 10_000;

/** Answers that no repetition makes better. */
const forGood = [400, 401, 403, 413, 422];

/** What an event has led to, as long as a redelivery may ask for it. */
interface Effects {
  readonly events: readonly Event[];
  /** So many of them were posted. */
  posted: number;
}

/** Handles each event once. A reply may get lost on its way, so a redelivery gets the same one. */
export function serve(handle: (event: Event) => Event[], how: "reply" | "post"): void {
  const known = new Map<string, Effects>();
  let before: Promise<unknown> = Promise.resolve();

  function effects(event: Event): Effects {
    const key = JSON.stringify([event.source, event.id]);
    let found = known.get(key);
    if (found === undefined) {
      found = { events: handle(event), posted: 0 };
      known.set(key, found);
      for (const oldest of known.keys()) {
        if (known.size <= remembered) break;
        known.delete(oldest);
      }
    }
    return found;
  }

  async function receive(event: Event, response: ServerResponse): Promise<void> {
    const found = effects(event);
    const [first] = found.events;
    if (how === "reply" && first !== undefined) {
      const { headers, body } = toCloudEvent(first);
      response.writeHead(200, headers).end(body);
      return;
    }
    for (const effect of found.events.slice(found.posted)) {
      const status = await post(effect);
      if (forGood.includes(status)) log("the sink refuses it", { event: effect.id, status });
      else if (status < 200 || status > 299) {
        response.writeHead(503).end(); // the broker delivers the event again, and the rest is posted then
        return;
      }
      found.posted += 1;
    }
    response.writeHead(204).end();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET" && ["/healthz", "/readyz"].includes(request.url ?? "")) {
      response.writeHead(200).end();
      return;
    }
    if (request.method !== "POST") {
      response.writeHead(405, { allow: "POST" }).end();
      return;
    }
    try {
      const event = fromCloudEvent({ headers: request.headers, body: Buffer.concat(await request.toArray()) });
      if (!isKnown(event)) {
        response.writeHead(204).end();
        return;
      }
      // One after another: what is posted keeps the order of what came in.
      const turn = before.then(() => receive(event, response));
      before = turn.catch(() => undefined);
      await turn;
    } catch (error) {
      const status = error instanceof Refused ? error.httpStatus : 500;
      if (status === 500) log(String(error), {});
      response.writeHead(status).end();
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(Number(process.env["PORT"] ?? 8080));
  process.on("SIGTERM", () => {
    server.close();
    server.closeIdleConnections();
  });
}

/** Events of types that this contract does not know have no effects. */
function isKnown(event: Event | UnknownEvent): event is Event {
  return isEventType(event.type);
}

export function log(message: string, fields: { readonly [name: string]: unknown }): void {
  console.error(JSON.stringify({ message, ...fields }));
}

/** The sink's answer; 0 when there is none. A redirect is no delivery: the broker would never see the event. */
async function post(event: Event): Promise<number> {
  const message = { method: "POST", ...toCloudEvent(event), signal: AbortSignal.timeout(timeout) } as const;
  try {
    const answer = await fetch(sink, { ...message, redirect: "manual" });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
