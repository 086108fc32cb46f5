package dev.belay.source.report;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.Supplier;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;

/** The meters in JMX under their own names, as Kafka shows its metrics. Read-only. */
final class FeedBean implements DynamicMBean {
  private final Supplier<? extends Collection<FeedStatus>> status;

  FeedBean(Supplier<? extends Collection<FeedStatus>> status) {
    this.status = status;
  }

  @Override
  public Object getAttribute(String name) throws AttributeNotFoundException {
    return Arrays.stream(FeedMeter.values())
        .filter(meter -> meter.shown().equals(name))
        .findFirst()
        .orElseThrow(() -> new AttributeNotFoundException(name))
        .value(status.get());
  }

  @Override
  public AttributeList getAttributes(String[] names) {
    AttributeList found = new AttributeList();
    for (FeedMeter meter : FeedMeter.values()) {
      if (Arrays.asList(names).contains(meter.shown())) {
        found.add(new Attribute(meter.shown(), meter.value(status.get())));
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
        Arrays.stream(FeedMeter.values())
            .map(
                meter ->
                    new MBeanAttributeInfo(
                        meter.shown(),
                        meter.value(status.get()).getClass().getName(),
                        meter.meaning(),
                        true,
                        false,
                        false))
            .toArray(MBeanAttributeInfo[]::new);
    return new MBeanInfo(FeedBean.class.getName(), "A Belay source task", infos, null, null, null);
  }
}
