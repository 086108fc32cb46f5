package dev.belay.sink.metrics;

import org.apache.kafka.common.TopicPartition;

/** Where meters are shown. */
interface MeterBoard extends AutoCloseable {

  void show(TopicPartition partition, PartitionMeter.Reading reading);

  /** Shows what could not be shown before. */
  void refresh();

  void hide(TopicPartition partition);

  @Override
  void close();
}
