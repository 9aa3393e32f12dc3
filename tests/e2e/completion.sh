#!/bin/sh
# The completion scripts, in the shells that they are for.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
PATH=${TCPVIZ%/*}:$PATH
TCPVIZ_CAPTURES=$TOP_SRCDIR/captures
export PATH TCPVIZ_CAPTURES
for shell in bash zsh fish; do
    "$TCPVIZ" --completion $shell >"$work/$shell" 2>"$work/said"
    check "there is one for $shell" test -s "$work/$shell"
done
"$TCPVIZ" --completion csh >"$work/none" 2>"$work/said"
check "another shell is told so, with status 2" test $? -eq 2 -a ! -s "$work/none"

# in an empty directory, so that no file name comes between
mkdir "$work/empty" && cd "$work/empty" || exit 99

# completes SHELL-NAME EXPECTED-PATTERN WORD…: what the last word becomes
in_bash() {
    bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tcpviz
        printf "%s\n" "${COMPREPLY[@]}"' bash "$work/bash" "$@"
}
in_fish() {
    fish --no-config -c 'source $argv[1]; complete -C "$argv[2]"' "$work/fish" "$*" | cut -f 1
}
for shell in bash fish; do
    if ! command -v $shell >/dev/null; then
        skip "completion works in $shell" "$shell is not installed"
        continue
    fi
    in_$shell tcpviz --form >"$work/seen"
    check "$shell completes an option" grep -qx -e --format "$work/seen"
    in_$shell tcpviz -f '' >"$work/seen"
    check "$shell completes a format" grep -qx json "$work/seen"
    in_$shell tcpviz --lab handshake >"$work/seen"
    check "$shell completes a scenario" grep -qx handshake-four-way-close "$work/seen"
    in_$shell tcpviz -i '' >"$work/seen"
    check "$shell completes an interface" grep -qx lo "$work/seen"
    in_$shell tcpviz portr >"$work/seen"
    check "$shell completes a filter word" grep -qx portrange "$work/seen"
done
# zsh completes in its line editor only, which takes a terminal
if command -v zsh >/dev/null; then
    check "zsh can read its script" zsh -n "$work/zsh"
    cat >"$work/run.zsh" <<'END'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; echo rea''dy"
zpty -r z seen '*ready*' || exit 1
zpty -w -n z $'tcpviz --form\t'
zpty -r z seen '*--format*' && echo --format
zpty -d z
END
    mkdir "$work/fpath" && cp "$work/zsh" "$work/fpath/_tcpviz"
    timeout 60 zsh -f "$work/run.zsh" "$work/fpath" >"$work/seen" 2>"$work/said"
    check "zsh completes an option" grep -qx -e --format "$work/seen"
else
    skip "zsh can read its script" "zsh is not installed"
    skip "zsh completes an option" "zsh is not installed"
fi
done_testing
