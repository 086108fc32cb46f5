/** How commands print what a person reads. */
package dev.belay.cli.text;
