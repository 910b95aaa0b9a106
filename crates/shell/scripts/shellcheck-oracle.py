#!/usr/bin/env python3
"""How far our ShellCheck findings agree with ShellCheck itself, code by code, on any scripts.

usage: shellcheck-oracle.py SCRIPTS.jsonl --sc-lint target/debug/examples/sc-lint [--shellcheck shellcheck] [--show CODE] [--limit N]

SCRIPTS.jsonl has one object a line: {"text": "...", "shell": "bash", "variables": ["X"]}. ShellCheck reads each script
behind the prelude that hadolint writes (a shebang and `export X=1` for each variable) and with hadolint's exclusions.
Counted is whether a script has a code, once for each code and script; --places also compares offsets.
"""
import argparse, collections, json, os, subprocess, sys, tempfile

BATCH = 200


def shellcheck(binary, rows):
    """The findings of each script: a set of (code, start offset, level)."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for first in range(0, len(rows), BATCH):
            batch = rows[first:first + BATCH]
            names, preludes = [], []
            for index, row in enumerate(batch):
                prelude = f"#!/bin/{row.get('shell', 'sh')}\n" + "".join(f"export {v}=1\n" for v in sorted(set(row.get("variables", []))))
                name = os.path.join(folder, f"{index}.sh")
                with open(name, "w", newline="") as file:
                    file.write(prelude + row["text"])
                names.append(name)
                preludes.append(prelude.count("\n"))
            out = subprocess.run([binary, "--norc", "-f", "json1", "-e", "SC2187,SC1090,SC1091", *names], capture_output=True, text=True).stdout
            per = collections.defaultdict(set)
            for comment in json.loads(out)["comments"]:
                index = int(os.path.basename(comment["file"])[:-3])
                line = comment["line"] - preludes[index]
                if line < 1:
                    continue
                lines = batch[index]["text"].split("\n")
                text = lines[line - 1] if line <= len(lines) else ""
                # ShellCheck counts a tab as going to the next multiple of eight.
                column, at = 1, 0
                while column < comment["column"] and at < len(text):
                    column = (column - 1) // 8 * 8 + 9 if text[at] == "\t" else column + 1
                    at += 1
                offset = len("\n".join(lines[:line - 1]).encode()) + (line > 1) + len(text[:at].encode())
                per[index].add((f"SC{comment['code']}", offset, comment["level"]))
            found += [per[i] for i in range(len(batch))]
    return found


def ours(binary, rows):
    text = "".join(json.dumps(row) + "\n" for row in rows)
    out = subprocess.run([binary], input=text, capture_output=True, text=True, check=True).stdout
    return [{(code, start, level) for code, start, _end, level in json.loads(line)} for line in out.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scripts")
    parser.add_argument("--sc-lint", required=True)
    parser.add_argument("--shellcheck", default="shellcheck")
    parser.add_argument("--show")
    parser.add_argument("--limit", type=int, default=5)
    parser.add_argument("--places", action="store_true")
    args = parser.parse_args()
    rows = [json.loads(line) for line in open(args.scripts)]
    theirs, mine = shellcheck(args.shellcheck, rows), ours(args.sc_lint, rows)
    table, shown, levels = collections.Counter(), collections.Counter(), set()
    for row, t, m in zip(rows, theirs, mine):
        key = (lambda f: f[:2]) if args.places else (lambda f: f[0])
        t_keys, m_keys = set(map(key, t)), set(map(key, m))
        levels |= {(a[0], a[2], b[2]) for a in t for b in m if a[0] == b[0] and a[2] != b[2]}
        for k in t_keys | m_keys:
            code = k[0] if args.places else k
            kind = "both" if k in t_keys and k in m_keys else "missed" if k in t_keys else "extra"
            table[code, kind] += 1
            if kind != "both" and args.show in (code, kind, "ALL") and shown[code, kind] < args.limit:
                shown[code, kind] += 1
                place = k[1] if args.places else min(f[1] for f in t | m if f[0] == code)
                data = row["text"].encode()
                around = data[max(0, place - 60):place] + b" >>>" + data[place:place + 80]
                print(f"{kind} {code} [{row.get('shell', 'sh')}] {around.decode(errors='replace')!r}")
    total = collections.Counter()
    for code in sorted({code for code, _ in table}):
        both, missed, extra = (table[code, kind] for kind in ("both", "missed", "extra"))
        f1 = 2 * both / (2 * both + missed + extra)
        total.update(both=both, missed=missed, extra=extra)
        if f1 < 1 or not args.show:
            print(f"{code:8} both {both:5} missed {missed:5} extra {extra:5} f1 {f1:.3f}")
    both, missed, extra = total["both"], total["missed"], total["extra"]
    print(f"all      both {both:5} missed {missed:5} extra {extra:5} f1 {2 * both / max(1, 2 * both + missed + extra):.4f}")
    for code, their_level, our_level in sorted(levels):
        print(f"level of {code}: {their_level}, ours {our_level}")


if __name__ == "__main__":
    main()
