import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes JSON with maps, lists, texts, doubles and booleans: Java has nothing of its own. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value();
    if (json.peek() != 0) throw new IllegalArgumentException("something after the value");
    return value;
  }

  /** Walks down by names and positions. */
  @SuppressWarnings("unchecked")
  static <T> T at(Object value, Object... path) {
    for (Object step : path) {
      value = step instanceof Integer i ? ((List<Object>) value).get(i) : ((Map<String, Object>) value).get(step);
    }
    return (T) value;
  }

  static String write(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> members = new ArrayList<>();
      map.forEach((name, member) -> members.add(write(name) + ":" + write(member)));
      return "{" + String.join(",", members) + "}";
    }
    if (value instanceof List<?> list) return "[" + String.join(",", list.stream().map(Json::write).toList()) + "]";
    if (value instanceof Double d && d == Math.rint(d)) return String.valueOf(d.longValue());
    if (!(value instanceof String text)) return String.valueOf(value);
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') quoted.append('\\').append(c);
      else if (c < ' ') quoted.append(String.format("\\u%04x", (int) c));
      else quoted.append(c);
    }
    return quoted.append('"').toString();
  }

  private char peek() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
    return at < text.length() ? text.charAt(at) : 0;
  }

  private boolean take(char c) {
    if (peek() != c) return false;
    at++;
    return true;
  }

  private void expect(char c) {
    if (!take(c)) throw new IllegalArgumentException("no " + c + " at " + at);
  }

  private Object value() {
    switch (peek()) {
      case '{' -> {
        Map<String, Object> map = new LinkedHashMap<>();
        expect('{');
        while (!take('}')) {
          peek();
          String name = string();
          expect(':');
          map.put(name, value());
          take(',');
        }
        return map;
      }
      case '[' -> {
        List<Object> list = new ArrayList<>();
        expect('[');
        while (!take(']')) {
          list.add(value());
          take(',');
        }
        return list;
      }
      case '"' -> {
        return string();
      }
      default -> {
        int from = at;
        while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) at++;
        String word = text.substring(from, at);
        return switch (word) {
          case "true" -> true;
          case "false" -> false;
          case "null" -> null;
          default -> Double.valueOf(word);
        };
      }
    }
  }

  private String string() {
    expect('"');
    StringBuilder read = new StringBuilder();
    while (text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c != '\\') {
        read.append(c);
        continue;
      }
      c = text.charAt(at++);
      switch (c) {
        case 'n' -> read.append('\n');
        case 'r' -> read.append('\r');
        case 't' -> read.append('\t');
        case 'b' -> read.append('\b');
        case 'f' -> read.append('\f');
        case 'u' -> {
          read.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
          at += 4;
        }
        default -> read.append(c);
      }
    }
    at++;
    return read.toString();
  }
}
