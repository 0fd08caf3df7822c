"""Laws of the web application: whole stories, clear refusals, no way to the disk, nothing left behind."""

import stat

import pytest
from tests.serve.fake_task import BLUE, GREEN, GREY, RED, make_nothing
from tests.serve.serving import client, made, picture, story, wait_for

from toonface.serve.files import load_page, policy_of


@pytest.fixture(scope="module")
def app():
    with client() as speaking:
        yield speaking


def test_a_portrait_becomes_an_avatar_and_its_story_is_told_in_order(app):
    name, _ = made(app, style="bold")
    events = story(app, name)
    assert [event["kind"] for event in events] == ["stage", "picture", "done"]
    assert events[-1]["style"] == "bold"
    assert app.get(f"/api/jobs/{name}/portrait.jpg").content == b"a picture"
    answer = app.get(f"/api/jobs/{name}/avatar.glb")
    assert len(answer.content) == 10_000
    assert answer.headers["content-type"] == "model/gltf-binary"
    assert 'attachment; filename="avatar.glb"' in answer.headers["content-disposition"]


def test_a_story_can_be_taken_up_where_it_broke_off(app):
    name, _ = made(app)
    assert [event["kind"] for event in story(app, name, number=0)] == ["picture", "done"]
    assert story(app, name, number=2) == []


def test_every_answer_has_the_headers_that_keep_it_here(app):
    name, _ = made(app)
    job = f"/api/jobs/{name}"
    for address in ("/", "/files/expression.onnx", f"{job}/avatar.glb", "/nowhere", f"{job}/events"):
        headers = app.get(address).headers
        assert headers["x-content-type-options"] == "nosniff", address
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'") and "http" not in policy
        assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert app.get("/api/jobs/x/avatar.glb").headers["cache-control"] == "no-store"


def test_a_page_may_run_its_own_scripts_only():
    ours, other = policy_of("<script>ours</script>"), policy_of("<script>other</script>")
    assert ours != other and ours.count("'sha256-") == 1
    assert policy_of('<script type="application/json">{}</script>').count("'sha256-") == 0
    assert policy_of(load_page()).count("'sha256-") >= 1


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""])
def test_foreign_names_are_refused(app, host):
    assert app.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST"])
def test_own_names_are_answered(app, host):
    assert app.get("/", headers={"host": host}).status_code == 200


def test_pages_of_other_sites_may_not_use_it(app):
    for origin in ("https://evil.example", "null", "http://127.0.0.1:9"):
        answer = app.post("/api/jobs", content=picture(), headers={"origin": origin})
        assert answer.status_code == 403
    assert app.post("/api/jobs", content=picture(), headers={"origin": app.address}).status_code == 202


@pytest.mark.parametrize(
    "path",
    ["/api/jobs/{name}/upload", "/api/jobs/{name}/..%2f..%2fetc%2fpasswd", "/api/jobs/{name}/%2e%2e/{name}/upload",
     "/api/jobs/..%2f{name}/avatar.glb", "/api/jobs/{name}/avatar.vrm", "/api/jobs/%00/avatar.glb", "/files/../app.py",
     "/files/%2e%2e%2fserve%2fapp.py", "/files/%2fetc%2fpasswd", "/files/studio.html", "/docs", "/openapi.json"],
)  # fmt: skip
def test_names_that_a_client_invents_lead_nowhere(app, path):
    name, _ = made(app)
    assert app.get(path.format(name=name)).status_code in (404, 405)


def test_the_folder_is_private_and_names_are_long_and_never_the_same(app):
    assert stat.S_IMODE(app.jobs.folder.stat().st_mode) == 0o700
    first, second = made(app)[0], made(app)[0]
    assert first != second and min(len(first), len(second)) >= 20
    wait_for(lambda: not list(app.jobs.folder.glob("*/upload")))


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [(b"", 415, "empty"), (b"this is text", 415, "not a picture of a known format"),
     (picture()[:20], 415, "picture"), (b"\x89PNG\r\n\x1a\n" + bytes(100), 415, "picture"),
     (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "not a picture")],
)  # fmt: skip
def test_what_is_no_picture_is_one_sentence(app, content, status, said):
    answer = app.post("/api/jobs", content=content)
    assert answer.status_code == status
    assert said in answer.json()["fault"]


@pytest.mark.parametrize(
    "options", [{"style": "pixar"}, {"strength": "2"}, {"strength": "x"}, {"face": "-1"}, {"face": "9" * 30}]
)
def test_options_that_make_no_sense_are_one_sentence(app, options):
    answer = app.post("/api/jobs", params=options, content=picture())
    assert answer.status_code == 400
    assert "expected" in answer.json()["fault"] or "could not" in answer.json()["fault"]


