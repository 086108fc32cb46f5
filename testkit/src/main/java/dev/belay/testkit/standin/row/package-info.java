/** The stand-in's vocabulary: times, types, tables, rows and how they changed. Values only. */
package dev.belay.testkit.standin.row;
