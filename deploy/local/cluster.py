"""The embedded PostgreSQL of a local stack: a private cluster that listens only on a Unix socket.

PostgreSQL refuses to run as root, so under root it runs as the system user `upward`, which is created
if necessary. If that user cannot reach the stack's folder (a checkout under /root), the data are in
/var/lib/upward, and a link in the folder points there. Disposable data are in memory where there is much
of it, again with a link: tests make and remove thousands of files."""

import fcntl
import getpass
import hashlib
import os
import pathlib
import pwd
import shutil
import stat
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PORT = 5432  # the socket's name only: no TCP
DATABASE = "upward"
EMPTY = "upward_empty"  # for stacks that tests reset
EMPTY_ROWS = "empty.sql"  # in the stack's folder: the rows of the same
ROLES = ["profiles", "matching", "scheduling", "evaluation"]
# What upward-migrate reports about a database that was created by another source tree.
OF_ANOTHER_TREE = ("was changed after it had been applied", "was applied and is missing here")
# For disposable data: a killed process loses nothing, but a crash of the machine may lose everything.
VOLATILE = ["-c", "fsync=off", "-c", "full_page_writes=off"]
# What upward-migrate fills and nobody else writes to: it stays when a database is emptied.
KEPT = ("catalogue", "event", "message", "migration", "object", "object_set", "person_field", "segment", "step",
        "task_kind", "viewer")
KEPT_MARKS = ", ".join(f"(SELECT string_agg(concat(ctid, xmin), ',') FROM common.{name})" for name in KEPT)
# A digest of the whole schema and of the rows that stay; it differs even after a change that was undone.
SCHEMA_MARK = f"""
    SELECT md5(concat({KEPT_MARKS},
        (SELECT string_agg(concat(oid, relname, relacl, relkind, relowner), ',' ORDER BY oid) FROM pg_class
            WHERE relnamespace IN (SELECT oid FROM ours)),
        (SELECT string_agg(concat(attrelid, attnum, xmin), ',' ORDER BY attrelid, attnum) FROM pg_attribute
            WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours))),
        (SELECT string_agg(concat(oid, xmin), ',' ORDER BY oid) FROM pg_proc
            WHERE pronamespace IN (SELECT oid FROM ours)),
        (SELECT string_agg(concat(oid, xmin), ',' ORDER BY oid) FROM pg_trigger),
        (SELECT string_agg(concat(oid, xmin), ',' ORDER BY oid) FROM pg_rewrite),
        (SELECT string_agg(concat(oid, xmin), ',' ORDER BY oid) FROM pg_policy),
        (SELECT string_agg(concat(oid, xmin), ',' ORDER BY oid) FROM pg_constraint
            WHERE connamespace IN (SELECT oid FROM ours)),
        (SELECT string_agg(concat(oid, nspowner, nspacl), ',' ORDER BY oid) FROM ours)))
"""
# (Without the xmin of schemas: roles.sql, run again on a copy, updates them without a change.)
OURS = "(SELECT oid, nspowner, nspacl FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')"
EMPTIED = f"""c.relkind = 'r' AND c.relnamespace IN (SELECT oid FROM {OURS} o)
        AND NOT (c.relnamespace = 'common'::regnamespace AND c.relname = ANY (ARRAY{list(KEPT)}))"""
# Runs without triggers, as when a database is restored, when nobody is writing. TRUNCATE would make the
# services plan every statement anew: only where there is much does it cost less.
EMPTY_TABLES = f"""
    DO $$ DECLARE
        filled record;
    BEGIN
    EXECUTE (SELECT format('LOCK TABLE %s IN EXCLUSIVE MODE', string_agg(c.oid::regclass::text, ', '))
        FROM pg_class c WHERE {EMPTIED});
    FOR filled IN SELECT c.oid::regclass AS name, pg_relation_size(c.oid) > 1000000 AS large FROM pg_class c
        WHERE {EMPTIED} AND pg_relation_size(c.oid) > 0
    LOOP
        EXECUTE CASE WHEN filled.large THEN format('TRUNCATE %s CASCADE', filled.name)
            ELSE format('DELETE FROM %s', filled.name) END;
    END LOOP;
    END $$
"""
MEMORY, MEMORY_LEAST = pathlib.Path("/dev/shm"), 8 << 30  # bytes that must be free
SOCKET_PATH_MOST = 90  # of 107 bytes, less the name of the socket itself

SETTINGS = """\
# Written by deploy/local at every start.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 150
shared_buffers = 256MB
huge_pages = try
jit = off
timezone = UTC
log_timezone = UTC
random_page_cost = 1.1
effective_io_concurrency = 100
effective_cache_size = 2GB
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = on
fsync = on
full_page_writes = on
synchronous_commit = on
track_io_timing = on
log_destination = stderr
log_line_prefix = '%m [%p] %u '
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
max_prepared_transactions = 0
"""


