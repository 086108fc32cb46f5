package dev.belay.sink.metrics;

import java.util.Map;
import java.util.function.Supplier;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;

/** Meters in JMX under their own names, as Kafka shows its metrics. Read-only. */
final class MeterBean implements DynamicMBean {

  /** An attribute: what it means, and its value now. */
  record Attribute(String meaning, Supplier<Object> value) {}

  private final String description;
  private final Map<String, Attribute> attributes;

  /**
   * @param attributes by name, in the order of showing
   */
  MeterBean(String description, Map<String, Attribute> attributes) {
    this.description = description;
    this.attributes = attributes;
  }

  @Override
  public Object getAttribute(String name) throws AttributeNotFoundException {
    Attribute attribute = attributes.get(name);
    if (attribute == null) {
      throw new AttributeNotFoundException(name);
    }
    return attribute.value().get();
  }

  @Override
  public AttributeList getAttributes(String[] names) {
    AttributeList found = new AttributeList();
    for (String name : names) {
      if (attributes.containsKey(name)) {
        found.add(new javax.management.Attribute(name, attributes.get(name).value().get()));
      }
    }
    return found;
  }

  @Override
  public void setAttribute(javax.management.Attribute attribute) throws AttributeNotFoundException {
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
        attributes.entrySet().stream()
            .map(
                entry ->
                    new MBeanAttributeInfo(
                        entry.getKey(),
                        entry.getValue().value().get().getClass().getName(),
                        entry.getValue().meaning(),
                        true,
                        false,
                        false))
            .toArray(MBeanAttributeInfo[]::new);
    return new MBeanInfo(MeterBean.class.getName(), description, infos, null, null, null);
  }
}
