"""The local stack's own parts: the demo company, ports, and the supervisor."""

import io
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "deploy/local"))
import hints  # noqa: E402
import ports  # noqa: E402
from demo import Company, PEOPLE  # noqa: E402
from supervisor import Process, Supervisor, birth, end_leftovers  # noqa: E402


class PortalNote(unittest.TestCase):
    """What is said of a portal that is not built."""

    def test_without_npm_it_says_so_and_where_to_read_more(self):
        with tempfile.TemporaryDirectory() as folder:
            path, index = os.environ["PATH"], pathlib.Path(folder) / "index.html"
            try:
                os.environ["PATH"] = folder
                note = hints.portal_note("build/run", index)
                self.assertIn("npm", note)
                self.assertIn("build/run/log/docs.log", note)
                for name in ("node", "npm"):
                    (pathlib.Path(folder) / name).touch(mode=0o755)
                self.assertEqual(hints.portal_note("build/run", index), "(its first build takes a minute)")
                index.touch()
                self.assertEqual(hints.portal_note("build/run", index), "")
            finally:
                os.environ["PATH"] = path


class Demo(unittest.TestCase):
    def setUp(self):
        self.company = Company()

    def test_the_company_is_always_the_same(self):
        first, second = io.StringIO(), io.StringIO()
        self.company.write_csv(first)
        Company().write_csv(second)
        self.assertEqual(first.getvalue(), second.getvalue())
        self.assertAlmostEqual(len(self.company.people), PEOPLE, delta=10)

    def test_the_reporting_line_is_a_tree_that_climbs_in_level(self):
        by_id = {person["external_id"]: person for person in self.company.people}
        self.assertEqual(len(by_id), len(self.company.people))
        roots = [p for p in by_id.values() if not p["manager_external_id"]]
        self.assertEqual([root["level"] for root in roots], [8])
        for person in by_id.values():
            if person not in roots:
                self.assertGreater(by_id[person["manager_external_id"]]["level"], person["level"])

    def test_names_addresses_and_places_are_as_the_import_wants_them(self):
        names = [person["user_name"] for person in self.company.people]
        self.assertEqual(len(set(names)), len(names))
        self.assertTrue(all(name.isascii() and name == name.lower() for name in names))
        self.assertGreater(len({person["country"] for person in self.company.people}), 5)
        self.assertEqual({person["level"] for person in self.company.people}, set(range(1, 9)))

    def test_skills_are_wanted_and_offered_by_zipf(self):
        counts = {}
        for person in self.company.people:
            for name, current, target, offered in person["skills"]:
                counts[name] = counts.get(name, 0) + 1
                self.assertTrue(target is None or target > current)
                self.assertFalse(offered and person["level"] >= 6)
        ordered = sorted(counts.values(), reverse=True)
        self.assertGreater(ordered[0], 8 * ordered[-1])

    def test_every_role_has_a_person_but_the_hr_system(self):
        for role in ("admin", "programme_admin", "auditor", "participant", "mentee", "mentor"):
            self.assertIsNotNone(self.company.person_for(role), role)
        self.assertIsNone(self.company.person_for("hris"))


class Ports(unittest.TestCase):
    def test_a_taken_block_is_passed_over(self):
        first = ports.block_for("/a/folder", 4)
        self.assertEqual(first, ports.block_for("/a/folder", 4))
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", first[2]))
            taken.listen()
            self.assertFalse(ports.is_free(first[2]))
            self.assertNotIn(first[2], ports.block_for("/a/folder", 4))


class Supervision(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.base = pathlib.Path(self.folder.name)
        self.said = []
        old = {n: signal.getsignal(n) for n in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT,
                                                signal.SIGHUP)}
        self.supervisor = Supervisor(self.base, self.said.append)
        self.addCleanup(self.folder.cleanup)
        for number, handler in old.items():
            self.addCleanup(signal.signal, number, handler)
        self.addCleanup(signal.set_wakeup_fd, -1)
        self.addCleanup(lambda: self.supervisor.end())

    def process(self, *argv):
        made = Process("one", list(argv), lambda p: True, log=self.base / "one.log")
        self.supervisor.add(made)
        return made

    def turn_until(self, condition):
        deadline = time.monotonic() + 300
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            self.supervisor.turn()
            time.sleep(0.01)

    def test_a_killed_process_comes_back_without_a_fault(self):
        process = self.process("/bin/sleep", "600")
        before = process.pid
        os.kill(before, signal.SIGKILL)
        self.turn_until(lambda: process.pid not in (None, before))
        self.assertEqual(self.supervisor.facts["faults"], [])

    def test_a_process_that_ends_by_itself_is_a_fault(self):
        self.process("/bin/sh", "-c", "exit 3")
        self.turn_until(lambda: self.supervisor.facts["faults"])
        self.assertEqual(self.supervisor.facts["faults"][0], "one ended with status 3")

    def test_a_hold_keeps_a_process_down(self):
        process = self.process("/bin/sleep", "600")
        (self.base / "hold/one").touch()
        self.turn_until(lambda: process.pid is None)
        self.supervisor.turn()
        self.assertIsNone(process.pid)
        (self.base / "hold/one").unlink()
        self.turn_until(lambda: process.pid is not None)

    def test_leftovers_of_a_killed_supervisor_are_ended_and_nobody_else(self):
        with subprocess.Popen(["/bin/sleep", "600"]) as old:
            end_leftovers({"pids": {"one": old.pid}, "births": {"one": birth(old.pid) + 1}})
            self.assertIsNone(old.poll())  # another process that got the same pid
            reaper = threading.Thread(target=old.wait)
            reaper.start()
            end_leftovers({"pids": {"one": old.pid}, "births": {"one": birth(old.pid)}})
            reaper.join()
            self.assertEqual(old.returncode, -signal.SIGINT)

    def test_what_does_not_start_is_named_with_the_end_of_its_log(self):
        self.process("/bin/sh", "-c", "echo no such setting; exit 1")
        with self.assertRaisesRegex(RuntimeError, "no such setting"):
            self.supervisor.processes["one"].is_ready = lambda p: False
            self.supervisor.wait_ready(["one"], 20)


if __name__ == "__main__":
    unittest.main()
