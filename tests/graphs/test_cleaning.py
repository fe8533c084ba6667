"""What is written and shown has no secret in it, in whatever spelling, and nothing that drives a terminal."""

import json
import re
from base64 import b64encode
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.graphs import cleaning
from isogloss.graphs.cleaning import REDACTED, Cleaner, configured_secrets, secrets_in
from isogloss.graphs.run_directory import ItemResult, RunDirectory
from isogloss.graphs.tracing.trace import Step

SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="[]"), min_size=8)
AROUND = st.text(st.sampled_from("\x1b\x9b\x9d\x07\x90[]0;31mP\\?%20 aé\ud800\n\"'/:@&=,{}"), max_size=20)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def spellings(secret: str) -> set[str]:
    in_json = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    twice = {json.dumps(text)[1:-1] for text in in_json}
    in_url = {quote(secret, safe=""), quote(secret), quote_plus(secret), quote(quote(secret, safe=""), safe="")}
    return (
        {secret, repr(secret)[1:-1]} | in_json | twice | in_url | {text.lower() for text in in_url if secret.islower()}
    )


@given(SECRETS, AROUND, AROUND)
def test_no_output_has_a_secret_or_a_control_character(secret: str, before: str, after: str) -> None:
    cleaner = Cleaner([secret])
    for spelling in spellings(secret):
        clean = cleaner.text(before + spelling + after)
        assert not [other for other in spellings(secret) if other in clean]
        assert not CONTROLS.search(clean)


@given(SECRETS, AROUND, AROUND)
def test_no_value_has_a_secret_at_any_depth(secret: str, before: str, after: str) -> None:
    text = before + secret + after
    value = Cleaner([secret]).value({text: [text, {"a": (text, {text})}], "b": text.encode("utf-8", "replace")})
    stored = json.dumps({key: each for key, each in value.items() if key != "b"}, ensure_ascii=False)
    assert not [spelling for spelling in spellings(secret) if spelling in stored]
    assert not CONTROLS.search(stored)


@given(SECRETS)
def test_no_escape_hides_a_secret(secret: str) -> None:
    torn = "\x1b[0m".join(secret)
    assert Cleaner([secret]).text(torn) == REDACTED


@given(SECRETS, st.sampled_from(["postgresql+psycopg", "mysql+pymysql", "oracle+oracledb"]))
def test_the_password_of_a_url_is_found_as_typed_and_as_meant(secret: str, scheme: str) -> None:
    for place in (f"{scheme}://me:{{}}@host:1/db", f"{scheme}://host/db?user=me&password={{}}"):
        found = secrets_in(place.format(quote(secret, safe="")))
        assert secret in found
        assert not [each for each in spellings(secret) if each in Cleaner(found).text(f"no login with {secret}")]


@pytest.mark.parametrize("password", ["pass/word/1", "p@ss@word", "per%20cent", "hash?mark="])
def test_a_password_with_raw_characters_is_found(password: str) -> None:
    assert password in secrets_in(f"postgresql://me:{password}@host/db")
    assert password not in Cleaner(secrets_in(f"postgresql://me:{password}@host/db")).text(f"'{password}' is wrong")


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.DEF_123-456~x",
        "authorization: Basic " + b64encode(b"me:password").decode(),
        "{'Authorization': 'Token 0123456789abcdef'}",
        '{"x-api-key": "0123456789abcdef"}',
        r"{\"authorization\": \"Bearer 0123456789abcdef\"}",
        "x-goog-api-key: 0123456789abcdef",
        "sent Bearer 0123456789abcdef to the server",
        "Incorrect API key provided: sk-proj-0123456789abcdefghij.",
        "key sk-ant-api03-0123456789abcdef-AA",
        "AIzaSyA0123456789abcdefghijklmnopqrstuvw",
        "hf_abcdefghijklmnopqrstuvwxyz",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
        "https://host/v1?api_key=0123456789abcdef&model=x",
        "postgresql://me:p@ss-0123456789abcdef@host/db",
    ],
)
def test_credentials_are_known_by_their_form(text: str) -> None:
    clean = Cleaner().text(text)
    assert REDACTED in clean
    for kept in ("0123456789abcdef", "abc.DEF", "cGFzc3", "IOSFODNN", "c2lnb", "hf_abc", "bWU6"):
        assert kept not in clean


