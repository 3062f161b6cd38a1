"""`make up` as a newcomer has it: the journey is played on a new stack, and every line that it prints
to be pasted works in a shell, and so does every line of the README."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
STACK = ROOT / "deploy/local/stack.py"


def lines_to_paste(text):
    """The curl lines of a text, those continued by a backslash joined."""
    text = text.replace("\\\n", " ")
    return [line.strip() for line in text.split("\n") if line.strip().startswith("curl ")]


class Play(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="upward-play-")
        os.chmod(cls.folder.name, 0o755)
        cls.run_dir = pathlib.Path(cls.folder.name) / "run"
        cls.up = subprocess.run(
            [sys.executable, STACK, "up", "--dir", cls.run_dir, "--flavour", "release", "--port", "0"],
            capture_output=True, text=True, check=False, cwd=ROOT)
        if cls.up.returncode:
            cls.tearDownClass()
            raise RuntimeError(cls.up.stdout + cls.up.stderr)
        cls.url = json.loads((cls.run_dir / "stack.json").read_text())["url"]

    @classmethod
    def tearDownClass(cls):
        subprocess.run([sys.executable, STACK, "down", "--dir", cls.run_dir], capture_output=True,
                       check=False)
        cls.folder.cleanup()

    def paste(self, line):
        """What the shell makes of the line: it must be an answer, and no problem."""
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False,
                              cwd=ROOT, env={**os.environ, "RUN_DIR": str(self.run_dir)})
        self.assertEqual(done.returncode, 0, line + done.stderr)
        self.assertTrue(done.stdout.strip(), f"{line}\nprinted nothing")
        if done.stdout.startswith("{"):
            answer = json.loads(done.stdout)
            self.assertNotIn("/problems/", str(answer.get("type")), f"{line}\n{done.stdout}{done.stderr}")
        return done.stdout

    def test_the_journey_is_told_to_its_end(self):
        story = self.up.stdout
        print(re.findall(r"\d+ requests in [\d.]+ s", story))
        for part in ("invites", "who accepts: the pair is active",
                     "meetings are in both calendars at once", "agreed by the leaders",
                     "has left", "a replacement shortlist", "the first leader's goal is completed",
                     "Participation report", "Work list"):
            self.assertIn(part, story)
        self.assertNotIn("The play failed", story)

    def test_every_printed_line_works(self):
        lines = lines_to_paste(self.up.stdout)
        self.assertGreaterEqual(len(lines), 10)
        for line in lines:
            with self.subTest(line):
                self.paste(line)

    def test_the_leader_finds_the_whole_journey_on_the_page(self):
        line = next(line for line in lines_to_paste(self.up.stdout) if "/dashboards/mentee" in line)
        pair = json.loads(self.paste(line))["pairs"][0]
        self.assertEqual(pair["pair"]["status"], "active")
        self.assertEqual(pair["agreement"]["status"], "signed")
        self.assertGreater(pair["plan"]["held"], 9)
        self.assertEqual([goal["met"] for goal in pair["goals"]], [True])

    def test_zz_a_reset_leaves_an_empty_stack_that_serves(self):
        done = subprocess.run([sys.executable, STACK, "reset", "--dir", self.run_dir], capture_output=True,
                              text=True, check=False, cwd=ROOT)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        imports = self.paste(f'curl -s "{self.url}/api/v1/imports" -H "Authorization: Bearer '
                             f'$(make -s token ROLE=hris RUN_DIR={self.run_dir})"')
        self.assertEqual(json.loads(imports)["items"], [])

    def test_zzz_the_database_of_another_tree_is_refused_with_the_way_out(self):
        facts = json.loads((self.run_dir / "stack.json").read_text())
        subprocess.run(["psql", "-X", "-q", "-d", facts["dsn"]["superuser"], "-c",
                        "UPDATE common.migration SET checksum = 'other' WHERE module = 'profiles'"],
                       check=True, capture_output=True)
        subprocess.run([sys.executable, STACK, "down", "--dir", self.run_dir], check=True, capture_output=True)
        again = subprocess.run([sys.executable, STACK, "up", "--dir", self.run_dir, "--port", "0", "--bare"],
                               capture_output=True, text=True, check=False, cwd=ROOT)
        self.assertEqual(again.returncode, 1, again.stdout)
        self.assertIn("made by another tree", again.stderr)
        self.assertIn(f"make up FRESH=1 RUN_DIR={self.run_dir}", again.stderr)
        self.assertTrue((self.run_dir / "pg").exists())

    def test_every_line_of_the_readme_works(self):
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        block = next(part for part in text.split("```") if part.startswith("sh\n") and "curl" in part)
        lines = block.removeprefix("sh\n").replace("\\\n", " ").split("\n")
        shell = [line for line in lines if line and not line.startswith("#")]
        asks = [line for line in shell if "curl " in line]
        before = [line.replace("http://127.0.0.1:8080", self.url) for line in shell
                  if "curl " not in line]
        self.assertGreaterEqual(len(asks), 10)
        for line in asks:
            with self.subTest(line):
                self.paste("\n".join([*before, line]))


if __name__ == "__main__":
    unittest.main()
