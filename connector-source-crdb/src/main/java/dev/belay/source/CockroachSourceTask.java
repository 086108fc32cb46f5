package dev.belay.source;

import dev.belay.source.config.SourceConfig;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/** Lifecycle only: what it does is a {@link Delivery}. */
public final class CockroachSourceTask extends SourceTask {
  private Delivery delivery = Delivery.NONE;

  @Override
  public String version() {
    return Version.text();
  }

  @Override
  public void start(Map<String, String> settings) {
    delivery = Delivery.of(new SourceConfig(settings), context);
  }

  @Override
  public List<SourceRecord> poll() throws InterruptedException {
    return delivery.poll();
  }

  @Override
  public void commitRecord(SourceRecord record, RecordMetadata metadata) {
    delivery.written(record);
  }

  @Override
  public void stop() {
    delivery.close();
  }
}
