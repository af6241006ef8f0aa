import java.io.BufferedReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A dingoa serve for one test; the variable DINGOA names the program. */
final class Emulator implements AutoCloseable {
  static final HttpClient HTTP = HttpClient.newHttpClient();

  final Map<String, Object> started;
  final String url;
  private final Process process;

  Emulator(String... flags) throws Exception {
    List<String> command = new ArrayList<>(List.of(System.getenv().getOrDefault("DINGOA", "dingoa"), "serve", "--json", "--addr", "127.0.0.1:0"));
    command.addAll(List.of(flags));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    started = Json.at(Json.parse(lines.readLine()));
    url = Json.at(started, "url");
  }

  @Override
  public void close() throws Exception {
    process.destroy();
    process.waitFor(10, TimeUnit.SECONDS);
  }

  static Map<String, Object> send(String method, String address, String type, String body) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(address)).header("Content-Type", type)
        .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
    return Json.at(Json.parse(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body()));
  }

  /** Calls the admin API, which is described in docs/emulator.md. */
  Map<String, Object> admin(String method, String path, Object body) throws Exception {
    return send(method, started.get("adminUrl") + path, "application/json", body == null ? "" : Json.write(body));
  }

  /** Drives an approval of zhangsan's through both of its approvers. */
  String runThrough() throws Exception {
    String id = Json.at(admin("POST", "instances", Map.of("processCode", "PROC-EMULATOR-LEAVE", "userId", "zhangsan", "values", leave())), "id");
    approve(id);
    return id;
  }

  void approve(String id) throws Exception {
    for (String user : List.of("lisi", "wangwu")) admin("POST", "instances/" + id + "/approve", Map.of("userId", user));
  }

  static List<Map<String, String>> leave() {
    return List.of(
        Map.of("name", "请假类型", "value", "年假"),
        Map.of("name", "开始日期", "value", "2026-05-04"),
        Map.of("name", "天数", "value", "2"));
  }

  String token() throws Exception {
    return Json.at(send("GET", url + "/gettoken?" + form(Map.of(
        "appkey", (String) started.get("appKey"), "appsecret", (String) started.get("appSecret"))), "text/plain", ""), "access_token");
  }

  static String form(Map<String, String> fields) {
    List<String> pairs = new ArrayList<>();
    fields.forEach((name, value) -> pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return String.join("&", pairs);
  }

  /** Waits until each event is acknowledged, and checks that it was at its first attempt. */
  void delivered(int count) throws Exception {
    for (int i = 0; i < 200; i++, Thread.sleep(50)) {
      Map<String, Object> pushes = admin("GET", "pushes", null);
      List<Map<String, Object>> items = Json.at(pushes, "items");
      if (items.size() < count || items.stream().anyMatch(p -> !"delivered".equals(p.get("state")))) continue;
      Clients.check(items.stream().allMatch(p -> p.get("attempts").equals(1.0)), "more than one attempt: " + items);
      return;
    }
    throw new AssertionError("not delivered: " + admin("GET", "pushes", null));
  }
}
