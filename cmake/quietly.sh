# For ./run and ./test, which source it: quietly COMMAND... shows nothing when the command works, and its
# whole log when it does not.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    cat "$log" >&2
    echo "${0##*/}: failed: $*" >&2
  fi
  rm -f "$log"
  return "$status"
}
