"""What deploy/ holds for servers: the composition, the units, the example settings, the scripts."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
SERVICES = ["profiles", "matching", "scheduling", "evaluation"]


def missing(program):
    """The skip of a test whose tool is not installed."""
    return unittest.skipUnless(shutil.which(program), f"{program} is not installed")


class Servers(unittest.TestCase):
    @missing("docker-compose")
    def test_the_composition_is_valid(self):
        done = subprocess.run(["docker-compose", "config", "-q"], cwd=ROOT, text=True, check=False,
                              capture_output=True,
                              env={**os.environ, "PUBLIC_BASE_URL": "https://upward.example",
                                   "UPWARD_USER": "10001:10001"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    @missing("systemd-analyze")
    def test_the_units_expose_little(self):
        for unit in sorted((DEPLOY / "systemd").glob("*.service")):
            done = subprocess.run(["systemd-analyze", "security", "--offline=true", unit], text=True,
                                  capture_output=True, check=False)
            level = re.search(r"exposure level for \S+ ([\d.]+)", done.stdout)
            self.assertLessEqual(float(level.group(1)), 2.0, unit.name)

    def test_secrets_are_made_once_and_kept_from_others(self):
        with tempfile.TemporaryDirectory() as folder:
            tree = pathlib.Path(folder)
            shutil.copytree(DEPLOY / "env", tree / "deploy/env")
            shutil.copy(DEPLOY / "compose-secrets", tree / "deploy")
            first = None
            for _ in range(2):
                subprocess.run(["bash", tree / "deploy/compose-secrets"], check=True,
                               capture_output=True)
                made = {path.name: path.read_text() for path in (tree / "secrets").iterdir()}
                first = first or made
                self.assertEqual(made, first)
            self.assertEqual((tree / "secrets").stat().st_mode & 0o777, 0o700)
            owners = set()
            for path in (tree / "secrets").iterdir():
                self.assertEqual(path.stat().st_mode & 0o177, 0, path.name)
                owners.add(f"{path.stat().st_uid}:{path.stat().st_gid}")
            self.assertEqual((tree / ".env").read_text(), f"UPWARD_USER={owners.pop()}\n")
            self.assertEqual(owners, set())
            for name in SERVICES:
                password = re.search(rf"^{name.upper()}_PASSWORD=(.*)$", first["roles.env"], re.M)
                self.assertIn(f"user=upward_{name} password={password.group(1)}",
                              first[f"{name}_url"])
            self.assertGreaterEqual(len(first["secret_key"]), 32)

    def test_the_composition_names_every_secret_that_is_made(self):
        composition = (ROOT / "docker-compose.yml").read_text()
        script = (DEPLOY / "compose-secrets").read_text()
        for name in re.findall(r"file: secrets/(\S+?)}", composition):
            stem = name.removesuffix("_url")
            self.assertTrue(f"secrets/{name}" in script or f"secret {name}" in script
                            or stem in script, name)

    def test_example_settings_are_settings(self):
        table = (ROOT / "shared/ops/config_table.c").read_text()
        known = set(re.findall(r'\.name = "([A-Z_]+)"', table)) | {"PGPASSFILE"}
        ports = set()
        for name in SERVICES:
            lines = [line for line in (DEPLOY / f"env/{name}.env").read_text().splitlines()
                     if line and not line.startswith("#")]
            settings = dict(line.split("=", 1) for line in lines)
            self.assertEqual(set(settings) - known, set())
            self.assertIn(f"user=upward_{name} ", settings["DATABASE_URL"])
            ports |= {settings["PORT"], settings["ADMIN_PORT"]}
        self.assertEqual(len(ports), 2 * len(SERVICES))
        self.assertIn("issuer", json.loads((DEPLOY / "env/issuers.json").read_text())[0])

    def test_scripts_are_sound(self):
        scripts = [*DEPLOY.rglob("*.sh"), DEPLOY / "compose-secrets", DEPLOY / "upward-start",
                   DEPLOY / "gateway/start", DEPLOY / "postgres/set-up-roles"]
        for script in scripts:
            done = subprocess.run(["bash", "-n", script], capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(os.access(script, os.X_OK), script)

    def test_nothing_is_installed_that_is_there(self):
        """Fast, and without apt, where nothing is missing: `make run` goes through it each time."""
        with tempfile.TemporaryDirectory() as folder:
            for tool in ("apt-get", "sudo"):
                fake = pathlib.Path(folder) / tool
                fake.write_text("#!/bin/sh\necho called; exit 7\n")
                fake.chmod(0o755)
            done = subprocess.run(["bash", DEPLOY / "local/install.sh", "run"], text=True,
                                  capture_output=True, check=False,
                                  env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"})
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
