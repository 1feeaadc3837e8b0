import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import example.ingenium.events.*;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A channel: LONG when a bar closes above the middle of the last ten, SHORT when below; signals are posted to K_SINK. */
public final class Strategy {
    private static final String SOURCE = "/ingenium/strategy/java-channel";
    private static final int BARS = 10;

    /** So many events are remembered; a broker delivers an event again within seconds or minutes. */
    private static final int REMEMBERED = 10_000;

    /** Answers that no repetition makes better. */
    private static final Set<Integer> FOR_GOOD = Set.of(400, 401, 403, 413, 422);

    private static final ObjectMapper JSON = new ObjectMapper();

    private record Series(String symbol, String period) {}

    private record Key(String source, String id) {}

    /** What is known of one symbol in one period. */
    private static final class Known {
        private final ArrayDeque<BigDecimal> closes = new ArrayDeque<>();
        private UtcTimestamp last;
        private SignalDirection said;
    }

    private final Map<Series, Known> all = new HashMap<>();

    /** What events have led to, as long as the sink has not taken it. */
    private final Map<Key, ArrayList<Event>> effects = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, ArrayList<Event>> eldest) {
            return size() > REMEMBERED;
        }
    };

    private final HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).build();
    private final URI sink;
    private final Duration timeout;
    private final Map<String, String> overrides = new HashMap<>();

    private Strategy(Map<String, String> environment) throws IOException {
        sink = URI.create(environment.getOrDefault("K_SINK", "http://localhost/"));
        timeout = Duration.ofSeconds(Long.parseLong(environment.getOrDefault("K_SINK_TIMEOUT", "30")));
        for (var one : JSON.readTree(environment.getOrDefault("K_CE_OVERRIDES", "{}")).path("extensions").properties()) {
            overrides.put(one.getKey(), one.getValue().asText());
        }
    }

    /** Decides once about each event, and posts what is decided; whether the sink has all of it. */
    private synchronized boolean receive(Event event) throws InterruptedException {
        List<Event> waiting = effects.computeIfAbsent(new Key(event.source(), event.id()), key -> decide(event));
        while (!waiting.isEmpty()) {
            int status = post(waiting.get(0));
            if (FOR_GOOD.contains(status)) {
                log("the sink refuses it with " + status, waiting.get(0).id());
            } else if (status < 200 || status > 299) {
                return false;
            }
            waiting.remove(0);
        }
        return true;
    }

    private ArrayList<Event> decide(Event event) {
        ArrayList<Event> signals = new ArrayList<>();
        if (!(event.data() instanceof DataEvent data) || !(data.data() instanceof OhlcData bar)
            || Boolean.FALSE.equals(bar.final_())) {
            return signals;
        }
        String period = bar.period() == null ? null : bar.period().toString();
        Known known = all.computeIfAbsent(new Series(data.symbol().toString(), period), name -> new Known());
        if (known.last != null && known.last.compareTo(data.timestamp()) >= 0) {
            return signals; // late, or known: what was decided stays
        }
        known.last = data.timestamp();
        known.closes.add(bar.close().value());
        if (known.closes.size() <= BARS) {
            return signals;
        }
        known.closes.remove();
        BigDecimal high = known.closes.stream().max(BigDecimal::compareTo).orElseThrow();
        BigDecimal low = known.closes.stream().min(BigDecimal::compareTo).orElseThrow();
        int side = bar.close().value().multiply(BigDecimal.valueOf(2)).compareTo(high.add(low));
        SignalDirection direction = side > 0 ? SignalDirection.LONG : SignalDirection.SHORT;
        if (side != 0 && direction != known.said) {
            known.said = direction;
            signals.add(signal(event, data, direction));
        }
        return signals;
    }

    private Event signal(Event event, DataEvent data, SignalDirection direction) {
        UtcTimestamp end = data.endTimestamp() != null ? data.endTimestamp() : data.timestamp();
        SignalEvent payload =
            SignalEvent.builder().symbol(data.symbol()).signal(direction).timestamp(end).build();
        String id = Identity.eventId(SOURCE, event.source(), event.id(), payload.subject());
        Event signal = Event.of(payload, id, SOURCE, end.toString(), event);
        for (var one : overrides.entrySet()) {
            signal = signal.with(one.getKey(), one.getValue());
        }
        log("signal " + direction, event.id());
        return signal;
    }

    /** The sink's answer; 0 when there is none. */
    private int post(Event event) throws InterruptedException {
        Http.Message message = Http.toCloudEvent(event, Http.Mode.BINARY);
        HttpRequest.Builder request = HttpRequest.newBuilder(sink).timeout(timeout);
        message.headers().forEach(request::header);
        var body = HttpRequest.BodyPublishers.ofByteArray(message.body());
        try {
            return client.send(request.POST(body).build(), BodyHandlers.discarding()).statusCode();
        } catch (IOException error) {
            return 0;
        }
    }

    private static void log(String message, String event) {
        System.err.println(JSON.createObjectNode().put("message", message).put("event", event));
    }

    private int answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (exchange.getRequestMethod().equals("GET") && (path.equals("/healthz") || path.equals("/readyz"))) {
            return 200;
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            return 405;
        }
        try {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Event event = Http.fromCloudEvent(exchange.getRequestHeaders(), body, View.READER);
            // The broker delivers the event again, and what is left is posted then.
            return receive(event) ? 204 : 503;
        } catch (Refused refused) {
            return refused.httpStatus();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 503;
        }
    }

    public static void main(String[] arguments) throws IOException {
        Strategy strategy = new Strategy(System.getenv());
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 128);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(strategy.answer(exchange), -1);
            }
        });
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            threads.shutdown(); // nothing new is begun, and what was begun is finished
            int status = 0;
            try {
                status = threads.awaitTermination(8, TimeUnit.SECONDS) ? 0 : 1;
            } catch (InterruptedException interrupted) {
                status = 1;
            }
            // The JVM ends with 143 after TERM, unless it is told otherwise.
            Runtime.getRuntime().halt(status);
        }));
    }
}
