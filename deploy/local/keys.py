"""Keys of a local stack, and tokens signed with them, made by upward-token; the services read the
public keys from a JWKS file. They refuse such keys if APP_ENV is production."""

import os
import secrets
import subprocess


def issuers_file(folder):
    """The file for the services' ISSUERS_FILE."""
    return folder / "issuers.json"


def secret_file(folder):
    """The file for the services' SECRET_KEY_FILE."""
    return folder / "secret"


def development():
    """The environment for upward-token."""
    return {**os.environ, "APP_ENV": "development"}


def prepare(folder, tool):
    """Creates the keys once; they survive restarts, and so do the tokens."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if not issuers_file(folder).exists():
        done = subprocess.run([tool, "keys", "--dir", folder], capture_output=True, text=True,
                              check=False, env=development())
        if done.returncode:
            raise RuntimeError(f"upward-token keys failed:\n{done.stderr}")
    if not secret_file(folder).exists():
        secret_file(folder).write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        secret_file(folder).chmod(0o400)


def token(folder, tool, role, sub=None, seconds=3600):
    """One bearer token; several roles are separated by commas."""
    command = [tool, "sign", "--dir", folder, "--role", role, "--ttl", str(seconds),
               *(["--sub", sub] if sub else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=development())
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return done.stdout.strip()
