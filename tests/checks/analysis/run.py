#!/usr/bin/env python3
"""All C sources of the product under gcc -fanalyzer and cppcheck.

	run.py FLAG...      the compiler's flags, as the Makefile has them

What the two say that is not so stands in exceptions.yaml, each with its reason. Any other remark is
a fault, and so is an exception that nothing needs any more."""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
GCC = re.compile(r"^\S+?:\d+:\d+: warning: .*\[(-Wanalyzer-[a-z-]+)\]$", re.M)
CPPCHECK = re.compile(r"^(\S+?):\d+: (\w+): .*$", re.M)


def output(*argv):
    """What a tool says on stderr."""
    return subprocess.run(argv, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, check=False).stderr


def gcc(source, flags):
    """(tool, file, warning, text) of each remark on one source. The analyzer sees less at -O2."""
    said = output("gcc", *flags, "-Wno-error", "-O1", "-fanalyzer", "-S", "-o", os.devnull, source)
    return [("gcc", source, found.group(1), found.group(0)) for found in GCC.finditer(said)]


def cppcheck(sources, flags):
    """The same of cppcheck, of all sources."""
    said = output("cppcheck", "--quiet", f"-j{os.cpu_count()}", "--std=c11", "--enable=warning,performance,portability",
                  "--suppress=missingIncludeSystem", "--template={file}:{line}: {id}: {message}", f"--include={HERE}/macros.h",
                  *[flag for flag in flags if flag.startswith(("-I", "-D"))], *sources)
    return [("cppcheck", found.group(1), found.group(2), found.group(0)) for found in CPPCHECK.finditer(said)]


def main():
    """Prints what is wrong; the exit status."""
    flags = sys.argv[1:]
    sources = subprocess.run(["git", "ls-files", "shared/*.c", "services/*.c"], cwd=ROOT, text=True,
                             capture_output=True, check=True).stdout.split()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        remarks = sum(pool.map(lambda source: gcc(source, flags), sources), cppcheck(sources, flags))
    known = {(one["tool"], one["file"], one["warning"]): one["why"]
             for one in yaml.safe_load((HERE / "exceptions.yaml").read_text())}
    faults = [f"{tool}: {text}" for tool, file, warning, text in remarks if (tool, file, warning) not in known]
    met = {remark[:3] for remark in remarks}
    faults += [f"exceptions.yaml: {' '.join(one)} is not said any more" for one in known if one not in met]
    print("\n".join(faults + [f"{len(sources)} sources, {len(remarks)} remarks, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