@pytest.mark.parametrize(
    "text",
    [
        "SELECT authorization, api_key FROM accounts WHERE authorization = 'granted'",
        "Which employees have basic responsibilities, and who is the bearer of authorisations?",
        "task-management-systems, risk-assessment-reports, sk-learn-model-selection",
        "http://host:80/a@b at 10:30 me@host",
        "SELECT key FROM t WHERE url LIKE '%?page=1&sort=asc'",
        "the tokens of a password",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert Cleaner().text(text) == text


PARTS = """://|me:|pass|word=|Token=|?|&|KEY=|\u212aey=|@host|Bearer |API-Key|: |sk-|AIza|ghp_|eyJ|.|"| |xoxb-|hf_
|Authorization|a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7""".replace("\n", "").split("|")
FORMS = st.lists(st.sampled_from(PARTS), max_size=12).map("".join)


@given(FORMS)
def test_what_is_looked_for_first_lets_no_credential_pass(text: str) -> None:
    by_all = text
    for pattern, instead, _ in cleaning._CREDENTIALS:
        by_all = pattern.sub(instead, by_all)
    assert Cleaner().text(text) == by_all


def test_secrets_in_json_leave_it_json() -> None:
    secret = 'quo"te\\back/s'
    stored = json.dumps({"url": f"redis://me:{quote(secret, safe='')}@host", "mail": "x@y", "said": secret})
    assert json.loads(Cleaner([secret]).text(stored)) == {
        "url": f"redis://me:{REDACTED}@host", "mail": "x@y", "said": REDACTED,
    }  # fmt: skip
    assert json.loads(Cleaner().text('{"url": "redis://me:hidden@host","mail":"x@y.z"}'))["mail"] == "x@y.z"


def test_what_an_address_says_in_the_open_is_no_secret() -> None:
    assert secrets_in("postgresql+psycopg://postgres:postgres@localhost/postgres") == []
    assert secrets_in("mysql://localhost/shop?user=shopkeeper&password=shopkeeper") == []
    assert configured_secrets({"DATABASE_URL": "postgresql://postgres:postgres@localhost"}) == set()


def test_secrets_of_the_environment_are_known_by_name_or_in_urls() -> None:
    environment = {
        "OPENAI_API_KEY": "a-secret", "MYAPIKEY": "b-secret", "TOKEN": "c-secret", "DB_PASS": "d-secret",
        "DATABASE_URL": "postgresql://me:e-secret@host/db", "HTTPS_PROXY": "http://me:f%2Fsecret@proxy:80",
        "PWD": "/home/me", "OLDPWD": "/home", "HOME": "/home/me", "SSH_AUTH_SOCK": "/run/agent",
    }  # fmt: skip
    found = {"a-secret", "b-secret", "c-secret", "d-secret", "e-secret", "f%2Fsecret", "f/secret"}
    assert configured_secrets(environment) == found


def test_a_line_break_at_the_end_of_a_key_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "canary-0123\r\n")
    assert Cleaner().text("key canary-0123 is wrong") == f"key {REDACTED} is wrong"


def test_cleaning_twice_changes_nothing_more() -> None:
    cleaner = Cleaner(["canary/0123"])
    text = "mysql://me:canary%2F0123@host?password=canary/0123 Authorization: Bearer canary/0123"
    assert cleaner.text(cleaner.text(text)) == cleaner.text(text)


def test_no_file_of_a_run_has_a_secret_or_an_escape(tmp_path: Path) -> None:
    secret, dirty = "canary/7f3a é", "\x1b]52;c;ZXZpbA==\x07\x9b2J canary/7f3a é canary%2F7f3a%20%C3%A9"
    step = Step(
        dirty, 0.1, {dirty: dirty}, dirty, [{"id": dirty}], dirty, [{"name": dirty}], dirty, dirty, dirty, dirty,
        [[dirty]], model=dirty,
    )  # fmt: skip
    pair = {"question": dirty, "sql": dirty}
    with closing(RunDirectory.open(tmp_path / "run", {"db": dirty}, [secret])) as run:
        run.commit(ItemResult(0, "kept", dirty, True, pair, [pair], [step], 0.1))
        run.note(said=dirty)
        run.finish({"said": dirty})
    for path in (tmp_path / "run").iterdir():
        stored = path.read_bytes()
        assert b"7f3a" not in stored, path.name
        assert not (b"\x1b" in stored and path.suffix != ".sqlite"), path.name
        assert b"\x1b]52" not in stored
        assert "\x9b".encode() not in stored
