#!/usr/bin/env bash
# Counts the instructions of the hot paths with valgrind and says what moved by more than 2%
# against benches/instructions.baseline. With --write it replaces the baseline.
# Counts belong to one compiler and one target; the baseline names both.
set -euo pipefail
cd "$(dirname "$0")/.."

jobs=(cold score rank rank_gated top_1000 one_by_one assess_100)
baseline=benches/instructions.baseline
cargo build --quiet --release --all-features --bench instructions
program=$(cargo build --quiet --release --all-features --bench instructions --message-format json |
    tr ',' '\n' | sed -n 's/.*"executable":"\([^"]*instructions[^"]*\)".*/\1/p' | tail -n 1)
count() {
    RAYON_NUM_THREADS=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
setup=$(count setup)
compiler=$(rustc --version | cut -d' ' -f2)
result="# $compiler, $(rustc -vV | sed -n 's/host: //p'), 100,000 complaints, setup taken off"
for job in "${jobs[@]}"; do
    result+=$'\n'"$job $(($(count "$job") - setup))"
done
if [ "${1:-}" = --write ]; then
    printf '%s\n' "$result" >"$baseline"
fi
printf '%s\n' "$result" | grep -v '^#' | awk -v baseline="$baseline" '
    BEGIN { while ((getline line < baseline) > 0) { split(line, part, " "); before[part[1]] = part[2] } }
    { change = before[$1] ? 100 * ($2 - before[$1]) / before[$1] : 0
      printf "%-12s %14d  %7.1f a complaint  %+6.1f%%%s\n", $1, $2, $2 / 100000, change, (change > 2 || change < -2) ? "  MOVED" : "" }'
