import json
import subprocess

from toonface.evaluate import report as module
from toonface.evaluate.report import report

METRICS = {"jawOpen.flipped": 0.0, "failed": 0}


def test_a_report_says_what_is_needed_to_compare_it_later():
    made = report("models check", 7, METRICS)
    assert list(made) == ["command", "version", "commit", "machine", "seed", "metrics"]
    assert (made["command"], made["seed"], made["metrics"]) == ("models check", 7, METRICS)
    assert all(isinstance(made[key], str) for key in ("version", "commit", "machine"))


def test_a_report_survives_json():
    made = report("models check", 0, METRICS)
    assert json.loads(json.dumps(made)) == made


def test_the_commit_is_short_or_absent():
    commit = report("x", 0, {})["commit"]
    assert commit == "" or (len(commit) == 12 and int(commit, 16) >= 0)


def test_without_git_the_commit_is_empty(monkeypatch):
    def no_git(*_, **__):
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", no_git)
    assert report("x", 0, {})["commit"] == ""


def test_a_package_that_is_not_installed_has_an_unknown_version(monkeypatch):
    def absent(_):
        raise module.PackageNotFoundError

    monkeypatch.setattr(module, "version", absent)
    assert report("x", 0, {})["version"] == "unknown"
