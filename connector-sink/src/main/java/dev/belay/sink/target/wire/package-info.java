/**
 * What CockroachDB's texts of numbers, dates, times, intervals and arrays say, for any target: each
 * class reads a text exactly or not at all, and knows nothing of a database's own text forms.
 *
 * <p>The forms are those of CockroachDB's {@code AsJSON} and of its PostgreSQL-style formatting;
 * where PostgreSQL itself writes another form of the same value (a space for the {@code T}, {@code
 * BC} for an astronomical year), that is read as well.
 */
package dev.belay.sink.target.wire;
