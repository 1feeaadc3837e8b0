// A strategy that replies: LONG when a bar closes above the close of three bars before, SHORT when not, each only when it
// was the other before. What an event leads to is the answer to its delivery.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"ingenium.example/events"
)

const source = "/ingenium/strategy/go-momentum"

// lookback is how many bars a change is measured over.
const lookback = 3

// So many events are remembered; a broker delivers an event again within seconds or minutes.
const remembered = 10_000

type key struct{ source, id string }

// series is what is known of one symbol in one period.
type series struct {
	closes []*big.Rat
	last   events.UtcTimestamp
	said   events.SignalDirection
}

// strategy decides once about each event; a redelivery gets the same answer, for the first may have been lost.
type strategy struct {
	mutex     sync.Mutex
	all       map[[2]string]*series
	known     map[key]*events.Event
	order     []key
	overrides map[string]string
}

func (s *strategy) handle(event *events.Event) *events.Event {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	of := key{event.Source, event.ID}
	if answer, isKnown := s.known[of]; isKnown {
		return answer
	}
	answer := s.decide(event)
	s.known[of] = answer
	s.order = append(s.order, of)
	if len(s.order) > remembered {
		delete(s.known, s.order[0])
		s.order = s.order[1:]
	}
	return answer
}

func (s *strategy) decide(event *events.Event) *events.Event {
	data, isData := event.Data.(events.DataEvent)
	bar, isBar := data.Data.(events.OhlcData)
	if !isData || !isBar || (bar.Final != nil && !*bar.Final) {
		return nil
	}
	name := [2]string{string(data.Symbol), string(bar.Period)}
	known, isKnown := s.all[name]
	if !isKnown {
		known = &series{}
		s.all[name] = known
	}
	if !known.last.Time().Before(data.Timestamp.Time()) {
		return nil // late, or known: what was decided stays
	}
	known.last = data.Timestamp
	known.closes = append(known.closes, bar.Close.Rat())
	if len(known.closes) <= lookback {
		return nil
	}
	direction := events.SignalDirectionShort
	if bar.Close.Rat().Cmp(known.closes[0]) > 0 {
		direction = events.SignalDirectionLong
	}
	known.closes = known.closes[1:]
	if direction == known.said {
		return nil
	}
	known.said = direction
	end := data.EndTimestamp
	if end == "" {
		end = data.Timestamp
	}
	signal := events.SignalEvent{Symbol: data.Symbol, Signal: direction, Timestamp: end, Strategy: "go-momentum"}
	id := events.EventID(source, event.Source, event.ID, string(data.Symbol))
	emitted := events.NewEvent(signal, id, source, string(end), event)
	for name, value := range s.overrides {
		emitted.Extensions[name] = value
	}
	return &emitted
}

func (s *strategy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodGet && (r.URL.Path == "/healthz" || r.URL.Path == "/readyz"):
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	event, err := events.FromCloudEvent(r.Header, body, events.Reader)
	var refused *events.Refused
	if errors.As(err, &refused) {
		http.Error(w, refused.Error(), refused.HTTPStatus())
		return
	}
	answer := s.handle(&event)
	if answer == nil {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	header, message, err := events.ToCloudEvent(*answer, events.Binary)
	if err != nil {
		slog.Error("the answer is no event", "event", event.ID, "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	slog.Info("signal", "event", event.ID, "signal", answer.ID)
	for name := range header {
		w.Header().Set(name, header.Get(name))
	}
	_, _ = w.Write(message) // a client that has gone asks again
}

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	var overrides struct{ Extensions map[string]string }
	if text := os.Getenv("K_CE_OVERRIDES"); text != "" {
		if err := json.Unmarshal([]byte(text), &overrides); err != nil {
			slog.Error("K_CE_OVERRIDES is not JSON", "error", err)
			os.Exit(2)
		}
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	server := &http.Server{
		Addr:              ":" + port,
		ReadHeaderTimeout: 5 * time.Second,
		Handler: &strategy{
			all: map[[2]string]*series{}, known: map[key]*events.Event{}, overrides: overrides.Extensions,
		},
	}
	term, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ended := make(chan struct{})
	go func() {
		<-term.Done()
		_ = server.Shutdown(context.Background()) // waits for what was begun
		close(ended)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		slog.Error("cannot serve", "error", err)
		os.Exit(1)
	}
	<-ended
}
