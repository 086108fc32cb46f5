/**
 * What tests of documents share: the checkout's files, pages that are made from code, and what the
 * zips carry. Paths are seen from a module's folder, where Maven runs its tests.
 */
package dev.belay.testkit.docs;
