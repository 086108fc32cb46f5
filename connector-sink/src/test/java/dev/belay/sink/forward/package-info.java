/** Forward replication with real Debezium: from the old database to CockroachDB. */
package dev.belay.sink.forward;
