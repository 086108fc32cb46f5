/** MySQL 5.7 to 9 and MariaDB 10.11 and newer: one room, since they share nearly all of it. */
package dev.belay.sink.target.mysql;
