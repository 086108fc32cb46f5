package dev.belay.source.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class JmxBeanTest {
  private static final Map<String, String> PROPERTIES = Map.of("connector", "a");

  @Test
  void aTaskThatEndsLateLeavesTheNameToItsSuccessor() throws Exception {
    ObjectName name = new ObjectName("dev.belay:type=test-task,connector=a");
    JmxBean abandoned = JmxBean.show(bean(), "test-task", PROPERTIES);
    JmxBean successor = JmxBean.show(bean(), "test-task", PROPERTIES);
    abandoned.close();
    assertThat(ManagementFactory.getPlatformMBeanServer().isRegistered(name)).isTrue();
    successor.close();
    assertThat(ManagementFactory.getPlatformMBeanServer().isRegistered(name)).isFalse();
  }

  private static Object bean() {
    return new MetricsBean(List.of());
  }
}
