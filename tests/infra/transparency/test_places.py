"""Places to publish in: whatever is told of one holds of all, and what only a bucket can meet."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from application.sealing import CopyUnavailable
from domain.decider import Rejected
from infra.settings import SettingInvalid, Settings
from infra.transparency.bucket import FOR_EVER, SOME_SECONDS, Bucket
from infra.transparency.bucket_address import read_address
from infra.transparency.folder import Folder
from infra.transparency.object_store import ObjectStore
from infra.transparency.place import TEXT, Place
from tests.counterparts.amazon import moto
from tests.counterparts.aws_s3 import BUCKET, CREDENTIALS, FakeS3, Refused, serving
from workers.public_copy import public_place

TILE = "tile/0/x001/234.p/7"
Make = Callable[[], Place]


@pytest.fixture
def s3() -> Iterator[FakeS3]:
    with serving() as fake:
        yield fake


def bucket(url: str) -> Bucket:
    return Bucket(ObjectStore(read_address(url, {}), pause=lambda _: None))


@pytest.fixture(params=["folder", "bucket", "bucket of moto's"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    match request.param:
        case "folder":
            yield Folder(tmp_path / "public")
        case "bucket":
            with serving() as fake:
                yield bucket(fake.url("públic copy/log"))
        case _:
            yield bucket(moto().bucket("públic copy/log"))


def test_a_file_is_read_as_it_was_kept(place: Place) -> None:
    assert place.read(TILE) is None
    for content in (bytes(range(256)) * 32, b"", "ñ\r\n".encode()):
        place.keep(f"{TILE}/{len(content)}", content)
        assert place.read(f"{TILE}/{len(content)}") == content


def test_what_was_kept_may_be_kept_again_and_not_another_content(place: Place) -> None:
    place.keep(TILE, b"one")
    place.keep(TILE, b"one")
    with pytest.raises(Rejected, match="PUBLIC_COPY_ALTERED") as refused:
        place.keep(TILE, b"two")
    assert (refused.value.field, place.read(TILE)) == (TILE, b"one")


def test_a_head_is_replaced(place: Place) -> None:
    for content in (b"first", b"second"):
        place.replace("checkpoint", content)
        assert place.read("checkpoint") == content


def test_a_place_within_is_another_place(place: Place) -> None:
    inside = place.within("r1")
    inside.replace("checkpoint", b"inside")
    assert (place.read("checkpoint"), place.read("r1/checkpoint")) == (None, b"inside")
    inside.within("deep").keep("a", b"b")
    assert place.read("r1/deep/a") == b"b"
    assert str(inside) == f"{place}/r1"


def test_of_writers_at_once_one_is_kept_and_the_others_hear_of_it(place: Place) -> None:
    refused: list[Rejected] = []

    def keep(content: bytes) -> None:
        try:
            place.keep(TILE, content)
        except Rejected as refusal:
            refused.append(refusal)

    place.keep("known", b"")
    writers = [Thread(target=keep, args=(b"same",)) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    keep(b"other")
    assert (place.read(TILE), len(refused)) == (b"same", 1)


def test_objects_are_served_for_ever_and_heads_for_seconds(s3: FakeS3) -> None:
    place = bucket(s3.url())
    place.keep("tile/0/000", b"x")
    place.keep("restored", b"x", TEXT)
    place.replace("checkpoint", b"x")
    served = {name.removeprefix("public/log/"): kept.headers for name, kept in s3.objects.items()}
    assert served == {
        "tile/0/000": {"content-type": "application/octet-stream", "cache-control": FOR_EVER},
        "restored": {"content-type": "text/plain; charset=utf-8", "cache-control": FOR_EVER},
        "checkpoint": {"content-type": "text/plain; charset=utf-8", "cache-control": SOME_SECONDS},
    }


def test_a_store_that_heeds_no_condition_is_refused_before_it_can_do_harm(s3: FakeS3) -> None:
    s3.heeds = False
    with pytest.raises(Rejected, match=r"PUBLIC_COPY_REFUSED.*If-None-Match"):
        bucket(s3.url()).keep(TILE, b"x")


def test_whether_a_store_heeds_conditions_is_asked_once(s3: FakeS3) -> None:
    place = bucket(s3.url())
    for number in range(3):
        place.keep(f"tile/0/{number:03d}", b"x")
    assert [method for method, _ in s3.calls] == ["PUT"] * 4


@pytest.mark.parametrize(
    "trouble",
    [
        Refused(503, "SlowDown"),
        Refused(500, "InternalError"),
        Refused(400, "RequestTimeout"),
        Refused(409, "ConditionalRequestConflict"),
        Refused(429, ""),
    ],
)
def test_what_may_pass_is_tried_again_and_given_up_in_the_end(s3: FakeS3, trouble: Refused) -> None:
    place = bucket(s3.url())
    s3.moods = [trouble] * 3
    place.keep(TILE, b"x")
    s3.moods = [trouble] * 3
    assert place.read(TILE) == b"x"
    s3.moods = [trouble] * 4
    with pytest.raises(CopyUnavailable, match=f"s3://{BUCKET}/public/log does not answer"):
        place.replace("checkpoint", b"x")


def test_a_write_whose_answer_was_lost_is_no_second_content(s3: FakeS3) -> None:
    s3.moods = [Refused(500, "InternalError", late=True)]
    bucket(s3.url()).keep(TILE, b"x")
    assert [method for method, _ in s3.calls] == ["PUT", "PUT", "GET"]
    assert s3.objects[f"public/log/{TILE}"].content == b"x"


@pytest.mark.parametrize(
    ("instead", "code", "advice"),
    [
        ({"region": "us-east-1"}, "AuthorizationHeaderMalformed", "region"),
        ({"bucket": "another"}, "NoSuchBucket", "ESCALERA_PUBLIC_LOG_FOLDER"),
        ({"access": "AKIDOTHER"}, "InvalidAccessKeyId", "credentials"),
        ({"secret": "another"}, "SignatureDoesNotMatch", "secret key"),
    ],
)
def test_a_refusal_says_what_to_do(s3: FakeS3, instead: dict[str, str], code: str, advice: str) -> None:
    url = s3.url(**({"region": instead["region"]} if "region" in instead else {}))
    url = url.replace(BUCKET, instead.get("bucket", BUCKET))
    url = url.replace(CREDENTIALS.access_key, instead.get("access", CREDENTIALS.access_key))
    url = url.replace(":wJal", f":{instead['secret']}") if "secret" in instead else url
    for method in ("read", "keep"):
        with pytest.raises(Rejected, match=f"PUBLIC_COPY_REFUSED.*{code}.*{advice}") as refused:
            bucket(url).read("checkpoint") if method == "read" else bucket(url).keep(TILE, b"x")
        assert "s3cret" not in str(refused.value)
        assert CREDENTIALS.secret_key not in str(refused.value)


def test_what_may_not_be_looked_at_is_not_taken_for_missing(s3: FakeS3) -> None:
    s3.moods = [Refused(403, "AccessDenied")]
    with pytest.raises(Rejected, match="s3:ListBucket"):
        bucket(s3.url()).read("checkpoint")


def test_nobody_there_is_said_as_that() -> None:
    with serving() as gone:
        url = gone.url()
    with pytest.raises(CopyUnavailable, match="ConnectError"):
        bucket(url).read("checkpoint")


def test_amazons_own_address_follows_from_bucket_and_region() -> None:
    who = {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S"}
    for url, base, path in (
        ("s3://log-of-acme?region=sa-east-1", "https://log-of-acme.s3.sa-east-1.amazonaws.com", "/"),
        (
            "s3://log-of-acme/a/b%20ñ/?region=cn-north-1",
            "https://log-of-acme.s3.cn-north-1.amazonaws.com.cn",
            "/a/b%20%C3%B1/",
        ),
        ("s3://log.acme/a?region=sa-east-1", "https://s3.sa-east-1.amazonaws.com", "/log.acme/a/"),
        ("s3://log-of-acme/a?endpoint=https://store.example:9000", "https://store.example:9000", "/log-of-acme/a/"),
    ):
        found = read_address(url, who)
        assert (found.base, found.path) == (base, path)


def test_who_asks_is_in_the_environment_or_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text(
        "[default]\naws_access_key_id = D\naws_secret_access_key = d%s\n"
        "[log]\naws_access_key_id=L\naws_secret_access_key=l\naws_session_token=t\n"
    )
    file = {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"), "AWS_REGION": "sa-east-1"}
    named = {"AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "e"}
    for environment, access, token in (
        (file, "D", ""),
        (file | {"AWS_PROFILE": "log"}, "L", "t"),
        (file | named, "E", ""),
    ):
        found = read_address("s3://log-of-acme/a", environment).credentials()
        assert found is not None
        assert (found.access_key, found.session_token) == (access, token)
    found = read_address("s3://U:u@log-of-acme/a", file | named).credentials()
    assert found is not None
    assert found.access_key == "U"


def test_credentials_that_are_renewed_in_their_file_are_used_from_then_on(s3: FakeS3, tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    lines = "[default]\naws_access_key_id={}\naws_secret_access_key={}\naws_session_token={}\n"
    file.write_text(lines.format("AKIDOTHER", "old", ""))
    url = f"s3://{s3.url().partition('@')[2]}"
    place = Bucket(ObjectStore(read_address(url, {"AWS_SHARED_CREDENTIALS_FILE": str(file)}), pause=lambda _: None))
    with pytest.raises(Rejected, match="InvalidAccessKeyId"):
        place.read("checkpoint")
    file.write_text(lines.format(CREDENTIALS.access_key, CREDENTIALS.secret_key, CREDENTIALS.session_token))
    assert place.read("checkpoint") is None
    file.unlink()
    with pytest.raises(Rejected, match="AWS_ACCESS_KEY_ID"):
        place.read("checkpoint")


@pytest.mark.parametrize(
    "url",
    [
        "s3://A:S@b/log?region=sa-east-1",  # too short a name
        "s3://A:S@log-of-acme/a",  # which region?
        "s3://A:S@log-of-acme/../a?region=sa-east-1",
        "s3://A:S@log-of-acme/a//b?region=sa-east-1",
        "s3://A:S@log-of-acme/a?regoin=sa-east-1",
        "s3://A:S@log-of-acme/a?endpoint=http://store.example",  # for everybody to read
        "s3://A:S@log-of-acme/a?endpoint=https://store.example/path",
        "s3://log-of-acme/a?region=sa-east-1",  # nobody's
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_without_repeating_it(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingInvalid, match=r"ESCALERA_PUBLIC_LOG_FOLDER.*s3://BUCKET/PREFIX") as refused:
        public_place(Settings(public_log_folder=url))
    assert "A:S" not in str(refused.value)


def test_the_setting_names_a_folder_a_bucket_or_nothing(s3: FakeS3, tmp_path: Path) -> None:
    assert public_place(Settings()) is None
    assert isinstance(public_place(Settings(public_log_folder=str(tmp_path))), Folder)
    place = public_place(Settings(public_log_folder=s3.url()))
    assert isinstance(place, Bucket)
    assert str(place) == f"s3://{BUCKET}/public/log"
