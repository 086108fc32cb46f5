/**
 * Real MySQL and MariaDB servers: from Debian's archive, without Docker, and old versions in
 * containers. Linux on amd64.
 */
package dev.belay.testkit.mysql;
