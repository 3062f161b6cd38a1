#!/usr/bin/env python3
"""Makes a PostgreSQL cluster for stacks and servers to begin with as copies, which cost a small part of
a new one: with the database of a first start, and the two that tests/sql copies.

    seed.py FOLDER MIGRATE     FOLDER goes first; MIGRATE is a built upward-migrate"""

import pathlib
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy/local"))
from cluster import DATABASE, VOLATILE, Cluster  # noqa: E402

START_SECONDS = 600
TABLES, MIGRATED = "upward_test_tables", "upward_test_template"  # as tests/sql/support.c has them


def last_migration():
    """The last file of all, as --to has it; what ends there has no objects yet."""
    names = sorted(path.name for path in (ROOT / "services/evaluation/schema").glob("*.sql"))
    return f"evaluation/{int(names[-1].split('_')[0])}"


def start(cluster, log):
    """The postmaster of a new cluster, when it answers."""
    cluster.prepare()
    argv, arguments = cluster.command()
    postgres = subprocess.Popen(argv + VOLATILE, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                                **arguments)
    deadline = time.monotonic() + START_SECONDS
    while not cluster.ready(postgres.pid):
        if postgres.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL does not start")
        time.sleep(0.02)
    return postgres


def main():
    """Makes it; the exit status."""
    folder, migrate = pathlib.Path(sys.argv[1]), sys.argv[2]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    cluster = Cluster(folder, disposable=True)
    with open(folder / "postgres.log", "wb") as log:
        postgres = start(cluster, log)
        try:
            cluster.set_up(migrate, "--to", last_migration())
            cluster.copy_database(DATABASE, TABLES)
            cluster.set_up(migrate)
            cluster.copy_database(DATABASE, MIGRATED)
            cluster.keep_empty()
        finally:
            postgres.send_signal(signal.SIGINT)
            postgres.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
