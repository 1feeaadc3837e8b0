// Package prototype holds structs of the shape of the Go prototype that this contract grew from: no JSON tags, so the
// names of their fields are the names on the wire. Events must pass between them and the generated package without
// loss. Written from the list of fields in docs/decisions/0025; the prototype's decimals are texts here.
package prototype

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"ingenium.example/events"
)

// DataEvent is what the prototype's ingestor sends.
type DataEvent struct {
	Type      string
	Symbol    string
	Timestamp string
	Data      json.RawMessage
}

// DataOhlc is the Data of a bar.
type DataOhlc struct {
	Open, High, Low, Close, Volume string
}

// Signal is what the prototype's strategy sends.
type Signal struct {
	Symbol string
	Signal string
}

// Order is what the prototype's portfolio sends.
type Order struct {
	Side     string
	Quantity string
	Symbol   string
	Type     string
}

// valid calls check with the data of each valid vector of an event type.
func valid(t *testing.T, name string, check func(t *testing.T, data []byte)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../../schemas/vectors", name, "valid", "*.json"))
	if err != nil || len(files) < 5 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var vector struct {
			ID   string
			Data json.RawMessage
		}
		if err := json.Unmarshal(text, &vector); err != nil {
			t.Fatal(err)
		}
		t.Run(vector.ID, func(t *testing.T) { check(t, vector.Data) })
	}
}

// through decodes ours into a struct of the prototype and gives the JSON that the prototype would send.
func through[T any](t *testing.T, ours json.Marshaler) ([]byte, T) {
	t.Helper()
	text, err := ours.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var theirs T
	if err := json.Unmarshal(text, &theirs); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(theirs)
	if err != nil {
		t.Fatal(err)
	}
	return again, theirs
}

func TestOrders(t *testing.T) {
	valid(t, "portfolio.order", func(t *testing.T, data []byte) {
		ours, err := events.ParseOrderEvent(data, events.Strict)
		if err != nil {
			t.Fatal(err)
		}
		text, theirs := through[Order](t, ours)
		if theirs != (Order{string(ours.Side), string(ours.Quantity), string(ours.Symbol), string(ours.Type)}) {
			t.Error(theirs)
		}
		// What the prototype knows nothing of is gone; with it goes what makes an order other than MARKET whole.
		if ours.Type != events.OrderTypeMarket {
			return
		}
		back, err := events.ParseOrderEvent(text, events.Strict)
		if err != nil || back.Side != ours.Side || back.Quantity != ours.Quantity || back.Symbol != ours.Symbol {
			t.Error(err, back)
		}
	})
}

func TestSignals(t *testing.T) {
	valid(t, "strategy.signal", func(t *testing.T, data []byte) {
		ours, err := events.ParseSignalEvent(data, events.Strict)
		if err != nil {
			t.Fatal(err)
		}
		text, theirs := through[Signal](t, ours)
		if theirs != (Signal{string(ours.Symbol), string(ours.Signal)}) {
			t.Error(theirs)
		}
		back, err := events.ParseSignalEvent(text, events.Strict)
		if err != nil || back.Symbol != ours.Symbol || back.Signal != ours.Signal {
			t.Error(err, back)
		}
	})
}

func TestBars(t *testing.T) {
	valid(t, "ingestor.data", func(t *testing.T, data []byte) {
		ours, err := events.ParseDataEvent(data, events.Strict)
		if err != nil {
			t.Fatal(err)
		}
		text, theirs := through[DataEvent](t, ours)
		if theirs.Type != ours.Type || theirs.Symbol != string(ours.Symbol) || theirs.Timestamp != string(ours.Timestamp) {
			t.Error(theirs)
		}
		back, err := events.ParseDataEvent(text, events.Strict)
		if err != nil || back.Data != ours.Data && !sameJSON(t, back.Data, ours.Data) {
			t.Error(err, back)
		}
		bar, isBar := ours.Data.(events.OhlcData)
		if !isBar {
			return
		}
		_, content := through[DataOhlc](t, bar)
		core := DataOhlc{string(bar.Open), string(bar.High), string(bar.Low), string(bar.Close), string(bar.Volume)}
		if content != core {
			t.Error(content)
		}
	})
}

// sameJSON compares what pointers would hide.
func sameJSON(t *testing.T, a, b any) bool {
	t.Helper()
	left, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	right, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(left) == string(right)
}

// What the prototype is known to have sent wrongly is refused by the rule and at the place that tell it so.
func TestKnownTraps(t *testing.T) {
	for text, want := range map[string]events.Refused{
		`{"Side":"BUY","Quantity":1e+06,"Symbol":"AAPL","Type":"MARKET"}`:   {Rule: "ING-P-TYPE", Pointer: "/Quantity"},
		`{"Side":"BUY","Quantity":"1e+06","Symbol":"AAPL","Type":"MARKET"}`: {Rule: "ING-P-PATTERN", Pointer: "/Quantity"},
		`{"Side":"buy","Quantity":"1","Symbol":"AAPL","Type":"MARKET"}`:     {Rule: "ING-P-ENUM", Pointer: "/Side"},
	} {
		_, err := events.ParseOrderEvent([]byte(text), events.Reader)
		if refused, _ := err.(*events.Refused); refused == nil || *refused != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
