/** A strategy on the official CloudEvents SDK alone: LONG after a bar that closes above its open, SHORT after one below. */

import { createServer } from "node:http";
import { CloudEvent, HTTP, emitterFor } from "cloudevents";

const source = "/ingenium/strategy/node-sdk";
const { extensions = {} } = JSON.parse(process.env.K_CE_OVERRIDES || "{}");
const timeout = Number(process.env.K_SINK_TIMEOUT ?? 30) * 1000;

/** What an emitter is: the SDK writes the message, and this sends it. */
const emit = emitterFor(async ({ headers, body }) => {
  try {
    // A redirect is no delivery: the broker would never see the event.
    const options = { method: "POST", headers, body, redirect: "manual", signal: AbortSignal.timeout(timeout) };
    const answer = await fetch(process.env.K_SINK, options);
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
});

/** The event; undefined where there is none. */
function read(given, body) {
  try {
    const headers = { ...given };
    const mediaType = headers["content-type"] ?? "";
    // The SDK knows this media type in one spelling only.
    const structured = /^application\/cloudevents\+json *(;.*)?$/i.test(mediaType);
    if (structured) headers["content-type"] = "application/cloudevents+json; charset=utf-8";
    const members = structured ? JSON.parse(body) : {};
    // The SDK makes up an id where there is none, and whoever does that can recognize no event.
    const has = (name) => (structured ? members[name] != null : headers[`ce-${name}`] !== undefined);
    if (!["specversion", "id", "source", "type"].every(has)) return undefined;
    // It takes header values as they come, and null for the value of an extension.
    for (const [name, value] of Object.entries(headers)) {
      if (name.startsWith("ce-")) headers[name] = decodeURIComponent(value.replace(/^"(.*)"$/, "$1"));
    }
    for (const name of Object.keys(members)) if (members[name] === null) delete members[name];
    const event = HTTP.toEvent({ headers, body: structured ? JSON.stringify(members) : body });
    return event.validate() ? event : undefined;
  } catch {
    return undefined;
  }
}

/** What the SDK does not know: the data of a bar. */
function isValid({ type, data }) {
  if (type !== "ingenium.ingestor.data") return true;
  if (typeof data?.Symbol !== "string" || data.Symbol === "") return false;
  if (data.Type !== "data.type.ohlc") return true;
  const texts = ["Open", "High", "Low", "Close", "Volume"].every((name) => typeof data.Data?.[name] === "string");
  return texts && typeof data.Timestamp === "string";
}

function decide(event) {
  const { type, data } = event;
  if (type !== "ingenium.ingestor.data" || data.Type !== "data.type.ohlc" || data.Data.Final === false) return undefined;
  const change = Number(data.Data.Close) - Number(data.Data.Open);
  if (change === 0) return undefined;
  const Timestamp = data.EndTimestamp ?? data.Timestamp;
  return new CloudEvent({
    // The same cause has the same effect under the same id: a redelivery makes no second signal.
    id: encodeHeader(`${event.id}-signal`),
    source,
    type: "ingenium.strategy.signal",
    subject: encodeHeader(data.Symbol),
    time: Timestamp,
    datacontenttype: "application/json",
    dataschema: "https://schemas.ingenium.example/1/strategy.signal.json",
    partitionkey: encodeHeader(data.Symbol),
    causationid: encodeHeader(event.id),
    correlationid: encodeHeader(event.correlationid ?? event.id),
    ...(event.ingeniumrun && { ingeniumrun: event.ingeniumrun }),
    ...extensions,
    data: { Symbol: data.Symbol, Signal: change > 0 ? "LONG" : "SHORT", Timestamp },
  });
}

/** The SDK writes header values as they are; the HTTP binding wants them percent-encoded. */
function encodeHeader(text) {
  return text.replace(/[^\x21\x23\x24\x26-\x7e]/gu, (character) => encodeURIComponent(character));
}

async function receive(headers, body) {
  const event = read(headers, body);
  if (event === undefined || !isValid(event)) return 400;
  const signal = decide(event);
  if (signal === undefined) return 204;
  const status = await emit(signal);
  // What the sink refuses for good is lost; everything else the broker delivers again.
  return (status >= 200 && status < 300) || [400, 401, 403, 413, 422].includes(status) ? 204 : 503;
}

const server = createServer(async (request, response) => {
  if (request.method !== "POST") return response.writeHead(405, { allow: "POST" }).end();
  const body = Buffer.concat(await request.toArray()).toString();
  response.writeHead(await receive(request.headers, body)).end();
});
server.listen(Number(process.env.PORT ?? 8080));
process.on("SIGTERM", () => {
  server.close();
  server.closeIdleConnections();
});
