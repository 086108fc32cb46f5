#!/bin/sh
# POSTs the connectors of the folders that are given, in the order of their files' names, and waits until
# each runs. Those that the worker has already stay as they are.
#
#   connectors.sh FOLDER...
#
# CONNECT is the worker's address; RETRY_SECONDS the pause between two tries, 2 unless set.
set -eu

CONNECT=${CONNECT:-http://connect:8083}
RETRY_SECONDS=${RETRY_SECONDS:-2}
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

ask() { # prints the code of HTTP, 000 where nobody answers; what was answered is in $answer
  curl -sS -o "$answer" -w '%{http_code}' "$@" || true
}

post() { # a file, as the connector of a name
  tries=0
  while true; do
    case $(ask "$CONNECT/connectors/$2") in
      200)
        echo "$2: there already"
        return
        ;;
      404)
        case $(ask -X POST -H 'Content-Type: application/json' --data "@$1" "$CONNECT/connectors") in
          201)
            echo "$2: made"
            return
            ;;
          4?[!9])
            echo "$2: refused by the worker" >&2
            cat "$answer" >&2
            exit 1
            ;;
        esac
        ;;
    esac
    # 409 while the workers share out their tasks, 500 when that took too long, 000 while none answers
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ]; then
      echo "$2: the worker at $CONNECT does not take it" >&2
      cat "$answer" >&2
      exit 1
    fi
    sleep "$RETRY_SECONDS"
  done
}

await() { # until a connector's task runs
  tries=0
  while true; do
    code=$(ask "$CONNECT/connectors/$1/status")
    if [ "$code" = 200 ]; then
      if grep -q '"state":"FAILED"' "$answer"; then
        echo "$1: failed" >&2
        cat "$answer" >&2
        exit 1
      fi
      if grep -q '"tasks":\[{[^]]*"state":"RUNNING"' "$answer"; then
        echo "$1: RUNNING"
        return
      fi
    fi
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ]; then
      echo "$1: does not run yet; GET $CONNECT/connectors/$1/status says" >&2
      cat "$answer" >&2
      exit 1
    fi
    sleep "$RETRY_SECONDS"
  done
}

for folder in "$@"; do
  for file in "$folder"/*.json; do
    name=$(sed -n 's/^  "name": "\([^"]*\)".*/\1/p' "$file")
    post "$file" "$name"
    await "$name"
  done
done
