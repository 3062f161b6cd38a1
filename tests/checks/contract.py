#!/usr/bin/env python3
"""The contract: what clients of the released one rely on is still there, and the linters that npm
brings find nothing. Where there is no npm they are skipped: the house's own rules are the build's."""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def passes(name, *argv):
    """Runs one check and says what came of it."""
    done = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(f"{'FAILED' if done.returncode else 'ok'} {name}")
    if done.returncode:
        print(done.stdout)
    return done.returncode == 0


def main():
    """Prints the tally."""
    results = [passes("nothing is gone that was released", sys.executable, "shared/tools/released.py")]
    skipped = 0
    if shutil.which("npm"):
        results.append(passes("Redocly, Spectral and TypeScript", "bash", "tests/checks/contract/lint.sh"))
    else:
        skipped = 1
        print("skipped: Redocly, Spectral and the TypeScript types need npm (deploy/local/install.sh lint)")
    failed = results.count(False)
    print(f"{len(results) - failed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
