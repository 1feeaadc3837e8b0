/** A simulated venue for whole quantities: an order works from the next bar on, at its open or at the order's limit. */

import {
  type CancelEvent,
  type Event,
  type EventOf,
  type ExecutionEvent,
  type OrderEvent,
  ClientOrderId,
  Identifier,
  InstrumentPrice,
  NonNegativeDecimal,
  PositiveDecimal,
  UtcTimestamp,
  compareDecimals,
  instant,
  newEvent,
} from "@ingenium/events";
import { eventId, hexId } from "@ingenium/events/identity";
import { log, overrides, serve } from "./component.js";

const source = "/ingenium/executor/typescript";

/** One order and what has become of it. */
interface Order {
  readonly id: ClientOrderId;
  readonly order: OrderEvent;
  readonly event: Event;
  /** What it asked for, as bytes: another order under the same id is refused. */
  readonly asked: string;
  filled: bigint;
  reports: number;
  status: "NEW" | "PARTIALLY_FILLED" | "FILLED" | "CANCELED" | "REJECTED";
}

/** What an execution says beyond its order's state. */
type Report =
  | { readonly ExecType: "NEW" }
  | { readonly ExecType: "TRADE"; readonly LastQuantity: PositiveDecimal; readonly LastPrice: InstrumentPrice }
  | { readonly ExecType: "CANCELED"; readonly CancelReason: "USER" | "IOC_REMAINDER" | "FOK_UNFILLED" | "MAX_NOTIONAL" }
  | {
      readonly ExecType: "REJECTED" | "CANCEL_REJECTED";
      readonly RejectReason: "DUPLICATE_ORDER" | "INCORRECT_QUANTITY" | "UNSUPPORTED_ORDER_TYPE" | "TOO_LATE" | "UNKNOWN_ORDER";
    };

const orders = new Map<string, Order>();

serve((event: Event): Event[] => {
  switch (event.type) {
    case "ingenium.portfolio.order":
      return accept(event);
    case "ingenium.portfolio.cancel":
      return cancel(event);
    case "ingenium.ingestor.data":
      return bar(event);
    default:
      return [];
  }
}, "post");

function accept(event: EventOf<"ingenium.portfolio.order">): Event[] {
  const { data: order } = event;
  const id = order.OrderId ?? ClientOrderId(hexId(eventId(event.source, event.id)));
  const asked = JSON.stringify(order);
  const known = orders.get(id);
  const entry: Order = { id, order, event, asked, filled: 0n, reports: 0, status: "NEW" };
  if (known !== undefined) {
    if (known.asked === asked) return []; // the same order again
    return [answer(entry, event, { ExecType: "REJECTED", RejectReason: "DUPLICATE_ORDER" }, "REJECTED")];
  }
  orders.set(id, entry);
  const reason =
    order.Type !== "MARKET" && order.Type !== "LIMIT"
      ? "UNSUPPORTED_ORDER_TYPE"
      : whole(order.Quantity) === undefined
        ? "INCORRECT_QUANTITY"
        : undefined;
  if (reason === undefined) return [report(entry, { ExecType: "NEW" }, "NEW", event)];
  return [report(entry, { ExecType: "REJECTED", RejectReason: reason }, "REJECTED", event)];
}

function cancel(event: EventOf<"ingenium.portfolio.cancel">): Event[] {
  const { data } = event;
  const entry = orders.get(data.OrderId);
  if (entry === undefined) return [unknown(event, data)];
  if (isOpen(entry)) return [report(entry, { ExecType: "CANCELED", CancelReason: "USER" }, "CANCELED", event)];
  return [answer(entry, event, { ExecType: "CANCEL_REJECTED", RejectReason: "TOO_LATE" }, entry.status)];
}

function bar(event: EventOf<"ingenium.ingestor.data">): Event[] {
  const { data } = event;
  if (data.Type !== "data.type.ohlc" || data.Data.Final === false) return [];
  const { Open, High, Low, Volume } = data.Data;
  const events: Event[] = [];
  let volume = whole(Volume.split(".")[0]!) ?? 0n;
  for (const entry of orders.values()) {
    const { order } = entry;
    if (!isOpen(entry) || order.Symbol !== data.Symbol || isBefore(event, entry.event)) continue;
    const price = priceOf(order, Open, High, Low);
    if (price === undefined) continue;
    const wanted = whole(order.Quantity)! - entry.filled;
    const affordable = order.MaxNotional === undefined ? wanted : scaled(order.MaxNotional) / scaled(price) - entry.filled;
    const there = [wanted, affordable, volume].reduce((least, one) => (one < least ? one : least));
    const tif = order.TimeInForce;
    if (tif === "FOK" && there < wanted) {
      events.push(report(entry, { ExecType: "CANCELED", CancelReason: "FOK_UNFILLED" }, "CANCELED", event));
      continue;
    }
    if (there > 0n) {
      entry.filled += there;
      volume -= there;
      const fill = { LastQuantity: PositiveDecimal(String(there)), LastPrice: price };
      events.push(report(entry, { ExecType: "TRADE", ...fill }, there === wanted ? "FILLED" : "PARTIALLY_FILLED", event));
    }
    if (there === wanted) continue;
    if (affordable <= there) {
      events.push(report(entry, { ExecType: "CANCELED", CancelReason: "MAX_NOTIONAL" }, "CANCELED", event));
    } else if (tif === "IOC") {
      events.push(report(entry, { ExecType: "CANCELED", CancelReason: "IOC_REMAINDER" }, "CANCELED", event));
    }
  }
  return events;
}