def test_a_picture_without_a_face_is_told_in_the_story_and_wherever_its_files_are_asked_for(app):
    name, end = made(app, BLUE)
    assert end == {"kind": "fault", "status": 422, "sentence": "no face found, expected at least one"}
    answer = app.get(f"/api/jobs/{name}/avatar.glb")
    assert (answer.status_code, answer.json()["fault"]) == (422, end["sentence"])


@pytest.mark.parametrize("colour", [RED, GREY])
def test_a_worker_that_dies_takes_nothing_with_it(app, colour):
    _, end = made(app, colour)
    assert (end["kind"], end["status"]) == ("fault", 500)
    assert "bug" not in end["sentence"]
    assert made(app)[1]["kind"] == "done"


def test_a_forgotten_job_is_gone_and_its_worker_is_free(app):
    name = app.post("/api/jobs", content=picture(GREEN)).json()["id"]
    wait_for(lambda: app.jobs.find(name).since(0))
    assert app.delete(f"/api/jobs/{name}").status_code == 204
    assert app.delete(f"/api/jobs/{name}").status_code == 404
    assert made(app)[1]["kind"] == "done"
    wait_for(lambda: not (app.jobs.folder / name).exists())


def test_the_wasm_file_comes_zipped_or_not_as_the_client_can(app):
    zipped = app.get("/files/ort.wasm", headers={"accept-encoding": "gzip"})
    plain = app.get("/files/ort.wasm", headers={"accept-encoding": "identity"})
    assert zipped.headers["content-type"] == plain.headers["content-type"] == "application/wasm"
    assert zipped.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert zipped.content[:4] == plain.content[:4] == b"\0asm"
    assert int(zipped.headers["content-length"]) < len(plain.content) / 3


def test_limits_of_size_hold_before_anything_is_decoded():
    with client(body_bytes=1 << 20, pixels=10_000) as app:
        assert app.post("/api/jobs", content=iter([bytes(1 << 19)] * 3)).status_code == 413
        answer = app.post("/api/jobs", content=picture(size=(101, 100)))
        assert answer.status_code == 413 and "megapixels" in answer.json()["fault"]
        assert not list(app.jobs.folder.iterdir())
        assert app.post("/api/jobs", content=picture(size=(100, 100))).status_code == 202


def test_beyond_the_queue_there_is_a_429_with_a_time_to_wait():
    with client(queue=1, job_seconds=30.0) as app:
        names = [app.post("/api/jobs", content=picture(GREEN)).json()["id"] for _ in range(2)]
        answer = app.post("/api/jobs", content=picture())
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
        assert "busy" in answer.json()["fault"]
        for name in names:
            app.delete(f"/api/jobs/{name}")
        assert app.post("/api/jobs", content=picture()).status_code == 202


def test_a_job_that_takes_too_long_is_ended_and_the_next_one_is_done():
    with client(job_seconds=1.0) as app:
        _, end = made(app, GREEN)
        assert (end["status"], "longer than 1 s" in end["sentence"]) == (504, True)
        assert made(app)[1]["kind"] == "done"


def test_results_expire_and_the_oldest_go_first():
    with client(kept=2, keep_minutes=0.03) as app:
        names = [made(app)[0] for _ in range(3)]
        app.jobs.sweep()
        assert [app.get(f"/api/jobs/{name}/avatar.glb").status_code for name in names] == [404, 200, 200]
        wait_for(lambda: not list(app.jobs.folder.iterdir()))
        assert app.get(f"/api/jobs/{names[2]}/avatar.glb").status_code == 404


def test_models_that_cannot_be_loaded_are_told():
    with client(make_nothing) as app:
        assert made(app)[1]["status"] == 500


def test_a_stopped_server_leaves_no_folder_and_tells_what_waits():
    with client(queue=3) as app:
        name = app.post("/api/jobs", content=picture(GREEN)).json()["id"]
        job, folder = app.jobs.find(name), app.jobs.folder
        assert folder.is_dir()
    assert not folder.exists()
    assert job.fault == (503, "the server has been stopped")


def test_a_server_for_the_network_is_reached_by_number_only():
    with client(host="0.0.0.0") as app:
        assert app.get("/", headers={"host": "192.168.1.5:8000"}).status_code == 200
        assert app.get("/", headers={"host": "evil.example:8000"}).status_code == 421
