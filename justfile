# Tasks for developers; `just` lists them. Each is one command that works without `just` as well.

set positional-arguments

_default:
    @just --list --unsorted

# Everything that continuous integration checks (it runs `.ci/run`, which also installs what is missing)
ci:
    .ci/run --installed

# All tests, or those whose name contains NAME
test *NAME:
    cargo test -- "$@"

# A simulated year of TICKETS tickets through the real desk and store; prints the rates it came to
year TICKETS="20000":
    YEAR_TICKETS="$1" cargo test --test it -- --nocapture year::a_year

# Three replicas killed, frozen and cut off under load for SECONDS, and a reckoning (docs/soak.md); SOAK_SEED decides what happens
soak SECONDS="300":
    SOAK_SECONDS="$1" cargo test --test it -- --nocapture soak::replicas_killed

# The process killed ROUNDS times over its SQLite file, which is examined after each death
crash ROUNDS="500":
    CRASH_ROUNDS="$1" cargo test --test it -- --nocapture story::killed

# Turns a second, and how long they take, of one, two and three replicas, for SECONDS each
throughput SECONDS="20":
    THROUGHPUT_SECONDS="$1" cargo test --test it -- --nocapture soak::throughput

# The tests that need the model; it is downloaded the first time
test-model *NAME:
    cargo test --test model -- "$@"

# Formatting and lints
lint:
    cargo fmt --check
    cargo clippy --locked --all-targets -- -D warnings

# Format the code
fmt:
    cargo fmt

# The code's documentation, private items included
docs *OPTIONS:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items "$@"

# Licences, second copies and sources of everything that is built in
deny:
    cargo deny --locked check bans licenses sources

# Known vulnerabilities; needs the network
advisories:
    cargo deny --locked check advisories

# The web chat, and the Telegram bot where TELOXIDE_TOKEN is set
run *OPTIONS:
    cargo run --release -- serve "$@"

# Problems in faq_data
check:
    cargo run -- check

# The JSON Schema of a topic file, after its types were changed
schema:
    cargo run -- check --schema > schema/topic.schema.json

# Figures for DIR: a retrieval set (corpus.jsonl, queries.jsonl, qrels.tsv) or labelled questions (questions.tsv)
eval DIR *OPTIONS:
    cargo run --release -- eval "$@"

# What the development questions are held against, after answering became better on purpose (words only)
baseline:
    #!/usr/bin/env bash
    set -euo pipefail
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    run() {
        ZHENGQITONG_MODEL__ENABLED=false cargo run --release -- "$@" \
            --index-dir "$scratch/index" --database-url "sqlite://$scratch/state.db"
    }
    run reindex
    run eval tests/eval --format json > tests/eval/baseline.json

# Accept or refuse changed snapshots one by one (needs cargo-insta)
review:
    cargo insta review

# Pictures of the web chat in target/screenshots, wide and narrow (needs chromium and fonts-noto-cjk)
screenshots:
    #!/usr/bin/env bash
    set -euo pipefail
    cargo build --release
    scratch=$(mktemp -d)
    port=18080
    target/release/zhengqitong serve --listen "127.0.0.1:$port" --index-dir "$scratch/index" \
        --database-url "sqlite://$scratch/state.db" >"$scratch/log" 2>&1 &
    server=$!
    trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$scratch"' EXIT
    for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
        kill -0 "$server" 2>/dev/null || { cat "$scratch/log"; exit 1; }
        sleep 0.2
    done
    mkdir -p target/screenshots
    for size in 1280,900 390,844; do
        chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$scratch/browser" \
            --window-size="$size" --screenshot="target/screenshots/chat-${size%,*}.png" "http://127.0.0.1:$port/"
    done
    ls target/screenshots

# What is shipped: one optimised binary
dist:
    cargo build --profile dist --locked
    @ls -l target/dist/zhengqitong

# The container image
image TAG="zhengqitong":
    docker build --tag "$1" .
