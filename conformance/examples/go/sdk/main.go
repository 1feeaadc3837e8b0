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
	"github.com/cloudevents/sdk-go/v2/binding"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
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

// handle is the strategy: what answers an event, if anything does, or why the event can never be taken.
func handle(event cloudevents.Event) (*cloudevents.Event, error) {
	if event.Type() != "ingenium.ingestor.data" {
		return nil, nil
	}
	var given data
	if err := json.Unmarshal(event.Data(), &given); err != nil || given.Symbol == "" {
		return nil, errors.New("the data is no market data")
	}
	if given.Type != "data.type.ohlc" {
		return nil, nil
	}
	bar := given.Data
	for _, text := range []*string{bar.Open, bar.High, bar.Low, bar.Close, bar.Volume} {
		if text == nil {
			return nil, errors.New("the bar is not whole")
		}
	}
	opened, isOpen := new(big.Rat).SetString(*bar.Open)
	closed, isClose := new(big.Rat).SetString(*bar.Close)
	if !isOpen || !isClose {
		return nil, errors.New("the prices are no decimals")
	}
	change := closed.Cmp(opened)
	if change == 0 || (bar.Final != nil && !*bar.Final) {
		return nil, nil
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
		return nil, errors.New("the time is none")
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
		return nil, errors.New("the signal is no JSON")
	}
	return &reply, nil
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

// serve does what the HTTP binding asks for and the SDK leaves out: other methods, quotes and percent signs in headers,
// and 400 for a body that is no event. The SDK's own handler (client.NewHTTPReceiveHandler) is left aside: of deliveries
// at once it now and then leaves one without an answer.
func serve(w http.ResponseWriter, r *http.Request) {
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
			http.Error(w, name+" is not percent-encoded UTF-8", http.StatusBadRequest)
			return
		}
		r.Header[name] = []string{text}
	}
	event, err := cloudevents.NewEventFromHTTPRequest(r)
	if err == nil {
		err = event.Validate()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	reply, err := handle(*event)
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	case reply == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		if err := cehttp.WriteResponseWriter(r.Context(), binding.ToMessage(reply), http.StatusOK, w); err != nil {
			log.Print(err)
		}
	}
}

func main() {
	if text := os.Getenv("K_CE_OVERRIDES"); text != "" {
		if err := json.Unmarshal([]byte(text), &overrides); err != nil {
			log.Fatal(err)
		}
	}
	server := &http.Server{Addr: ":" + os.Getenv("PORT"), Handler: http.HandlerFunc(serve), ReadHeaderTimeout: 5 * time.Second}
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
