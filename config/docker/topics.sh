#!/bin/bash
# The topics of the shop, before the changefeed makes them with the broker's defaults. Their names are the arguments.
set -euo pipefail

for topic in "$@"; do
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka:19092 --create --if-not-exists \
    --topic "$topic" --partitions 3 --replication-factor 1 \
    --config cleanup.policy=delete --config retention.ms=604800000
done
