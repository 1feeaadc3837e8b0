// A strategy on the official CloudEvents SDK alone, as a function that replies: LONG after a bar that closes above its
// open, SHORT after one below.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/client"
)

const source = "/ingenium/strategy/go-sdk"

// data is what this strategy wants of a bar. encoding/json takes names in any case, so the rest of the names matters to
// nobody here.
type data struct {
	Type, Symbol            string
	Timestamp, EndTimestamp string
	Data                    struct {
		Open, High, Low, Close, Volume *string
		Final                          *bool
	}
}

var overrides struct{ Extensions map[string]string }

func handle(event cloudevents.Event) (*cloudevents.Event, cloudevents.Result) {
	if event.Type() != "ingenium.ingestor.data" {
		return nil, cloudevents.ResultACK
	}
	var given data
	if err := json.Unmarshal(event.Data(), &given); err != nil || given.Symbol == "" {
		return nil, cloudevents.NewHTTPResult(http.StatusBadRequest, "the data is no market data")
	}
	if given.Type != "data.type.ohlc" {
		return nil, cloudevents.ResultACK
	}
	bar := given.Data
	for _, text := range []*string{bar.Open, bar.High, bar.Low, bar.Close, bar.Volume} {
		if text == nil {
			return nil, cloudevents.NewHTTPResult(http.StatusBadRequest, "the bar is not whole")
		}
	}
	opened, isOpen := new(big.Rat).SetString(*bar.Open)
	closed, isClose := new(big.Rat).SetString(*bar.Close)
	if !isOpen || !isClose {
		return nil, cloudevents.NewHTTPResult(http.StatusBadRequest, "the prices are no decimals")
	}
	change := closed.Cmp(opened)
	if change == 0 || (bar.Final != nil && !*bar.Final) {
		return nil, cloudevents.ResultACK
	}
	direction := "SHORT"
	if change > 0 {
		direction = "LONG"
	}
	end := given.EndTimestamp
	if end == "" {
		end = given.Timestamp
	}
	at, err := time.Parse(time.RFC3339Nano, end)
	if err != nil {
		return nil, cloudevents.NewHTTPResult(http.StatusBadRequest, "the time is none")
	}
	reply := cloudevents.NewEvent()
	// The same cause has the same effect under the same id: a redelivery makes no second signal.
	reply.SetID(encode(event.ID() + "-signal"))
	reply.SetSource(source)
	reply.SetType("ingenium.strategy.signal")
	reply.SetSubject(encode(given.Symbol))
	reply.SetTime(at)
	reply.SetDataSchema("https://schemas.ingenium.example/1/strategy.signal.json")
	reply.SetExtension("partitionkey", encode(given.Symbol))
	reply.SetExtension("causationid", encode(event.ID()))
	reply.SetExtension("correlationid", encode(event.ID()))
	for _, name := range []string{"correlationid", "ingeniumrun"} {
		if text, isText := event.Extensions()[name].(string); isText {
			reply.SetExtension(name, encode(text))
		}
	}
	for name, value := range overrides.Extensions {
		reply.SetExtension(name, value)
	}
	payload := map[string]string{"Symbol": given.Symbol, "Signal": direction, "Timestamp": end}
	if err := reply.SetData(cloudevents.ApplicationJSON, payload); err != nil {
		return nil, cloudevents.NewHTTPResult(http.StatusInternalServerError, "the signal is no JSON")
	}
	return &reply, cloudevents.ResultACK
}

// encode percent-encodes what goes into a header: the SDK writes values as they are.
func encode(text string) string {
	var encoded strings.Builder
	for _, b := range []byte(text) {
		if b <= ' ' || b == '"' || b == '%' || b > '~' {
			encoded.WriteString("%" + strings.ToUpper(string("0123456789abcdef"[b>>4])+string("0123456789abcdef"[b&15])))
		} else {
			encoded.WriteByte(b)
		}
	}
	return encoded.String()
}

// binding does what the HTTP binding asks for and the SDK leaves out: other methods, quotes and percent signs
// in headers, and a status for a body that is no event (the SDK answers 500, which is delivered again for minutes).
func binding(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		for name, values := range r.Header {
			if !strings.HasPrefix(name, "Ce-") {
				continue
			}
			text, err := url.PathUnescape(strings.Trim(values[0], `"`))
			if err != nil || strings.ToValidUTF8(text, "") != text {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			r.Header[name] = []string{text}
		}
		next.ServeHTTP(&status{ResponseWriter: w}, r)
	})
}

// status turns the SDK's 500 into 400: this strategy never fails in another way than by what it is given.
type status struct{ http.ResponseWriter }

func (s *status) WriteHeader(code int) {
	if code == http.StatusInternalServerError {
		code = http.StatusBadRequest
	}
	s.ResponseWriter.WriteHeader(code)
}

func main() {
	if text := os.Getenv("K_CE_OVERRIDES"); text != "" {
		if err := json.Unmarshal([]byte(text), &overrides); err != nil {
			log.Fatal(err)
		}
	}
	protocol, err := cloudevents.NewHTTP()
	if err != nil {
		log.Fatal(err)
	}
	receiver, err := client.NewHTTPReceiveHandler(context.Background(), protocol, handle)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: ":" + os.Getenv("PORT"), Handler: binding(receiver), ReadHeaderTimeout: 5 * time.Second}
	term, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ended := make(chan struct{})
	go func() {
		<-term.Done()
		_ = server.Shutdown(context.Background()) // waits for what was begun
		close(ended)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	<-ended
}
