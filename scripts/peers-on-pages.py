#!/usr/bin/env python3
"""Run hadolint and Trivy on the Dockerfile examples of the rule pages (and on folders of Dockerfiles that are named),
and show where their codes and plimsoll's differ.

usage: peers-on-pages.py PLIMSOLL [--hadolint PROGRAM] [--trivy PROGRAM] [--codes DL3000,DS-0009] [FOLDER...]
hadolint is compared by line, Trivy by file; codes that no finding of either side has are not shown."""
import argparse, json, pathlib, re, subprocess, tempfile

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("plimsoll")
arguments.add_argument("--hadolint")
arguments.add_argument("--trivy")
arguments.add_argument("--codes", help="only these, comma-separated; a code may end with *")
arguments.add_argument("folders", nargs="*", type=pathlib.Path)
arguments = arguments.parse_args()
pages = pathlib.Path(__file__).resolve().parent.parent / "rules" / "dockerfile"


def code(text):
    number = re.match(r"(?:AVD-)?DS-?0*(\d+)$", text)
    return f"DS-{int(number[1]):04}" if number else text


def wanted(text):
    if not arguments.codes:
        return True
    return any(text == c or (c.endswith("*") and text.startswith(c[:-1])) for c in arguments.codes.split(","))


def examples(folder):
    """Writes each example into a folder of its own; gives the folders by where they came from."""
    found = {}
    for page in sorted(pages.glob("*.md")):
        for fence in re.finditer(r"^```dockerfile[^\n]*\n(.*?)^```", page.read_text(), re.M | re.S):
            line = page.read_text()[: fence.start()].count("\n") + 1
            found[f"{page.name}:{line}"] = fence[1].encode()
    for given in arguments.folders:
        for file in sorted(p for p in given.rglob("*") if p.is_file()):
            found[str(file)] = file.read_bytes()
    for number, (origin, text) in enumerate(found.items()):
        (folder / str(number)).mkdir()
        (folder / str(number) / "Dockerfile").write_bytes(text)
    return list(found)


def plimsoll(folder):
    command = [arguments.plimsoll, "lint", "--select", "ALL", "--format", "json", str(folder)]
    report = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    for finding in report["findings"]:
        number = int(pathlib.Path(finding["file"]).parent.name)
        for also in finding.get("also", []):
            yield number, code(also), finding.get("instruction_line") or finding.get("line")


def hadolint(folder, count):
    for number in range(count):
        command = [arguments.hadolint, "--format", "json", "--no-fail", str(folder / str(number) / "Dockerfile")]
        run = subprocess.run(command, capture_output=True, check=False)
        try:
            findings = json.loads(run.stdout)
        except json.JSONDecodeError:
            findings = [{"code": "DL1000", "line": 0}]
        for finding in findings:
            yield number, finding["code"], finding["line"]


def trivy(folder):
    command = [arguments.trivy, "config", "--skip-check-update", "--format", "json", "--quiet", str(folder)]
    report = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    for result in report.get("Results", []):
        for fault in result.get("Misconfigurations", []):
            if fault["Status"] == "FAIL":
                yield int(result["Target"].split("/")[0]), code(fault["ID"]), 0


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    origins = examples(folder)
    ours = set(plimsoll(folder))
    sides = []
    if arguments.hadolint:
        theirs = set(hadolint(folder, len(origins)))
        refused = {number for number, found, _ in theirs if found == "DL1000"}
        sides.append(({x for x in theirs if x[0] not in refused}, {x for x in ours if re.match(r"DL\d+$", x[1]) and x[0] not in refused}))
    if arguments.trivy:
        sides.append((set(trivy(folder)), {(n, c, 0) for n, c, _ in ours if c.startswith("DS-")}))
    for theirs, ours in sides:
        theirs = {x for x in theirs if wanted(x[1])}
        ours = {x for x in ours if wanted(x[1])}
        for word, difference in (("missed", theirs - ours), ("extra", ours - theirs)):
            for number, found, line in sorted(difference, key=lambda x: (x[1], x[0], x[2])):
                print(word, found, origins[number], line or "")
        print(f"agreed {len(theirs & ours)}, missed {len(theirs - ours)}, extra {len(ours - theirs)}")
