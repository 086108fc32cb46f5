/** What commands have in common that look after connectors. */
package dev.belay.cli.connect;
