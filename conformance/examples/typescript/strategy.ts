/** A breakout: LONG when a bar closes above the highest of the last 5, SHORT when below the lowest; one after the other. */

import { type Event, Name, compareDecimals, compareInstants, newEvent } from "@ingenium/events";
import { eventId } from "@ingenium/events/identity";
import { overrides, serve } from "./component.js";

const source = "/ingenium/strategy/typescript-breakout";
const name = Name("typescript-breakout");
const bars = 5;

interface Series {
  highs: string[];
  lows: string[];
  last?: string;
  said?: "LONG" | "SHORT";
}

const all = new Map<string, Series>();

serve((event: Event): Event[] => {
  if (event.type !== "ingenium.ingestor.data" || event.data.Type !== "data.type.ohlc") return [];
  const { Symbol, Timestamp, EndTimestamp: end = Timestamp, Data: bar } = event.data;
  if (bar.Final === false) return [];
  const key = JSON.stringify([Symbol, bar.Period]);
  const series = all.get(key) ?? { highs: [], lows: [] };
  all.set(key, series);
  // Late, or known: what was decided stays.
  if (series.last !== undefined && compareInstants(Timestamp, series.last) <= 0) return [];
  series.last = Timestamp;
  const { highs, lows } = series;
  const above = highs.every((high) => compareDecimals(bar.Close, high) > 0);
  const below = lows.every((low) => compareDecimals(bar.Close, low) < 0);
  const says = highs.length < bars ? undefined : above ? "LONG" : below ? "SHORT" : undefined;
  series.highs = [...highs, bar.High].slice(-bars);
  series.lows = [...lows, bar.Low].slice(-bars);
  if (says === undefined || says === series.said) return [];
  series.said = says;
  return [
    newEvent({
      type: "ingenium.strategy.signal",
      id: eventId(source, event.source, event.id, Symbol),
      source,
      time: end,
      data: { Symbol, Signal: says, Timestamp: end, Strategy: name, Price: bar.Close },
      cause: event,
      extensions: overrides,
    }),
  ];
}, "reply");
