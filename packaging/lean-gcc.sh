#!/bin/sh
# Links as STANCH_LINKER does, and takes the tables out that walking the stack needs: a panic ends the program at once, so
# nothing ever reads them, and they are a twentieth of it. The standard library's own cannot be left out otherwise.
# For programs at a fixed address. rustc calls it (flags.sh), and takes from its name that it is called as gcc is.
set -eu
"$STANCH_LINKER" "$@" -Wl,--no-eh-frame-hdr
out=
for argument in "$@"; do
    [ "$out" != -o ] || { out=$argument && break; }
    [ "$argument" != -o ] || out=-o
done
exec "$STANCH_OBJCOPY" -R .eh_frame -R .gcc_except_table "$out"
