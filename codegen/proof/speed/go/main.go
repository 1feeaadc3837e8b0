// Speed says how long the generated Go package takes for a payload, beside encoding/json and a JSON Schema validator.
// Argument: the folder of the repository. It prints one line of JSON.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ingenium.example/events"
)

type payload struct {
	eventType events.EventType
	text      []byte
	schema    *jsonschema.Schema
}

func main() {
	repository := os.Args[1]
	var corpus []payload
	types := []events.EventType{
		events.IngestorData, events.StrategySignal, events.PortfolioOrder, events.PortfolioCancel,
		events.ExecutorExecution,
	}
	for _, eventType := range types {
		name := strings.TrimPrefix(string(eventType), "ingenium.")
		schema, err := jsonschema.NewCompiler().Compile(filepath.Join(repository, "schemas/dist/strict", name+".json"))
		check(err)
		files, err := filepath.Glob(filepath.Join(repository, "schemas/vectors", name, "valid", "*.json"))
		check(err)
		for _, file := range files {
			bytes, err := os.ReadFile(file)
			check(err)
			var vector struct{ Data json.RawMessage }
			check(json.Unmarshal(bytes, &vector))
			read, err := events.ParsePayload(eventType, vector.Data, events.Strict)
			check(err)
			text, err := read.MarshalJSON()
			check(err)
			corpus = append(corpus, payload{eventType, text, schema})
		}
	}
	contenders := []struct {
		name string
		run  func(payload)
	}{
		{"package", func(p payload) {
			_, err := events.ParsePayload(p.eventType, p.text, events.Strict)
			check(err)
		}},
		{"jsonschema", func(p payload) {
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(p.text))
			check(err)
			check(p.schema.Validate(value))
		}},
	}
	times := map[string][]float64{}
	for round := 0; round < 40; round++ {
		for _, contender := range contenders {
			start := time.Now()
			for repeat := 0; repeat < 10; repeat++ {
				for _, p := range corpus {
					contender.run(p)
				}
			}
			took := float64(time.Since(start).Nanoseconds()) / float64(10*len(corpus))
			times[contender.name] = append(times[contender.name], took)
		}
	}
	medians := map[string]float64{}
	for name, values := range times {
		values = values[5:]
		sort.Float64s(values)
		medians[name] = values[len(values)/2]
	}
	line, err := json.Marshal(medians)
	check(err)
	fmt.Println(string(line))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
