/** A schema registry for tests. */
package dev.belay.testkit.registry;