def binaries():
    """The folder that contains initdb and postgres."""
    for folder in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    raise RuntimeError("PostgreSQL is not installed; run deploy/local/install.sh run")


def unprivileged_user():
    """The account that runs PostgreSQL: the current user or, for root, `upward`."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    # Two stacks may start at the same time. useradd's own lock does not prevent one from reading the
    # accounts while the other writes them; so the second waits here and then finds the account.
    with open("/etc/passwd", "rb") as accounts:
        fcntl.flock(accounts, fcntl.LOCK_EX)
        try:
            return pwd.getpwnam("upward")
        except KeyError:
            subprocess.run(["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent",
                            "--shell", "/usr/sbin/nologin", "upward"], check=True)
            return pwd.getpwnam("upward")


def reachable(folder, user):
    """Whether the user may enter every folder on the path."""
    for part in [folder, *folder.parents]:
        mode = part.stat()
        bit = (stat.S_IXUSR if mode.st_uid == user.pw_uid else
               stat.S_IXGRP if mode.st_gid == user.pw_gid else stat.S_IXOTH)
        if not mode.st_mode & bit:
            return False
    return True


def private(folder, user):
    """Creates the folder with mode 0700 for the user; an existing one must belong to the user or to us."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    mode = folder.lstat()
    if not stat.S_ISDIR(mode.st_mode) or mode.st_uid not in (user.pw_uid, os.geteuid()):
        raise RuntimeError(f"{folder} belongs to another user")
    os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o700)
    return folder


