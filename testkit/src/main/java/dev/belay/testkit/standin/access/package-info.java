/** Who may do what, beside PostgreSQL's own privileges: those that CockroachDB has in addition. */
package dev.belay.testkit.standin.access;
