package dev.belay.sink.target.oracle;

import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.util.Map;
import java.util.TreeMap;

/** Keeps what is bound, as there is no statement without a server. */
final class RecordedStatement {

  /**
   * What was bound to one parameter.
   *
   * @param method of PreparedStatement
   * @param value null for NULL
   * @param type the last argument where there is one, else 0
   */
  record Bound(String method, Object value, int type) {}

  private final Map<Integer, Bound> bound = new TreeMap<>();

  PreparedStatement statement() {
    return (PreparedStatement)
        Proxy.newProxyInstance(
            RecordedStatement.class.getClassLoader(),
            new Class<?>[] {PreparedStatement.class},
            (proxy, method, arguments) -> {
              if (!method.getName().startsWith("set") || !(arguments[0] instanceof Integer at)) {
                throw new UnsupportedOperationException(method.getName());
              }
              boolean isNull = method.getName().equals("setNull");
              bound.put(
                  at,
                  new Bound(
                      method.getName(),
                      isNull ? null : arguments[1],
                      isNull ? (int) arguments[1] : arguments.length > 2 ? (int) arguments[2] : 0));
              return null;
            });
  }

  Bound at(int parameter) {
    return bound.get(parameter);
  }
}
