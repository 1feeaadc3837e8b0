import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A strategy on the official CloudEvents SDK alone: LONG after a bar that closes above its open, SHORT after one below. */
public final class SdkStrategy {
    private static final String SOURCE = "/ingenium/strategy/java-sdk";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> ENVIRONMENT = System.getenv();
    private static final HttpClient CLIENT =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).build();

    /** The event; empty where there is none. */
    private static Optional<CloudEvent> read(Map<String, List<String>> given, byte[] body) {
        try {
            Map<String, String> headers = new HashMap<>();
            for (var one : given.entrySet()) {
                String name = one.getKey().toLowerCase();
                String value = one.getValue().get(0);
                // The SDK takes header values as they come, and knows its media type in lower case only.
                headers.put(name, name.startsWith("ce-") ? decode(value) : name.equals("content-type") ? value.toLowerCase() : value);
            }
            boolean structured = headers.getOrDefault("content-type", "").startsWith("application/cloudevents+json");
            if (structured) {
                JsonNode members = JSON.readTree(body);
                // Null would become the text "null" in an extension.
                if (members instanceof ObjectNode object) {
                    object.properties().removeIf(one -> one.getValue().isNull());
                    body = JSON.writeValueAsBytes(object);
                }
            }
            return Optional.of(HttpMessageFactory.createReader(headers, body).toEvent());
        } catch (IOException | RuntimeException error) { // the SDK throws what its parsers throw
            return Optional.empty();
        }
    }

    private static String decode(String value) {
        String bare = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"") ? value.substring(1, value.length() - 1) : value;
        String decoded = URLDecoder.decode(bare.replace("+", "%2B"), StandardCharsets.UTF_8);
        if (decoded.contains("\uFFFD")) {
            throw new IllegalArgumentException("the header is not UTF-8");
        }
        return decoded;
    }

    /** The SDK writes header values as they are; the HTTP binding wants them percent-encoded. */
    private static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = one > ' ' && one <= '~' && one != '"' && one != '%';
            encoded.append(plain ? String.valueOf((char) one) : String.format("%%%02X", one));
        }
        return encoded.toString();
    }

    private static int receive(CloudEvent event) throws IOException, InterruptedException {
        if (!event.getType().equals("ingenium.ingestor.data")) {
            return 204;
        }
        JsonNode data = event.getData() == null ? JSON.nullNode() : JSON.readTree(event.getData().toBytes());
        if (!data.path("Symbol").isTextual() || data.path("Symbol").asText().isEmpty()) {
            return 400;
        }
        if (!data.path("Type").asText().equals("data.type.ohlc")) {
            return 204;
        }
        JsonNode bar = data.path("Data");
        for (String name : List.of("Open", "High", "Low", "Close", "Volume")) {
            if (!bar.path(name).isTextual()) {
                return 400;
            }
        }
        int change = new BigDecimal(bar.path("Close").asText()).compareTo(new BigDecimal(bar.path("Open").asText()));
        if (change == 0 || !bar.path("Final").asBoolean(true)) {
            return 204;
        }
        int status = post(signal(event, data, change > 0 ? "LONG" : "SHORT"));
        // What the sink refuses for good is lost; everything else the broker delivers again.
        return (status >= 200 && status < 300) || Set.of(400, 401, 403, 413, 422).contains(status) ? 204 : 503;
    }

    private static CloudEvent signal(CloudEvent event, JsonNode data, String direction) throws IOException {
        String end = data.path("EndTimestamp").asText(data.path("Timestamp").asText());
        String symbol = data.path("Symbol").asText();
        var payload = Map.of("Symbol", symbol, "Signal", direction, "Timestamp", end);
        Object correlation = event.getExtension("correlationid");
        CloudEventBuilder builder = CloudEventBuilder.v1()
            // The same cause has the same effect under the same id: a redelivery makes no second signal.
            .withId(encode(event.getId() + "-signal"))
            .withSource(URI.create(SOURCE))
            .withType("ingenium.strategy.signal")
            .withSubject(encode(symbol))
            .withTime(OffsetDateTime.parse(end))
            .withDataSchema(URI.create("https://schemas.ingenium.example/1/strategy.signal.json"))
            .withExtension("partitionkey", encode(symbol))
            .withExtension("causationid", encode(event.getId()))
            .withExtension("correlationid", encode(correlation == null ? event.getId() : correlation.toString()))
            .withData("application/json", JSON.writeValueAsBytes(payload));
        if (event.getExtension("ingeniumrun") != null) {
            builder.withExtension("ingeniumrun", encode(event.getExtension("ingeniumrun").toString()));
        }
        String overrides = ENVIRONMENT.getOrDefault("K_CE_OVERRIDES", "{}");
        for (var one : JSON.readTree(overrides).path("extensions").properties()) {
            builder.withExtension(one.getKey(), one.getValue().asText());
        }
        return builder.build();
    }

    /** The sink's answer; 0 when there is none. */
    private static int post(CloudEvent event) throws InterruptedException {
        long seconds = Long.parseLong(ENVIRONMENT.getOrDefault("K_SINK_TIMEOUT", "30"));
        HttpRequest.Builder request =
            HttpRequest.newBuilder(URI.create(ENVIRONMENT.get("K_SINK"))).timeout(Duration.ofSeconds(seconds));
        HttpMessageFactory
            .createWriter(request::header, body -> request.POST(HttpRequest.BodyPublishers.ofByteArray(body)))
            .writeBinary(event);
        try {
            return CLIENT.send(request.build(), BodyHandlers.discarding()).statusCode();
        } catch (IOException error) {
            return 0;
        }
    }

    private static int answer(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            return 405;
        }
        var event = read(exchange.getRequestHeaders(), exchange.getRequestBody().readAllBytes());
        if (event.isEmpty()) {
            return 400;
        }
        try {
            return receive(event.get());
        } catch (IOException | NumberFormatException error) { // the data is no JSON, or a price no decimal
            return 400;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 503;
        }
    }

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(ENVIRONMENT.getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 128);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(answer(exchange), -1);
            }
        });
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            threads.shutdown(); // nothing new is begun, and what was begun is finished
            try {
                threads.awaitTermination(8, TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }));
    }
}
