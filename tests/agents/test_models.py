"""Models by name, providers' models above all: nothing here leaves the machine."""

import sys

import pytest
from isogloss.agents.models import chat_model
from isogloss.agents.models_providers import PROVIDERS, Provider
from isogloss.agents.models_status import add_model, model_status, ping
from isogloss.tools.errors import UsageError

from ..openai_server import ChatServer, text

NAMED = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=list(PROVIDERS))


def installed(provider: Provider) -> None:
    if not provider.installed:
        pytest.skip(f"{provider.module} is not installed: {provider.install}")


def without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in (key for provider in PROVIDERS.values() for key in provider.keys):
        monkeypatch.delenv(key, raising=False)


@pytest.mark.parametrize("spec", ["", "gpt", "hf:", "openai:", "mistral:large", "grammar:x", "smollm2:x"])
def test_an_unknown_model_is_answered_with_the_choices(spec: str) -> None:
    with pytest.raises(UsageError, match="choose grammar, smollm2, hf:FOLDER, openai:NAME"):
        chat_model(spec)


@NAMED
def test_a_missing_package_is_answered_with_the_command(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, provider.module, None)
    with pytest.raises(UsageError, match=rf"pip install 'isogloss\[{provider.name.replace('_', '-')}\]'"):
        chat_model(f"{provider.name}:some-model")


@pytest.mark.parametrize("name", ["openai", "anthropic", "google_genai"])
def test_a_missing_key_is_answered_with_the_command(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(PROVIDERS[name])
    without_keys(monkeypatch)
    with pytest.raises(UsageError, match=f"export {PROVIDERS[name].keys[0]}=KEY"):
        chat_model(f"{name}:some-model")


@NAMED
def test_the_transport_never_tries_again(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(provider)
    for key in provider.keys:
        monkeypatch.setenv(key, "key-of-a-test")
    model = chat_model(f"{provider.name}:some-model")
    if provider.name == "google_genai":  # tries counted with the first one; its SDK takes 0 for its own default
        assert model.max_retries == 1  # type: ignore[attr-defined]
    elif provider.name != "ollama":
        assert model.max_retries == 0  # type: ignore[attr-defined]


def test_a_server_of_ones_own_needs_no_key_and_gets_no_other_providers_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(PROVIDERS["openai"])
    installed(PROVIDERS["anthropic"])
    without_keys(monkeypatch)
    here = "http://127.0.0.1:9/v1"
    assert chat_model("openai:any", here).openai_api_base == here  # type: ignore[attr-defined]
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-a-test")
    assert chat_model("anthropic:any", here).anthropic_api_url != here  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("who", "shown"),
    [("", "Bearer sk-canary"), ("ann:p%40ss@", "Basic YW5uOnBAc3M="), ("token@", "Basic dG9rZW46")],
)
def test_who_an_address_names_is_shown_in_place_of_the_key(
    who: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    with ChatServer(lambda _: text("hello")).running() as server:
        assert ping("openai:x", server.url.replace("//", f"//{who}")).answered
    assert server.shown == [shown]


def test_what_is_ready_and_how_to_get_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    without_keys(monkeypatch)
    monkeypatch.setitem(sys.modules, "langchain_anthropic", None)
    found = {status.spec: status for status in model_status()}
    assert found["grammar"].ready
    assert found["anthropic:NAME"].remedy == "pip install 'isogloss[anthropic]'"
    assert all(status.ready == (status.remedy is None) for status in found.values())


def test_only_smollm2_can_be_added() -> None:
    with pytest.raises(UsageError, match="smollm2 can be added"):
        add_model("gpt", print)


def test_a_ping_tells_why_there_is_no_answer() -> None:
    installed(PROVIDERS["openai"])
    answer = ping("openai:any", "http://127.0.0.1:9/v1")
    assert not answer.answered
    assert answer.detail == "Connection error."
    assert ping("grammar").answered
