#!/bin/bash
# Makes what nobody may know, once: certificates of CockroachDB and passwords of the others, each into a
# volume that only those mount who need it. What is there stays; `docker compose down -v` forgets it.
#
#   /ca          the key of the authority, which nobody else mounts
#   /certs       CockroachDB's certificates, and those of its administrator and of the shop
#   /passwords   one file for each password, for the images that read theirs from a file
#   /connect     what the worker reads: its passwords and its certificates
set -euo pipefail

password() {
  if [ ! -s "/passwords/$1" ]; then
    # A letter first, as Oracle wants it.
    printf 'p%s' "$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')" > "/passwords/$1.new"
    mv "/passwords/$1.new" "/passwords/$1"
  fi
  # Servers read it as users of their own; the volume is what keeps others out.
  chmod 0444 "/passwords/$1"
}

for name in postgres mysql-root oracle target debezium grafana; do
  password "$name"
done

certificate() { # of a user
  if [ ! -s "/certs/client.$1.key" ]; then
    cockroach cert create-client "$1" --certs-dir=/certs --ca-key=/ca/ca.key --also-generate-pkcs8-key
  fi
}

if [ ! -s /ca/ca.key ]; then
  cockroach cert create-ca --certs-dir=/certs --ca-key=/ca/ca.key
fi
if [ ! -s /certs/node.key ]; then
  cockroach cert create-node cockroach localhost 127.0.0.1 --certs-dir=/certs --ca-key=/ca/ca.key
fi
for user in root shopper belay_feed belay; do
  certificate "$user"
done

cp /certs/ca.crt /connect/cockroachdb-ca.crt
for user in belay_feed belay; do
  cp "/certs/client.$user.crt" "/connect/$user.crt"
  cp "/certs/client.$user.key.pk8" "/connect/$user.key.pk8"
done
{
  echo "target.password=$(cat /passwords/target)"
  echo "debezium.password=$(cat /passwords/debezium)"
} > /connect/secrets.properties
# The worker's user, as the image of Kafka makes it.
chown -R 1000:1000 /connect
chmod 0500 /connect
chmod 0400 /connect/*
