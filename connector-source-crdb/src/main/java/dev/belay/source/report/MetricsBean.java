package dev.belay.source.report;

import dev.belay.source.report.TaskMetrics.Metric;
import java.util.Arrays;
import java.util.List;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;

/** Metrics in JMX under their own names, as Kafka shows its own. Read-only. */
final class MetricsBean implements DynamicMBean {
  private final List<Metric> metrics;

  MetricsBean(List<Metric> metrics) {
    this.metrics = List.copyOf(metrics);
  }

  @Override
  public Object getAttribute(String name) throws AttributeNotFoundException {
    return metrics.stream()
        .filter(metric -> metric.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AttributeNotFoundException(name))
        .value()
        .get();
  }

  @Override
  public AttributeList getAttributes(String[] names) {
    AttributeList found = new AttributeList();
    for (Metric metric : metrics) {
      if (Arrays.asList(names).contains(metric.name())) {
        found.add(new Attribute(metric.name(), metric.value().get()));
      }
    }
    return found;
  }

  @Override
  public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
    throw new AttributeNotFoundException(attribute.getName() + " is read-only");
  }

  @Override
  public AttributeList setAttributes(AttributeList given) {
    return new AttributeList();
  }

  @Override
  public Object invoke(String action, Object[] arguments, String[] types) {
    throw new IllegalArgumentException("no operations");
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    MBeanAttributeInfo[] infos =
        metrics.stream()
            .map(
                metric ->
                    new MBeanAttributeInfo(
                        metric.name(),
                        metric.value().get().getClass().getName(),
                        metric.meaning(),
                        true,
                        false,
                        false))
            .toArray(MBeanAttributeInfo[]::new);
    return new MBeanInfo(
        MetricsBean.class.getName(), "A Belay source task", infos, null, null, null);
  }
}
