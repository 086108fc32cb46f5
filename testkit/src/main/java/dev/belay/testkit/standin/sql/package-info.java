/** SQL as text: taking it apart far enough to tell what belongs to PostgreSQL and what does not. */
package dev.belay.testkit.standin.sql;
