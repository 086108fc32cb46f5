/**
 * The demo: a failback from the CockroachDB stand-in through a real Kafka and a real Connect worker
 * into a real PostgreSQL, watched and checked. {@link dev.belay.cli.demo.Demo} tells the story.
 */
package dev.belay.cli.demo;