def has_much_memory():
    """Whether there is room in memory for the clusters of a test run."""
    try:
        free = os.statvfs(MEMORY)
        facts = dict(line.split(":") for line in pathlib.Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
        available = int(facts["MemAvailable"].split()[0]) << 10
    except (OSError, KeyError):
        return False
    return os.access(MEMORY, os.W_OK) and min(free.f_bavail * free.f_frsize, available) >= MEMORY_LEAST


def discard(folder):
    """Removes the data of a folder's cluster if they are in memory; PostgreSQL has ended."""
    link = folder / "pg"
    if link.is_symlink() and link.readlink().is_relative_to(MEMORY):
        shutil.rmtree(link.readlink().parent, ignore_errors=True)
        link.unlink()


class Cluster:
    """One cluster in `folder`/pg, with its socket in a folder that no other user may enter."""

    def __init__(self, folder, disposable=False):
        self.user, self.folder = unprivileged_user(), folder
        self.mark = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        self.data = folder / "pg"
        self.socket = folder / "socket"
        if not self.data.exists() and not self.data.is_symlink():
            self._link(disposable)
        if self.data.is_symlink():
            self.data = self.data.readlink()
            self.socket = self.data.parent / "socket"
        if len(str(self.socket)) > SOCKET_PATH_MOST:
            self.socket = self._short_socket()

    def _link(self, disposable):
        """Makes `folder`/pg a link to where the data of a new cluster shall be, if that is elsewhere."""
        if disposable and has_much_memory():
            base = MEMORY
        elif os.geteuid() == 0 and not reachable(self.folder, self.user):
            base = pathlib.Path("/var/lib/upward")
        else:
            return
        real = base / (self.mark if base != MEMORY else f"upward-{getpass.getuser()}-{self.mark}")
        if real.exists():
            shutil.rmtree(real)  # of a folder that was removed since
        (self.folder / "pg").symlink_to(real / "pg")

    def _short_socket(self):
        run = pathlib.Path(f"/run/user/{self.user.pw_uid}")
        base = run if os.access(run, os.W_OK) else pathlib.Path(tempfile.gettempdir())
        return base / f"upward-{getpass.getuser()}-{self.mark}"

    def _as_user(self):
        if os.geteuid() != 0:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def prepare(self):
        """Creates the cluster if there is none, and writes its settings. True if it is new."""
        self.data.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        private(self.socket, self.user)
        new = not (self.data / "PG_VERSION").exists()
        if new:
            if self.data.exists():
                shutil.rmtree(self.data)
            private(self.data, self.user)
            made = subprocess.run(
                [binaries() / "initdb", "-D", self.data, "-U", "postgres", "--data-checksums",
                 "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
                 "--no-instructions"],
                capture_output=True, text=True, cwd="/", check=False, **self._as_user())
            if made.returncode:
                raise RuntimeError(f"initdb failed:\n{made.stderr}")
            # Anyone who can reach the socket is trusted, because its folder has mode 0700.
            (self.data / "pg_hba.conf").write_text("local all all trust\n", encoding="utf-8")
        (self.data / "postgresql.conf").write_text(
            SETTINGS.format(port=PORT, socket=self.socket), encoding="utf-8")
        return new

    def command(self):
        """The command, and the Popen arguments that make it unprivileged."""
        return [str(binaries() / "postgres"), "-D", str(self.data)], self._as_user()

    def ready(self, pid):
        """Whether the postmaster `pid` accepts connections, according to postmaster.pid."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def dsn(self, role, database=DATABASE):
        """A libpq connection string for the role."""
        return f"host={self.socket} port={PORT} user={role} dbname={database}"

    def dsns(self):
        """Connection strings by role: superuser, migrator and one for each service."""
        return {"superuser": self.dsn("postgres"), "migrator": self.dsn("migrator"),
                **{name: self.dsn(f"upward_{name}") for name in ROLES}}

    def _psql(self, *arguments, database="postgres"):
        """Runs psql and returns its output, values only."""
        done = subprocess.run(
            [binaries() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
             self.dsn("postgres", database), *arguments],
            capture_output=True, text=True, check=False,
            env={**os.environ, "UPWARD_DATABASE": DATABASE})
        if done.returncode:
            raise RuntimeError(f"psql failed:\n{done.stderr}")
        return done.stdout.strip()

    def begin_as(self, other):
        """Takes the data of another cluster, which is not running, and what it has kept for `empty_rows`."""
        self.data.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        if (other.folder / EMPTY_ROWS).exists():
            shutil.copy(other.folder / EMPTY_ROWS, self.folder)
        subprocess.run(["cp", "-a", "--reflink=auto", other.data.resolve(), self.data], check=True)

    def copy_database(self, database, name):
        """Makes a copy of a database to which nobody is connected."""
        self._psql("-c", f"CREATE DATABASE {name} OWNER owner TEMPLATE {database} STRATEGY file_copy")

    def set_up(self, migrate, *arguments, settings=None):
        """Creates roles, database and schemas; settings of upward-migrate by name."""
        self._psql("-f", ROOT / "deploy/postgres/roles.sql")
        done = subprocess.run([migrate, *arguments], capture_output=True, text=True, check=False, cwd=ROOT,
                              env={**os.environ, "APP_ENV": "development", **(settings or {}),
                                   "DATABASE_URL": self.dsn("migrator")})
        if any(text in done.stderr for text in OF_ANOTHER_TREE):
            raise RuntimeError(
                f"the database in {self.folder} was made by another tree, and this one cannot bring it up "
                f"to date:\n{done.stderr}The tree that made it can still open it. `make up FRESH=1 "
                f"RUN_DIR={self.folder}` discards it and starts again; `RUN_DIR=…` keeps it and uses "
                "another folder.")
        if done.returncode:
            raise RuntimeError(f"{migrate} failed:\n{done.stdout}{done.stderr}")

    def keep_empty(self):
        """Makes the copies used by `empty` and `empty_rows`; nobody may be connected yet."""
        self._psql("-c", f"DROP DATABASE IF EXISTS {EMPTY}")
        self.copy_database(DATABASE, EMPTY)
        rows = subprocess.run(
            [binaries() / "pg_dump", "--data-only", *(f"--exclude-table=common.{name}" for name in KEPT),
             "-d", self.dsn("postgres", EMPTY)],
            capture_output=True, text=True, check=True).stdout
        (self.folder / EMPTY_ROWS).write_text(f"-- {self._schema_mark()}\n{rows}", encoding="utf-8")

    def _schema_mark(self):
        return self._psql("-c", f"WITH ours AS {OURS} {SCHEMA_MARK}", database=DATABASE)

    def has_empty(self):
        """Whether the copy exists: only stacks that tests reset have one."""
        return self._psql("-c", f"SELECT count(*) FROM pg_database WHERE datname = '{EMPTY}'") == "1"

    def empty_rows(self):
        """Empties the tables while services are connected, and restores the rows of a new database.
        False if that is not enough, because more than rows has changed, or not possible."""
        rows = self.folder / EMPTY_ROWS
        try:
            with open(rows, encoding="utf-8") as file:
                if file.readline().strip() != f"-- {self._schema_mark()}":
                    return False
            self._psql("--single-transaction", "-c", "SET lock_timeout = '10s'",
                       "-c", "SET session_replication_role = replica", "-c", "SET client_min_messages = warning",
                       "-c", EMPTY_TABLES, "-f", rows, database=DATABASE)
        except (FileNotFoundError, RuntimeError):
            return False
        return True

    def empty(self, migrate):
        """Replaces the database by an empty one: the copy if there is one, otherwise a newly migrated one.
        Closes all connections."""
        if not self.has_empty():
            self._psql("-c", f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            self.set_up(migrate)
            return
        self._psql("-c", f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        self.copy_database(EMPTY, DATABASE)
        self._psql("-f", ROOT / "deploy/postgres/roles.sql")  # a copy lacks the database's grants
