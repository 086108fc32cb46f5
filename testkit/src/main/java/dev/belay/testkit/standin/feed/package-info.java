/** Changefeed jobs: what they were asked for, what they have sent, and how they stop. */
package dev.belay.testkit.standin.feed;
