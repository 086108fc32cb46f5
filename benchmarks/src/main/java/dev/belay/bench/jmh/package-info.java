/** The CPU's share of the sink, without servers: decoding and planning, time and allocation. */
package dev.belay.bench.jmh;