/** What the order would be filled at; nothing where the bar does not reach its limit. */
function priceOf(order: OrderEvent, open: InstrumentPrice, high: InstrumentPrice, low: InstrumentPrice) {
  if (order.Type !== "LIMIT") return open;
  const limit = order.LimitPrice;
  if (order.Side === "BUY") {
    if (compareDecimals(low, limit) > 0) return undefined;
    return compareDecimals(open, limit) < 0 ? open : limit;
  }
  if (compareDecimals(high, limit) < 0) return undefined;
  return compareDecimals(open, limit) > 0 ? open : limit;
}

/** A bar that had ended before the order was made is no market for it. */
function isBefore(bar: Event, order: Event): boolean {
  return bar.time !== undefined && order.time !== undefined && instant(bar.time)! < instant(order.time)!;
}

function isOpen(entry: Order): boolean {
  return entry.status === "NEW" || entry.status === "PARTIALLY_FILLED";
}

/** One more step in the order's life. */
function report(entry: Order, what: Report, status: Order["status"], time: Event): Event {
  entry.status = status;
  entry.reports += 1;
  log(status, { order: entry.id, event: time.id });
  const id = eventId(source, entry.id, String(entry.reports));
  return execution(id, entry, entry.event, time, what, status);
}

/** An answer to an event that changes nothing about the order. */
function answer(entry: Order, event: Event, what: Report, status: Order["status"]): Event {
  return execution(eventId(source, event.source, event.id), entry, event, event, what, status);
}

function execution(id: string, entry: Order, cause: Event, time: Event, what: Report, status: Order["status"]): Event {
  const { order } = entry;
  const open = status === "NEW" || status === "PARTIALLY_FILLED";
  const left = open ? whole(order.Quantity)! - entry.filled : 0n;
  const data: ExecutionEvent = {
    OrderId: entry.id,
    ExecutionId: Identifier(hexId(id)),
    Symbol: order.Symbol,
    Side: order.Side,
    Status: status,
    OrderQuantity: order.Quantity,
    CumulativeQuantity: NonNegativeDecimal(String(entry.filled)),
    LeavesQuantity: NonNegativeDecimal(String(left)),
    Timestamp: UtcTimestamp(instant(time.time!)!),
    ...what,
  };
  return newEvent({ type: "ingenium.executor.execution", id, source, time: time.time!, data, cause, extensions: overrides });
}

/** The answer to a cancel of an order that was never here. */
function unknown(event: Event, data: CancelEvent): Event {
  const id = eventId(source, event.source, event.id);
  const execution: ExecutionEvent = {
    OrderId: data.OrderId,
    ExecutionId: Identifier(hexId(id)),
    Symbol: data.Symbol,
    Side: data.Side,
    ExecType: "CANCEL_REJECTED",
    Status: "REJECTED",
    RejectReason: "UNKNOWN_ORDER",
    OrderQuantity: data.OrderQuantity,
    CumulativeQuantity: NonNegativeDecimal("0"),
    LeavesQuantity: NonNegativeDecimal("0"),
    Timestamp: data.Timestamp,
  };
  const type = "ingenium.executor.execution";
  return newEvent({ type, id, source, time: event.time!, data: execution, cause: event, extensions: overrides });
}

/** A whole quantity; nothing where it has a fraction. */
function whole(decimal: string): bigint | undefined {
  const [digits = "", fraction = ""] = decimal.split(".");
  return /^0*$/.test(fraction) ? BigInt(digits) : undefined;
}

/** A decimal in units of 10^-18, the smallest that the contract knows. */
function scaled(decimal: string): bigint {
  const [digits = "", fraction = ""] = decimal.split(".");
  return BigInt(digits + fraction.padEnd(18, "0"));
}
