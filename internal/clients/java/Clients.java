import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Clients written in Java from the documented wire, against dingoa serve. */
public final class Clients {
  interface Test {
    void run() throws Exception;
  }

  static final List<String> EXPECTED = List.of(
      "bpms_instance_change start zhangsan", "bpms_task_change start lisi", "bpms_task_change finish lisi",
      "bpms_task_change start wangwu", "bpms_task_change finish wangwu", "bpms_instance_change finish zhangsan");

  public static void main(String[] args) {
    Map<String, Test> tests = new LinkedHashMap<>();
    tests.put("callbacks are opened and answered", Clients::callbacks);
    tests.put("stream events are acknowledged by SUCCESS", () -> stream("{\"status\":\"SUCCESS\",\"message\":\"success\"}"));
    tests.put("stream events are acknowledged by the code alone", () -> stream("OK"));
    tests.put("the older gateway, as the old SDK calls it", Clients::olderGateway);
    boolean failed = false;
    for (Map.Entry<String, Test> test : tests.entrySet()) {
      try {
        test.getValue().run();
        System.out.println("ok   " + test.getKey());
      } catch (Throwable problem) {
        failed = true;
        System.out.println("FAIL " + test.getKey());
        problem.printStackTrace(System.out);
      }
    }
    System.exit(failed ? 1 : 0);
  }

  static void check(boolean good, String problem) {
    if (!good) throw new AssertionError(problem);
  }

  static void expectEvents(BlockingQueue<String> events) throws InterruptedException {
    for (String want : EXPECTED) {
      String got = events.poll(20, TimeUnit.SECONDS);
      check(want.equals(got), "want " + want + ", got " + got);
    }
  }

  static void callbacks() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    CompletableFuture<Crypto> crypto = new CompletableFuture<>();
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/dingtalk", exchange -> {
      try {
        Map<String, String> query = new HashMap<>();
        for (String pair : exchange.getRequestURI().getRawQuery().split("&")) {
          String[] parts = pair.split("=", 2);
          query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        Object body = Json.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Object event = Json.parse(crypto.get().open(query.get("signature"), query.get("timestamp"), query.get("nonce"), Json.at(body, "encrypt")));
        byte[] reply = Json.write(crypto.get().seal("success")).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, reply.length);
        exchange.getResponseBody().write(reply);
        events.add(Json.<String>at(event, "EventType") + " " + Json.at(event, "type") + " " + Json.at(event, "staffId"));
      } catch (Exception | AssertionError problem) {
        events.add(problem.toString());
        exchange.sendResponseHeaders(500, -1);
      } finally {
        exchange.close();
      }
    });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/dingtalk";
    try (Emulator emulator = new Emulator("--callback-url", url)) {
      Object callback = emulator.started.get("callback");
      crypto.complete(new Crypto(Json.at(callback, "token"), Json.at(callback, "aesKey"), Json.at(callback, "ownerKey")));
      emulator.runThrough();
      expectEvents(events);
      emulator.delivered(EXPECTED.size());
    } finally {
      server.stop(0);
    }
  }

  /** Acknowledges every frame with code 200 and the data given. */
  static void stream(String acknowledged) throws Exception {
    try (Emulator emulator = new Emulator()) {
      Map<String, Object> opened = Emulator.send("POST", emulator.url + "/v1.0/gateway/connections/open", "application/json", Json.write(Map.of(
          "clientId", emulator.started.get("appKey"), "clientSecret", emulator.started.get("appSecret"),
          "subscriptions", List.of(Map.of("type", "EVENT", "topic", "*")), "ua", "java-client", "localIp", "127.0.0.1")));
      String ticket = URLEncoder.encode((String) opened.get("ticket"), StandardCharsets.UTF_8);
      BlockingQueue<String> events = new LinkedBlockingQueue<>();
      WebSocket connection = Emulator.HTTP.newWebSocketBuilder()
          .buildAsync(URI.create(opened.get("endpoint") + "?ticket=" + ticket), new WebSocket.Listener() {
            private final StringBuilder text = new StringBuilder();

            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
              text.append(part);
              CompletionStage<?> sent = null;
              if (last) {
                Object frame = Json.parse(text.toString());
                text.setLength(0);
                boolean event = "EVENT".equals(Json.at(frame, "type"));
                if (event) {
                  Object data = Json.parse(Json.at(frame, "data"));
                  events.add(Json.<String>at(frame, "headers", "eventType") + " " + Json.at(data, "type") + " " + Json.at(data, "staffId"));
                }
                sent = socket.sendText(Json.write(Map.of(
                    "code", 200, "message", "OK",
                    "headers", Map.of("messageId", Json.at(frame, "headers", "messageId"), "contentType", "application/json"),
                    "data", event ? acknowledged : Json.at(frame, "data"))), true);
              }
              socket.request(1);
              return sent;
            }
          }).get(10, TimeUnit.SECONDS);
      emulator.runThrough();
      expectEvents(events);
      emulator.delivered(EXPECTED.size());
      connection.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
    }
  }

  /**
   * The old SDK keeps every parameter as text, numbers too, and sends them as a JSON body in which
   * texts that begin and end like a list or an object have become one.
   */
  static void olderGateway() throws Exception {
    try (Emulator emulator = new Emulator()) {
      String token = emulator.token();
      Map<String, String> parameters = Map.of(
          "agent_id", "1000000001", "process_code", "PROC-EMULATOR-LEAVE", "originator_user_id", "zhangsan",
          "dept_id", "100", "form_component_values", Json.write(Emulator.leave()));
      Map<String, Object> body = new LinkedHashMap<>(parameters);
      body.replaceAll((name, value) -> ((String) value).startsWith("[") ? Json.parse((String) value) : value);
      String id = call(emulator, token, "/topapi/processinstance/create", "application/json", Json.write(body), "process_instance_id");
      String again = call(emulator, token, "/topapi/processinstance/create", "application/x-www-form-urlencoded;charset=UTF-8", Emulator.form(parameters), "process_instance_id");
      emulator.approve(id);
      Map<String, String> get = Map.of("process_instance_id", id);
      String status = call(emulator, token, "/topapi/processinstance/get", "application/json", Json.write(get), "process_instance", "status");
      check("COMPLETED".equals(status), status);
      Map<String, String> list = Map.of("process_code", "PROC-EMULATOR-LEAVE", "start_time", String.valueOf(System.currentTimeMillis() - 3_600_000),
          "size", "20", "cursor", "0", "userid_list", "zhangsan,lisi");
      List<Object> ids = call(emulator, token, "/topapi/processinstance/listids", "application/json", Json.write(list), "result", "list");
      check(List.of(id, again).equals(ids), "listed " + ids);
    }
  }

  static <T> T call(Emulator emulator, String token, String path, String type, String body, Object... result) throws Exception {
    Map<String, Object> reply = Emulator.send("POST", emulator.url + path + "?access_token=" + token, type, body);
    check(reply.get("errcode").equals(0.0), path + ": " + reply);
    return Json.at(reply, result);
  }
}
